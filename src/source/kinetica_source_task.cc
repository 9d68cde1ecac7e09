#include "source/kinetica_source_task.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"
#include "source/source_offset.h"

namespace kc::source {

using base::Error;
using base::Reaction;
using data::Value;
using std::chrono::milliseconds;

namespace {

// The number after the last one of an earlier run.
int64_t next_number(const connect::OffsetReader& offsets, const std::string& table) {
  const auto stored = offsets.offset(source_partition(table));
  if (!stored) return 0;
  const auto number = record_number(*stored);
  if (!number) {
    throw Error(Reaction::fail_task,
                "The stored source offset of table {} is {}, not {{\"record\": number}}. Hint: "
                "reset the connector's offsets",
                table, *stored);
  }
  return *number + 1;
}

}  // namespace

KineticaSourceTask::Stream::Stream(TableConfig table)
    : config(std::move(table)),
      partition_entry{Value::string("table"), Value::string(config.name)},
      partition(Value::map(partition_entry)) {}

KineticaSourceTask::KineticaSourceTask(SourceConfig config, FeedOptions feed_options)
    : config_(std::move(config)),
      feed_options_(feed_options),
      key_schema_(data::SchemaBuilder(data::Type::int64).build()) {}

KineticaSourceTask::~KineticaSourceTask() { stop(); }

void KineticaSourceTask::start(connect::SourceTaskContext& context, const std::stop_token& stop) {
  feed_metrics_.reset();
  feed_.reset();
  chunk_.reset();
  streams_.clear();
  client_.emplace(config_.database);
  const std::stop_callback abort(stop, [this] { client_->abort(); });

  std::vector<std::string> names;
  for (const TableConfig& table : config_.tables) {
    const auto found = client_->find_table(table.name);
    if (!found) {
      throw Error(Reaction::retry, "Kinetica at {} has no table {} (yet); {} names it",
                  client_->url(), table.name, table_names_property);
    }
    if (found->is_collection) {
      throw Error(Reaction::fix_config,
                  "{} is a collection, not a table. Hint: name its tables in {}", table.name,
                  table_names_property);
    }
    auto& stream = *streams_.emplace_back(std::make_unique<Stream>(table));
    stream.next_number = next_number(context.offsets(), table.name);
    names.push_back(table.name);
  }
  auto feed = std::make_unique<TableFeed>(config_.database, std::move(names), feed_options_);
  feed->start(stop);
  feed_ = std::move(feed);
  feed_metrics_.emplace(context.metrics(), *feed_);
  generation_ = 0;
  base::log_info("Listening for rows inserted into {} table(s) of Kinetica at {}", streams_.size(),
                 client_->url());
}

void KineticaSourceTask::poll(data::RecordBatch& batch, milliseconds wait,
                              const std::stop_token& stop) {
  for (auto& stream : streams_) stream->retained = false;
  batch.retain(key_schema_);
  while (batch.size() < batch_records_max) {
    if (!next_chunk(batch.empty() ? wait : milliseconds(0), stop)) return;
    const bool all_fit = take_rows(batch);
    batch.arrivals.push_back({chunk_->came_at, batch.size()});
    if (all_fit) continue;
    // A row does not fit its reader: deliver the ones before it, then see to it.
    if (!batch.empty()) return;
    const RowChunk::Row row = chunk_->rows[next_row_];
    const size_t begin = next_row_ == 0 ? 0 : chunk_->rows[next_row_ - 1].end;
    const auto bytes = std::string_view(chunk_->bytes).substr(begin, row.end - begin);
    try {
      reread_type(*streams_[row.table], bytes, stop);
    } catch (const Error& error) {
      if (error.reaction() != Reaction::retry) throw;
      const milliseconds pause = error.wait().value_or(feed_options_.retry_wait_max);
      base::log_warn("The type of table {} cannot be read now, next attempt in {} ms: {}",
                     streams_[row.table]->config.name, pause.count(), error.what());
      base::wait_unless_stopped(stop, pause);
      return;
    }
  }
}

// Sees to it that chunk_ has a row to take; false when none came within `wait`.
bool KineticaSourceTask::next_chunk(milliseconds wait, const std::stop_token& stop) {
  if (chunk_ && next_row_ < chunk_->rows.size()) return true;
  if (chunk_) feed_->recycle(*std::exchange(chunk_, std::nullopt));
  chunk_ = feed_->pop(wait, stop);
  next_row_ = 0;
  if (!chunk_) return false;
  if (chunk_->generation != generation_) adopt_types();
  return true;
}

// The monitors were made (again): the tables may have changed meanwhile.
void KineticaSourceTask::adopt_types() {
  generation_ = chunk_->generation;
  const auto types = feed_->types();
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = *streams_[i];
    if (stream.reader && stream.reader->type() == types[i]) continue;
    stream.reader.emplace(types[i], stream.config.name, stream.config.schema_version);
    stream.retained = false;
  }
}

// Turns the chunk's rows into records, as many as the batch may hold. False when the next row does
// not fit its table's reader.
bool KineticaSourceTask::take_rows(data::RecordBatch& batch) {
  const auto& rows = chunk_->rows;
  const size_t begin = next_row_ == 0 ? 0 : rows[next_row_ - 1].end;
  const size_t last = std::min(rows.size(), next_row_ + (batch_records_max - batch.size())) - 1;
  // The chunk is used again while the batch is still on its way: one copy for all its rows.
  const std::string_view bytes =
      batch.arena().copy(std::string_view(chunk_->bytes).substr(begin, rows[last].end - begin));
  size_t position = 0;
  for (; next_row_ <= last; ++next_row_) {
    const size_t end = rows[next_row_].end - begin;
    if (!take_row(*streams_[rows[next_row_].table], bytes.substr(position, end - position),
                  batch)) {
      return false;
    }
    position = end;
  }
  return true;
}

// Appends the record of one row; `row` lies in the batch's arena. False, with nothing appended,
// when the row does not fit the stream's reader.
bool KineticaSourceTask::take_row(Stream& stream, std::string_view row, data::RecordBatch& batch) {
  const RowReader& reader = *stream.reader;
  const size_t columns = reader.columns();
  Value* const values = batch.arena().allocate_array<Value>(columns + 2);
  try {
    reader.read(row, values);
  } catch (const Error&) {
    return false;
  }
  const int64_t number = stream.next_number++;
  Value* const offset = values + columns;
  offset[0] = Value::string("record");
  offset[1] = Value::int64(number);

  if (!std::exchange(stream.retained, true)) batch.retain(reader.schema());
  data::Record& record = batch.records().emplace_back();
  record.topic = stream.config.topic;
  record.key_schema = key_schema_.get();
  record.key = Value::int64(number);
  record.value_schema = reader.schema().get();
  record.value = Value::structure({values, columns});
  record.source_partition = stream.partition;
  record.source_offset = Value::map({offset, 2});
  return true;
}

// After DDL: takes the table's new type. Throws Error(fail_task) when `row` does not fit that
// either, Error(retry) when the database cannot say.
void KineticaSourceTask::reread_type(Stream& stream, std::string_view row,
                                     const std::stop_token& stop) {
  const std::stop_callback abort(stop, [this] { client_->abort(); });
  const std::string& table = stream.config.name;
  const auto found = client_->find_table(table);
  if (!found) {
    throw Error(Reaction::fail_task,
                "A row of table {} does not fit its type, and the table is gone", table);
  }
  RowReader reader(found->type, table, stream.config.schema_version);
  std::vector<Value> values(reader.columns());
  try {
    reader.read(row, values.data());
  } catch (const Error& error) {
    throw Error(Reaction::fail_task,
                "A row of {} bytes of table {} does not fit the table's type ({} columns): {}",
                row.size(), table, reader.columns(), error.what());
  }
  base::log_info("Table {} has a new type with {} columns", table, reader.columns());
  stream.reader.emplace(std::move(reader));
  stream.retained = false;
}

std::optional<std::string> KineticaSourceTask::trouble() const {
  return feed_ == nullptr ? std::nullopt : feed_->trouble();
}

void KineticaSourceTask::stop() noexcept {
  if (feed_ != nullptr) feed_->stop();
}

}  // namespace kc::source
