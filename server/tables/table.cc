#include "server/tables/table.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/finally.h"
#include "base/log.h"
#include "server/rows/record_id.h"
#include "server/rows/row_repair.h"
#include "wire/avro.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// A log below this is not worth packing.
constexpr uint64_t packed_log_bytes_min = uint64_t{4} << 20;
// What a row takes in the log beside key and row, at most as a rule.
constexpr uint64_t log_bytes_per_row = 8;

constexpr const char* key_exists = "a record with its primary key exists already";

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
    uint32_t row;    // its number in the request
    uint32_t place;  // its number in the table, or `none`: it is passed over
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

Table::Table(TableDescription description, std::shared_ptr<const TypeEntry> type,
             MemoryBudget& budget, MonitorPublisher& publisher, TimeToLive::Clock::time_point now)
    : description_(std::move(description)),
      time_to_live_(description_.copy().ttl, now),
      budget_(budget),
      format_(std::make_shared<const RowFormat>(std::move(type))),
      store_(budget, format_.copy()->program.has_key()),
      monitors_(publisher) {}

InsertResult Table::insert(std::span<const std::string_view> rows, const InsertOptions& options,
                           const TypeEntry* written_as) {
  while (true) {
    const auto format = format_.copy();
    check_type(written_as, *format);
    Checked checked;
    check_rows(*format, rows, options, checked);
    InsertResult result;
    result.errors = std::move(checked.errors);
    settle(result.errors, options);
    if (!result.errors.empty() && !options.allow_partial_batch) return result;
    if (options.dry_run) {
      rehearse(checked, options, result);
      return result;
    }
    monitors_.wait_for_room();
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
  const RepairOptions repair{options.truncate_strings, options.permissive, options.user};
  const auto refuse = [&](size_t row, std::string message) {
    checked.errors.push_back({row, std::move(message)});
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string_view bytes = rows[i];
    if (options.refused_row == i) [[unlikely]] {
      refuse(i, "a fault was asked for");
      continue;
    }
    if (program.writes_columns() || !program.check(bytes, key, problem)) [[unlikely]] {
      if (bytes.empty()) {
        refuse(i, "it is empty: its sender could not encode it");
        continue;
      }
      std::string& repaired = checked.rewritten.emplace_back();
      if (!repair_row(format.type->type, program, bytes, repair, repaired, key, problem)) {
        checked.rewritten.pop_back();
        refuse(i, program.describe(problem));
        continue;
      }
      bytes = repaired;
    }
    checked.bytes += key.size() + bytes.size();
    checked.good.push_back({bytes, checked.keys.size(), static_cast<uint32_t>(key.size()),
                            static_cast<uint32_t>(i), RowStore::none,
                            program.has_key() ? key_hash(key) : 0});
    checked.keys += key;
  }
}

// Option dry_run: what apply() would report.
void Table::rehearse(const Checked& checked, const InsertOptions& options,
                     InsertResult& result) const {
  const std::shared_lock lock(mutex_);
  std::unordered_set<std::string_view> keys;
  for (const auto& good : checked.good) {
    const std::string_view key = checked.key(good);
    const bool taken = store_.keyed() &&
                       (!keys.insert(key).second || store_.find(good.hash, key) != RowStore::none);
    if (!taken) {
      ++result.inserted;
    } else if (options.update_on_existing_pk) {
      ++result.updated;
    } else if (!options.ignore_existing_pk) {
      result.errors.push_back({good.row, key_exists});
    }
  }
  std::ranges::sort(result.errors, {}, &RowError::row);
  if (result.errors.empty() || options.allow_partial_batch) return;
  result.inserted = result.updated = 0;
  settle(result.errors, options);
}

void Table::apply(Checked& checked, const InsertOptions& options, InsertResult& result) {
  store_.reserve(checked.good.size(), checked.bytes);  // from here on memory is there
  const uint32_t end_before = store_.end();
  bool done = false;
  const base::Finally undo([&] {
    if (done || !store_.keyed()) return;
    for (uint32_t next = end_before; const auto& good : checked.good) {
      if (good.place == next) store_.index().erase(good.hash, next++);
    }
  });
  choose_places(checked, options, result.errors);
  if (!result.errors.empty() && !options.allow_partial_batch) {
    settle(result.errors, options);
    return;
  }
  if (log_) write(checked);
  done = true;

  TableChanges changes;
  const bool monitored = !monitors_.is_empty();
  for (const auto& good : checked.good) {
    if (good.place == RowStore::none) continue;
    if (options.return_record_ids) {
      result.record_ids.push_back(record_id(checked.key(good), good.bytes));
    }
    if (good.place < store_.end()) {
      store_.replace(good.place, checked.key(good), good.bytes);
      ++result.updated;
      if (monitored) changes.updated.push_back(good.bytes);
    } else {
      store_.append(checked.key(good), good.bytes);
      if (monitored) changes.inserted.push_back(good.bytes);
    }
  }
  std::ranges::sort(result.errors, {}, &RowError::row);
  result.inserted = static_cast<int32_t>(store_.end() - end_before);
  monitors_.publish(changes, type());
  pack_if_wasteful();
}

// Where each row goes, by its key. New keys are in the index afterwards, with the numbers that
// their rows will have.
void Table::choose_places(Checked& checked, const InsertOptions& options,
                          std::vector<RowError>& errors) {
  const uint32_t end_before = store_.end();
  uint32_t next = end_before;
  if (!store_.keyed()) {
    for (auto& good : checked.good) good.place = next++;
    return;
  }
  constexpr size_t ahead = 8;
  std::vector<size_t> appended;  // places in `good`
  appended.reserve(checked.good.size());
  for (size_t i = 0; i < checked.good.size(); ++i) {
    auto& good = checked.good[i];
    if (i + ahead < checked.good.size()) store_.index().prefetch(checked.good[i + ahead].hash);
    const std::string_view key = checked.key(good);
    const uint32_t found = store_.index().find(good.hash, [&](uint32_t number) {
      return key == (number < end_before
                         ? store_.key(number)
                         : checked.key(checked.good[appended[number - end_before]]));
    });
    if (found == RowStore::none) {
      good.place = next++;
      store_.index().insert(good.hash, good.place);
      appended.push_back(i);
    } else if (options.update_on_existing_pk) {
      good.place = found;
    } else if (!options.ignore_existing_pk) {
      errors.push_back({good.row, key_exists});
    }
  }
}

void Table::write(const Checked& checked) {
  RowChanges& changes = log_->begin_changes();
  for (uint32_t next = store_.end(); const auto& good : checked.good) {
    if (good.place == RowStore::none) continue;
    if (good.place == next) {
      changes.append(checked.key(good), good.bytes);
      ++next;
    } else {
      changes.replace(good.place, checked.key(good), good.bytes);
    }
  }
  log_->write();
}

void Table::replay(std::string_view changes) {
  store_.drop_index();
  store_.reserve(0, changes.size());
  for (RowChangeReader reader(changes); !reader.at_end();) {
    const RowChange change = reader.next();
    if (change.kind != RowChange::Kind::erase && change.row.empty()) {
      throw Error(Reaction::fix_config, "there is a row without bytes");
    }
    if (change.kind == RowChange::Kind::append) {
      store_.reserve(1, 0);
      store_.append(change.key, change.row);
      continue;
    }
    if (change.number >= store_.end() || !store_.has(change.number)) {
      throw Error(Reaction::fix_config, "there is no row {}", change.number);
    }
    if (change.kind == RowChange::Kind::erase) {
      store_.erase(change.number);
    } else {
      store_.replace(change.number, change.key, change.row);
    }
  }
}

void Table::keep(std::unique_ptr<TableLog> log) {
  store_.build_index();
  log_ = std::move(log);
}

void Table::check_type(const TypeEntry* type, const RowFormat& format) const {
  if (type == nullptr || type == format.type.get()) return;
  throw Error(Reaction::fail_task, "Table {} was altered meanwhile. Hint: send the request again",
              qualified_name());
}

void Table::each_in(const Scope& scope, const std::function<void(uint32_t)>& visit) const {
  check_type(scope.type, *format_.copy());
  if (scope.key) {
    const uint32_t found = store_.find(key_hash(*scope.key), *scope.key);
    if (found != RowStore::none) visit(found);
    return;
  }
  for (uint32_t number = 0; number < store_.end(); ++number) {
    if (store_.has(number)) visit(number);
  }
}

int64_t Table::erase(const std::function<bool(std::string_view row)>& is_chosen,
                     const Scope& scope) {
  monitors_.wait_for_room();
  const std::unique_lock lock(mutex_);
  std::vector<uint32_t> chosen;
  each_in(scope, [&](uint32_t number) {
    if (is_chosen(store_.row(number))) chosen.push_back(number);
  });
  if (log_ && !chosen.empty()) {
    RowChanges& changes = log_->begin_changes();
    for (const uint32_t number : chosen) changes.erase(number);
    log_->write();
  }
  if (!monitors_.is_empty()) {
    TableChanges changes;
    for (const uint32_t number : chosen) changes.erased.push_back(store_.row(number));
    monitors_.publish(changes, type());
  }
  for (const uint32_t number : chosen) store_.erase(number);
  pack_if_wasteful();
  return static_cast<int64_t>(chosen.size());
}

int64_t Table::erase_all() {
  monitors_.wait_for_room();
  const std::unique_lock lock(mutex_);
  const auto erased = static_cast<int64_t>(store_.size());
  if (log_) TableLog::Replacement(*log_, *type()).commit();
  if (!monitors_.is_empty()) {
    TableChanges changes;
    for (uint32_t number = 0; number < store_.end(); ++number) {
      if (store_.has(number)) changes.erased.push_back(store_.row(number));
    }
    monitors_.publish(changes, type());
  }
  store_ = RowStore(budget_, store_.keyed());
  return erased;
}

bool Table::is_log_wasteful() const {
  if (!log_) return false;
  const uint64_t needed = store_.bytes() + store_.size() * log_bytes_per_row;
  return log_->bytes() > std::max({2 * needed, packed_log_bytes_min, log_packed_bytes_min_});
}

void Table::pack_if_wasteful() {
  if (!store_.wasteful() && !is_log_wasteful()) return;
  if (log_) {
    if (log_->bytes() < log_packed_bytes_min_) return;
    try {
      TableLog::Replacement packed(*log_, *type());
      for (uint32_t number = 0; number < store_.end(); ++number) {
        if (store_.has(number)) packed.append(store_.key(number), store_.row(number));
      }
      packed.commit();
      log_packed_bytes_min_ = 0;
    } catch (const Error& e) {
      // What was asked for is done and written; only room is missing.
      base::log_warn("Table {} stays larger than it needs to be: {}", qualified_name(), e.what());
      log_packed_bytes_min_ = log_->bytes() * 2;
      return;
    }
  }
  store_.pack();
}

void Table::Reading::each(size_t offset, const std::function<bool(std::string_view)>& take) const {
  const RowStore& store = table_->store_;
  // Without holes the row's number is its place.
  if (offset >= store.size()) return;
  uint32_t number = 0;
  if (store.end() == store.size()) number = static_cast<uint32_t>(std::exchange(offset, 0));
  for (; number < store.end(); ++number) {
    if (!store.has(number)) continue;
    if (offset > 0) {
      --offset;
    } else if (!take(store.row(number))) {
      return;
    }
  }
}

std::optional<std::string_view> Table::Reading::find(std::string_view key) const {
  const RowStore& store = table_->store_;
  const uint32_t found = store.find(key_hash(key), key);
  if (found == RowStore::none) return std::nullopt;
  return store.row(found);
}

void Table::add_monitor(std::string topic_id, MonitorOptions options) {
  const std::unique_lock lock(mutex_);
  monitors_.add(std::move(topic_id), std::move(options));
}

void Table::remove_monitor(std::string_view topic_id) {
  const std::unique_lock lock(mutex_);
  monitors_.remove(topic_id);
}

void Table::suspend_monitor(std::string_view topic_id, bool suspended) {
  const std::unique_lock lock(mutex_);
  monitors_.suspend(topic_id, suspended);
}

}  // namespace kc::server
