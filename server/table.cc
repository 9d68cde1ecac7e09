#include "server/table.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "data/value.h"
#include "server/monitor_publisher.h"
#include "wire/avro.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t rows_max = KeyIndex::none;
// Below these, packing is not worth its time.
constexpr size_t packed_bytes_min = size_t{1} << 20;
constexpr size_t packed_rows_min = 1024;

// At most `bytes` of the text, and no part of a character.
std::string_view cut_text(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<uint8_t>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// Option truncate_strings.
void cut_texts(const wire::TableType& type, std::string_view row, std::string& cut) {
  std::vector<data::Value> values;
  wire::decode_row(type, row, values);
  for (size_t i = 0; i < values.size(); ++i) {
    const auto format = wire::column_format(type.columns()[i]);
    if (format.kind != wire::ColumnKind::char_n || values[i].is_null()) continue;
    values[i] = data::Value::string(cut_text(values[i].as_text(), format.size));
  }
  wire::encode_row(type, values, cut);
}

// What /insert/records does about errors.
void settle(std::vector<RowError>& errors, const InsertOptions& options) {
  if (errors.empty() || options.return_individual_errors || options.allow_partial_batch) return;
  const RowError& first = errors.front();
  throw Error(Reaction::fail_task, "Record {} is refused: {}", first.row, first.message);
}

}  // namespace

// The rows of one request that passed.
struct Table::Checked {
  struct Good {
    std::string_view bytes;
    size_t key_begin;
    uint32_t key_bytes;
    uint32_t row;  // its number in the request
    uint64_t hash;
  };
  std::string_view key(const Good& of) const {
    return std::string_view(keys).substr(of.key_begin, of.key_bytes);
  }

  std::vector<Good> good;
  std::string keys;
  std::deque<std::string> rewritten;
  std::vector<RowError> errors;
  size_t bytes = 0;
};

Table::Table(std::string schema, std::string name, std::shared_ptr<const TypeEntry> type,
             MemoryBudget& budget, MonitorPublisher& publisher)
    : schema_(std::move(schema)),
      name_(std::move(name)),
      budget_(budget),
      publisher_(publisher),
      format_(std::make_shared<const RowFormat>(std::move(type))),
      has_key_(format_.copy()->program.has_key()),
      chunks_(budget) {}

InsertResult Table::insert(std::span<const std::string_view> rows, const InsertOptions& options) {
  while (true) {
    const auto format = format_.copy();
    Checked checked;
    check_rows(*format, rows, options, checked);
    InsertResult result;
    result.errors = std::move(checked.errors);
    settle(result.errors, options);
    if (!result.errors.empty() && !options.allow_partial_batch) return result;
    if (options.dry_run) {
      result.inserted = static_cast<int32_t>(checked.good.size());
      return result;
    }
    if (has_monitors_) publisher_.wait_for_room();
    const std::unique_lock lock(mutex_);
    if (format != format_.copy()) continue;  // rows are checked anew against the new type
    apply(checked, options, result);
    return result;
  }
}

void Table::check_rows(const RowFormat& format, std::span<const std::string_view> rows,
                       const InsertOptions& options, Checked& checked) {
  const RowProgram& program = format.program;
  checked.good.reserve(rows.size());
  std::string key;
  RowProblem problem;
  const auto refuse = [&](size_t row, std::string message) {
    checked.errors.push_back({row, std::move(message)});
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string_view bytes = rows[i];
    if (options.refused_row == i) [[unlikely]] {
      refuse(i, "a fault was asked for");
      continue;
    }
    if (!program.check(bytes, key, problem)) [[unlikely]] {
      if (bytes.empty()) {
        refuse(i, "it is empty: its sender could not encode it");
        continue;
      }
      std::string& cut = checked.rewritten.emplace_back();
      const bool cuttable = problem.too_long && options.truncate_strings;
      if (cuttable) cut_texts(format.type->type, bytes, cut);
      if (!cuttable || !program.check(cut, key, problem)) {
        refuse(i, program.describe(problem));
        continue;
      }
      bytes = cut;
    }
    checked.bytes += key.size() + bytes.size();
    checked.good.push_back({bytes, checked.keys.size(), static_cast<uint32_t>(key.size()),
                            static_cast<uint32_t>(i), program.has_key() ? key_hash(key) : 0});
    checked.keys += key;
  }
}

void Table::apply(Checked& checked, const InsertOptions& options, InsertResult& result) {
  if (rows_.size() + checked.good.size() >= rows_max) {
    throw Error(Reaction::fail_task, "Table {} is full: it has {} rows", qualified_name(), live_);
  }
  chunks_.reserve(checked.bytes);  // from here on nothing is refused for lack of memory
  const size_t rows_before = rows_.size();
  std::vector<std::string_view> inserted;
  if (!monitors_.empty()) inserted.reserve(checked.good.size());
  int32_t updated = 0;
  for (const auto& good : checked.good) {
    const std::string_view key = checked.key(good);
    if (has_key_) {
      const uint32_t found =
          index_.find(good.hash, [&](uint32_t row) { return rows_[row].key() == key; });
      if (found != KeyIndex::none) {
        if (options.update_on_existing_pk) {
          replace(rows_[found], key, good.bytes);
          ++updated;
        } else if (!options.ignore_existing_pk) {
          result.errors.push_back({good.row, "a record with its primary key exists already"});
        }
        continue;
      }
      index_.insert(good.hash, static_cast<uint32_t>(rows_.size()));
    }
    append(key, good.bytes);
    if (!monitors_.empty()) inserted.push_back(good.bytes);
  }
  if (!result.errors.empty() && !options.allow_partial_batch) {
    roll_back(rows_before);
    settle(result.errors, options);
    return;
  }
  std::ranges::sort(result.errors, {}, &RowError::row);
  result.inserted = static_cast<int32_t>(rows_.size() - rows_before);
  result.updated = updated;
  publish(inserted, updated, 0);
  pack_if_wasteful();
}

Table::Row Table::store(RowChunks& chunks, std::string_view key, std::string_view bytes) {
  const Row row{chunks.allocate(key.size() + bytes.size()), static_cast<uint32_t>(key.size()),
                static_cast<uint32_t>(bytes.size())};
  std::memcpy(row.data, key.data(), key.size());
  std::memcpy(row.data + key.size(), bytes.data(), bytes.size());
  return row;
}

void Table::append(std::string_view key, std::string_view bytes) {
  rows_.push_back(store(chunks_, key, bytes));
  live_bytes_ += rows_.back().size();
  ++live_;
}

void Table::replace(Row& row, std::string_view key, std::string_view bytes) {
  const size_t size = key.size() + bytes.size();
  live_bytes_ += size;
  live_bytes_ -= row.size();
  if (size <= row.size()) {
    waste_bytes_ += row.size() - size;
  } else {
    waste_bytes_ += row.size();
    row.data = chunks_.allocate(size);
  }
  row.key_bytes = static_cast<uint32_t>(key.size());
  row.row_bytes = static_cast<uint32_t>(bytes.size());
  std::memcpy(row.data, key.data(), key.size());
  std::memcpy(row.data + key.size(), bytes.data(), bytes.size());
}

// Takes back the rows that were appended after the first `rows_before`.
void Table::roll_back(size_t rows_before) {
  for (size_t i = rows_before; i < rows_.size(); ++i) erase_row(static_cast<uint32_t>(i));
  rows_.resize(rows_before);
}

void Table::erase_row(uint32_t number) {
  Row& row = rows_[number];
  if (has_key_) index_.erase(key_hash(row.key()), number);
  live_bytes_ -= row.size();
  waste_bytes_ += row.size();
  row.data = nullptr;
  --live_;
}

void Table::check_type(const TypeEntry* expected) const {
  if (expected == nullptr || expected == type().get()) return;
  throw Error(Reaction::fail_task, "Table {} was altered meanwhile. Hint: send the request again",
              qualified_name());
}

int64_t Table::erase(const std::function<bool(std::string_view row)>& is_chosen,
                     const TypeEntry* of_type) {
  if (has_monitors_) publisher_.wait_for_room();
  const std::unique_lock lock(mutex_);
  check_type(of_type);
  int64_t erased = 0;
  for (uint32_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].data == nullptr || !is_chosen(rows_[i].bytes())) continue;
    erase_row(i);
    ++erased;
  }
  publish({}, 0, erased);
  pack_if_wasteful();
  return erased;
}

int64_t Table::erase_all() {
  if (has_monitors_) publisher_.wait_for_room();
  const std::unique_lock lock(mutex_);
  const auto erased = static_cast<int64_t>(live_);
  chunks_.clear();
  rows_ = {};
  index_.clear();
  live_ = live_bytes_ = waste_bytes_ = 0;
  publish({}, 0, erased);
  return erased;
}

void Table::pack_if_wasteful() {
  const bool bytes_wasted = waste_bytes_ > std::max(live_bytes_, packed_bytes_min);
  const bool rows_wasted = rows_.size() - live_ > std::max(live_, packed_rows_min);
  if (bytes_wasted || rows_wasted) pack();
}

void Table::pack() {
  RowChunks packed(budget_);
  packed.reserve_beyond_limit(live_bytes_);
  std::erase_if(rows_, [](const Row& row) { return row.data == nullptr; });
  index_.clear();
  for (size_t i = 0; i < rows_.size(); ++i) {
    Row& row = rows_[i];
    char* const data = packed.allocate(row.size());
    std::memcpy(data, row.data, row.size());
    row.data = data;
    if (has_key_) index_.insert(key_hash(row.key()), static_cast<uint32_t>(i));
  }
  chunks_ = std::move(packed);
  waste_bytes_ = 0;
}

void Table::Reading::each(size_t offset, const std::function<bool(std::string_view)>& take) const {
  const auto& rows = table_->rows_;
  // Without holes the row's number is its place.
  size_t at = rows.size() == table_->live_ ? std::exchange(offset, 0) : 0;
  for (; at < rows.size(); ++at) {
    if (rows[at].data == nullptr) continue;
    if (offset > 0) {
      --offset;
    } else if (!take(rows[at].bytes())) {
      return;
    }
  }
}

void Table::add_monitor(MonitorEvent event, std::string topic_id) {
  const std::unique_lock lock(mutex_);
  monitors_.push_back({event, std::move(topic_id)});
  has_monitors_ = true;
}

void Table::remove_monitor(std::string_view topic_id) {
  const std::unique_lock lock(mutex_);
  std::erase_if(monitors_, [&](const Monitor& monitor) { return monitor.topic_id == topic_id; });
  has_monitors_ = !monitors_.empty();
}

// Insert monitors get the rows; update and delete monitors a record with their number. A record
// that replaces another is an update.
void Table::publish(std::span<const std::string_view> inserted, int64_t updated,
                    int64_t erased) const {
  for (const Monitor& monitor : monitors_) {
    if (monitor.event == MonitorEvent::insert) {
      if (!inserted.empty()) publisher_.publish(monitor.topic_id, inserted);
      continue;
    }
    const int64_t count = monitor.event == MonitorEvent::update ? updated : erased;
    if (count == 0) continue;
    std::string record;
    wire::AvroWriter(record).write_long(count);
    const std::string_view rows[] = {record};
    publisher_.publish(monitor.topic_id, rows);
  }
}

}  // namespace kc::server
