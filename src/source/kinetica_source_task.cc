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
using std::chrono::steady_clock;

namespace {

// Values of a source offset: the record's number with its name, and what a catch-up adds.
constexpr size_t offset_room = 2 + TableCatchUp::offset_values_max;

// A batch without a record is given back when rows that were passed over have so many bytes.
constexpr size_t passed_bytes_max = 8 * 1024 * 1024;

SourceOffset parse_stored(const std::string& stored, const std::string& table) {
  auto offset = parse_source_offset(stored);
  if (offset) return *std::move(offset);
  throw Error(Reaction::fail_task,
              "The stored source offset of table {} is {}, not {{\"record\": number}}. Hint: "
              "reset the connector's offsets",
              table, stored);
}

uint64_t parse_incrementing(const IncrementingColumn& column, const std::string& value,
                            const std::string& table) {
  const auto place = column.parse(value);
  if (place) return *place;
  throw Error(
      Reaction::fail_task,
      "The stored source offset of table {} has \"incrementing\": {}, which is no value of "
      "its column {}. Hint: reset the connector's offsets, or name the column that it is of "
      "in {}",
      table, value, column.name(), incrementing_column_property);
}

}  // namespace

KineticaSourceTask::Stream::Stream(TableConfig table)
    : config(std::move(table)),
      partition_entry{Value::string("table"), Value::string(config.name)},
      partition(Value::map(partition_entry)) {}

// The type that the monitor's rows have from now on.
void KineticaSourceTask::Stream::adopt(RowReader new_reader) {
  if (catch_up && catch_up->column()) {
    column_index = catch_up->column()->index_in(new_reader.type());
  }
  reader.emplace(std::move(new_reader));
}

KineticaSourceTask::KineticaSourceTask(SourceConfig config, FeedOptions feed_options,
                                       CatchUpOptions catch_up_options)
    : config_(std::move(config)),
      feed_options_(feed_options),
      catch_up_options_(catch_up_options),
      key_schema_(data::SchemaBuilder(data::Type::int64).build()),
      read_retries_(feed_options.retry_wait, feed_options.retry_wait_max) {}

KineticaSourceTask::~KineticaSourceTask() { stop(); }

void KineticaSourceTask::start(connect::SourceTaskContext& context, const std::stop_token& stop) {
  feed_metrics_.reset();
  feed_.reset();
  chunk_.reset();
  page_.clear();
  next_page_row_ = 0;
  streams_.clear();
  stop_ = stop;
  client_.emplace(config_.database);
  const std::stop_callback abort(stop, [this] { client_->abort(); });

  std::vector<std::string> names;
  MissedRows missed = MissedRows::read_again;
  for (const TableConfig& table : config_.tables) {
    names.push_back(table.name);
    add_stream(table, context.offsets());
    if (table.incrementing_column.empty()) missed = MissedRows::lost;
  }
  auto feed =
      std::make_unique<TableFeed>(config_.database, std::move(names), missed, feed_options_);
  feed->start(stop);
  for (const auto& stream : streams_) {
    if (stream->catch_up && !stream->is_reading()) stream->catch_up->begin_at_end(*client_);
  }
  feed_ = std::move(feed);
  feed_metrics_.emplace(context.metrics(), *feed_, rows_read_);
  generation_ = 0;
  interruptions_ = 0;
  base::log_info("Listening for rows inserted into {} table(s) of Kinetica at {}", streams_.size(),
                 client_->url());
}

void KineticaSourceTask::add_stream(const TableConfig& table,
                                    const connect::OffsetReader& offsets) {
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
  std::optional<SourceOffset> offset;
  if (const auto stored = offsets.offset(source_partition(table.name))) {
    offset = parse_stored(*stored, table.name);
    stream.next_number = offset->record + 1;
  }
  const bool from_beginning = config_.from_beginning && (!offset || offset->snapshot);
  if (table.incrementing_column.empty() && !from_beginning) return;
  auto& catch_up = stream.catch_up.emplace(table, found->type, catch_up_options_);
  if (from_beginning) {
    catch_up.begin_at_beginning();
  } else if (offset && offset->incrementing) {
    catch_up.begin_at(parse_incrementing(*catch_up.column(), *offset->incrementing, table.name));
  }
}

void KineticaSourceTask::poll(data::RecordBatch& batch, milliseconds wait,
                              const std::stop_token& stop) {
  for (auto& stream : streams_) {
    stream->retained = nullptr;
    if (stream->catch_up && !stop_.stop_requested()) {
      stream->catch_up->pass_time(steady_clock::now());
    }
  }
  batch.retain(key_schema_);
  while (batch.size() < batch_records_max) {
    if (next_page_row_ < page_.rows.size()) {
      take_page(batch);
      continue;
    }
    const bool reading = is_reading();
    if ((!reading || takes_live_rows()) &&
        next_chunk(batch.empty() && !reading ? wait : milliseconds(0), stop)) {
      ++chunks_since_page_;
      if (!take_chunk(batch, stop)) return;
      if (batch.empty() && batch.arena().reserved_bytes() > passed_bytes_max) return;
      continue;
    }
    if (!reading || !batch.empty() || !read_page(wait, stop)) return;
    chunks_since_page_ = 0;
  }
}

bool KineticaSourceTask::is_reading() const {
  return !stop_.stop_requested() &&
         std::ranges::any_of(streams_, [](const auto& stream) { return stream->is_reading(); });
}

// While tables are read, before the next page. All that have come are taken, since the fewer of
// them come after the page that has them, too, the fewer are sent twice; where the whole of a table
// comes first they wait, as long as there is room for them.
bool KineticaSourceTask::takes_live_rows() const {
  if (chunks_since_page_ > feed_options_.chunks_max) return false;
  return feed_->has_backlog() || std::ranges::none_of(streams_, [](const auto& stream) {
           return stream->is_reading() && !stream->catch_up->column();
         });
}

// Sees to it that chunk_ has a row to take; false when none came within `wait`.
bool KineticaSourceTask::next_chunk(milliseconds wait, const std::stop_token& stop) {
  if (chunk_ && next_row_ < chunk_->rows.size()) return true;
  if (chunk_) feed_->recycle(*std::exchange(chunk_, std::nullopt));
  const uint64_t interruptions = feed_->interruptions();  // before pop(), see there
  chunk_ = feed_->pop(wait, stop);
  next_row_ = 0;
  note_interruptions(chunk_ ? chunk_->interruptions : interruptions);
  if (!chunk_) return false;
  if (chunk_->generation != generation_) adopt_types();
  return true;
}

// All rows that came before the latest of them are taken.
void KineticaSourceTask::note_interruptions(uint64_t interruptions) {
  if (interruptions == interruptions_) return;
  interruptions_ = interruptions;
  for (auto& stream : streams_) {
    if (stream->catch_up) stream->catch_up->rows_missed();
  }
  next_read_ = {};
  // What a monitor delivers is certain to be there only in the cluster that has it.
  if (const std::string url = feed_->url(); url != client_->url()) {
    kinetica::ClientSettings database = config_.database;
    database.primary_url = url;
    client_.emplace(database);
  }
}

// The monitors were made (again): the tables may have changed meanwhile.
void KineticaSourceTask::adopt_types() {
  generation_ = chunk_->generation;
  const auto types = feed_->types();
  for (size_t i = 0; i < streams_.size(); ++i) {
    Stream& stream = *streams_[i];
    if (stream.reader && stream.reader->type() == types[i]) continue;
    stream.adopt(RowReader(types[i], stream.config.name, stream.config.schema_version));
  }
}

// Turns the chunk's rows into records, as many as the batch may hold. False when the batch is to be
// delivered first.
bool KineticaSourceTask::take_chunk(data::RecordBatch& batch, const std::stop_token& stop) {
  const bool all_fit = take_rows(batch);
  batch.arrivals.push_back({chunk_->came_at, batch.size()});
  if (all_fit) return true;
  // A row does not fit its reader: deliver the ones before it, then see to it.
  if (!batch.empty()) return false;
  const RowChunk::Row row = chunk_->rows[next_row_];
  const size_t begin = next_row_ == 0 ? 0 : chunk_->rows[next_row_ - 1].end;
  const auto bytes = std::string_view(chunk_->bytes).substr(begin, row.end - begin);
  try {
    reread_type(*streams_[row.table], bytes, stop);
    return true;
  } catch (const Error& error) {
    if (error.reaction() != Reaction::retry) throw;
    const milliseconds pause = error.wait().value_or(feed_options_.retry_wait_max);
    base::log_warn("The type of table {} cannot be read now, next attempt in {} ms: {}",
                   streams_[row.table]->config.name, pause.count(), error.what());
    base::wait_unless_stopped(stop, pause);
    return false;
  }
}

// False when the next row does not fit its table's reader.
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

// Appends the record of one row, unless a reading covers it; `row` lies in the batch's arena.
// False, with nothing appended, when the row does not fit the stream's reader.
bool KineticaSourceTask::take_row(Stream& stream, std::string_view row, data::RecordBatch& batch) {
  const RowReader& reader = *stream.reader;
  Value* const values = batch.arena().allocate_array<Value>(reader.columns() + offset_room);
  try {
    reader.read(row, values);
  } catch (const Error&) {
    return false;
  }
  if (stream.catch_up) {
    const Value& value = values[stream.column_index];
    if (stream.catch_up->covers(value)) return true;
    stream.catch_up->sent(value, row);
  }
  append(stream, reader, values, /*more_of_page=*/false, batch);
  return true;
}

// Behind the row's values there is `offset_room`.
void KineticaSourceTask::append(Stream& stream, const RowReader& reader, Value* values,
                                bool more_of_page, data::RecordBatch& batch) {
  const int64_t number = stream.next_number++;
  const size_t columns = reader.columns();
  Value* const offset = values + columns;
  offset[0] = Value::string("record");
  offset[1] = Value::int64(number);
  size_t offset_values = 2;
  if (stream.catch_up) {
    offset_values += stream.catch_up->offset_entries(more_of_page, offset + 2, batch.arena());
  }
  if (std::exchange(stream.retained, reader.schema().get()) != reader.schema().get()) {
    batch.retain(reader.schema());
  }
  data::Record& record = batch.records().emplace_back();
  record.topic = stream.config.topic;
  record.key_schema = key_schema_.get();
  record.key = Value::int64(number);
  record.value_schema = reader.schema().get();
  record.value = Value::structure({values, columns});
  record.source_partition = stream.partition;
  record.source_offset = Value::map({offset, offset_values});
}

// Reads a page of the next table in turn. False when there is none for now.
bool KineticaSourceTask::read_page(milliseconds wait, const std::stop_token& stop) {
  if (const auto now = steady_clock::now(); now < next_read_) {
    const auto rest = std::chrono::ceil<milliseconds>(next_read_ - now);
    base::wait_unless_stopped(stop, std::min(wait, rest));
    return false;
  }
  do {
    page_stream_ = (page_stream_ + 1) % streams_.size();
  } while (!streams_[page_stream_]->is_reading());
  Stream& stream = *streams_[page_stream_];
  next_page_row_ = 0;
  try {
    const std::stop_callback abort(stop, [this] { client_->abort(); });
    stream.catch_up->read(*client_, page_);
  } catch (const Error& error) {
    page_.clear();
    if (error.reaction() != Reaction::retry) throw;
    if (stop.stop_requested()) return false;
    const milliseconds pause = error.wait().value_or(read_retries_.next());
    next_read_ = steady_clock::now() + pause;
    read_trouble_ = error.what();
    base::log_warn("Table {} cannot be read now, next attempt in {} ms: {}", stream.config.name,
                   pause.count(), error.what());
    return false;
  }
  if (stream.catch_up->was_rewound()) feed_->note_gap(std::chrono::system_clock::now());
  read_retries_.reset();
  read_trouble_.reset();
  rows_read_.add(page_.rows.size());
  return true;
}

// Turns the page's rows into records, as many as the batch may hold.
void KineticaSourceTask::take_page(data::RecordBatch& batch) {
  Stream& stream = *streams_[page_stream_];
  TableCatchUp& catch_up = *stream.catch_up;
  const RowReader& reader = catch_up.reader();
  const auto& rows = page_.rows;
  while (next_page_row_ < rows.size() && batch.size() < batch_records_max) {
    const size_t begin = next_page_row_ == 0 ? 0 : rows[next_page_row_ - 1].end;
    const size_t size = rows[next_page_row_++].end - begin;
    const auto row = batch.arena().copy(std::string_view(page_.bytes).substr(begin, size));
    Value* const values = batch.arena().allocate_array<Value>(reader.columns() + offset_room);
    reader.read(row, values);
    catch_up.sent(values[catch_up.column_index()], row);
    append(stream, reader, values, next_page_row_ < rows.size(), batch);
  }
  batch.arrivals.push_back({page_.came_at, batch.size()});
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
  stream.adopt(std::move(reader));
}

std::optional<std::string> KineticaSourceTask::trouble() const {
  auto of_feed = feed_ == nullptr ? std::nullopt : feed_->trouble();
  return of_feed ? of_feed : read_trouble_;
}

void KineticaSourceTask::stop() noexcept {
  if (feed_ != nullptr) feed_->stop();
}

}  // namespace kc::source
