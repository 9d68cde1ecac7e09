// Table's changes of many rows at once: Table::rewrite and Table::change_type.
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "server/tables/table.h"

namespace kc::server {

using base::Error;
using base::Reaction;

// Rows on their way into their places.
struct Table::Rewritten {
  struct One {
    uint32_t row;
    bool moves;         // its key changes
    bool stays = true;  // false: it is not changed after all
    uint32_t key_bytes;
    uint32_t row_bytes;
    size_t begin;
  };
  std::string_view key(const One& one) const {
    return std::string_view(bytes).substr(one.begin, one.key_bytes);
  }
  std::string_view row(const One& one) const {
    return std::string_view(bytes).substr(one.begin + one.key_bytes, one.row_bytes);
  }

  std::vector<One> all;
  std::string bytes;               // keys and rows
  std::vector<uint32_t> replaced;  // other rows, which go because their key is taken
};

int64_t Table::rewrite(const Change& change, KeyConflict on_key_conflict, const Scope& scope) {
  monitors_.wait_for_room();
  const std::unique_lock lock(mutex_);
  Rewritten rewritten = collect_rewritten(change, scope);
  settle_keys(rewritten, on_key_conflict);
  size_t moved_bytes = 0;
  for (const auto& one : rewritten.all) {
    const size_t size = size_t{one.key_bytes} + one.row_bytes;
    if (!store_.fits_in_place(one.row, size)) moved_bytes += size;
  }
  store_.reserve(0, moved_bytes);  // from here on memory is there
  if (log_) write(rewritten);

  if (!monitors_.is_empty()) {
    TableChanges changes;
    for (const uint32_t row : rewritten.replaced) changes.erased.push_back(store_.row(row));
    for (const auto& one : rewritten.all) {
      if (one.stays) changes.updated.push_back(rewritten.row(one));
    }
    monitors_.publish(changes, type());
  }
  for (const uint32_t row : rewritten.replaced) store_.erase(row);
  for (const auto& one : rewritten.all) {
    if (one.moves && one.stays) store_.index().erase(key_hash(store_.key(one.row)), one.row);
  }
  int64_t count = 0;
  for (const auto& one : rewritten.all) {
    if (!one.stays) continue;
    store_.replace(one.row, rewritten.key(one), rewritten.row(one));
    if (one.moves) store_.index().insert(key_hash(store_.key(one.row)), one.row);
    ++count;
  }
  pack_if_wasteful();
  return count;
}

void Table::write(const Rewritten& rewritten) {
  RowChanges& changes = log_->begin_changes();
  for (const uint32_t row : rewritten.replaced) changes.erase(row);
  for (const auto& one : rewritten.all) {
    if (one.stays) changes.replace(one.row, rewritten.key(one), rewritten.row(one));
  }
  if (!changes.bytes().empty()) log_->write();
}

Table::Rewritten Table::collect_rewritten(const Change& change, const Scope& scope) const {
  const auto format = format_.copy();
  Rewritten rewritten;
  std::string changed;
  std::string key;
  RowProblem problem;
  each_in(scope, [&](uint32_t number) {
    changed.clear();
    if (!change(store_.row(number), changed)) return;
    if (!format->program.check(changed, key, problem)) {
      throw Error(Reaction::fail_task, "The update is refused: {}",
                  format->program.describe(problem));
    }
    rewritten.all.push_back({.row = number,
                             .moves = key != store_.key(number),
                             .key_bytes = static_cast<uint32_t>(key.size()),
                             .row_bytes = static_cast<uint32_t>(changed.size()),
                             .begin = rewritten.bytes.size()});
    rewritten.bytes += key;
    rewritten.bytes += changed;
  });
  return rewritten;
}

// Decides about the rows whose keys change. A key that its row leaves is free for another.
void Table::settle_keys(Rewritten& rewritten, KeyConflict on_conflict) const {
  using One = Rewritten::One;
  std::unordered_set<uint32_t> leaving;
  std::unordered_map<std::string_view, One*> taking;  // by the new key
  const auto refuse = [&](const One& one) {
    throw Error(Reaction::fail_task,
                "The update is refused: record {} of table {} would get the primary key of another "
                "record",
                one.row, qualified_name());
  };
  // A row that keeps its key keeps others from it.
  const auto keep_old = [&](One* one) {
    while (one != nullptr && one->stays) {
      one->stays = false;
      leaving.erase(one->row);
      if (const auto own = taking.find(rewritten.key(*one)); own->second == one) taking.erase(own);
      const auto next = taking.find(store_.key(one->row));
      one = next == taking.end() ? nullptr : next->second;
    }
  };
  for (One& one : rewritten.all) {
    if (one.moves) leaving.insert(one.row);
  }
  for (One& one : rewritten.all) {
    if (!one.moves) continue;
    One*& taker = taking[rewritten.key(one)];
    if (taker == nullptr) {
      taker = &one;
    } else if (on_conflict == KeyConflict::refuse) {
      refuse(one);
    } else if (on_conflict == KeyConflict::keep_old) {
      keep_old(&one);
    } else {
      taker->stays = false;
      rewritten.replaced.push_back(taker->row);
      taker = &one;
    }
  }
  for (One& one : rewritten.all) {
    if (!one.moves || !one.stays) continue;
    const std::string_view key = rewritten.key(one);
    const uint32_t other = store_.find(key_hash(key), key);
    if (other == RowStore::none || leaving.contains(other)) continue;
    if (on_conflict == KeyConflict::refuse) refuse(one);
    if (on_conflict == KeyConflict::keep_old) {
      keep_old(&one);
    } else {
      rewritten.replaced.push_back(other);
    }
  }
  const std::unordered_set<uint32_t> replaced(rewritten.replaced.begin(), rewritten.replaced.end());
  for (One& one : rewritten.all) {
    if (replaced.contains(one.row)) one.stays = false;
  }
}

void Table::change_type(std::shared_ptr<const TypeEntry> type, const Convert& convert) {
  const auto format = std::make_shared<const RowFormat>(std::move(type));
  const std::unique_lock lock(mutex_);
  RowStore converted = convert_rows(*format, convert);
  if (log_) {
    TableLog::Replacement log(*log_, *format->type);
    for (uint32_t number = 0; number < converted.end(); ++number) {
      log.append(converted.key(number), converted.row(number));
    }
    log.commit();
  }
  store_ = std::move(converted);
  format_.with([&](auto& current) { current = format; });
}

RowStore Table::convert_rows(const RowFormat& format, const Convert& convert) const {
  const RowProgram& program = format.program;
  RowStore result(budget_, program.has_key());
  result.reserve(store_.size(), 0);
  std::string row;
  std::string key;
  RowProblem problem;
  for (uint32_t number = 0; number < store_.end(); ++number) {
    if (!store_.has(number)) continue;
    row.clear();
    convert(store_.row(number), row);
    if (!program.check(row, key, problem)) {
      throw Error(Reaction::fail_task, "Table {} cannot be altered, its record {} is refused: {}",
                  qualified_name(), result.end(), program.describe(problem));
    }
    if (program.has_key()) {
      const uint64_t hash = key_hash(key);
      if (result.find(hash, key) != RowStore::none) {
        throw Error(Reaction::fail_task,
                    "Table {} cannot be altered: its record {} would get the primary key of "
                    "another record",
                    qualified_name(), result.end());
      }
      result.index().insert(hash, result.end());
    }
    result.reserve(1, key.size() + row.size());
    result.append(key, row);
  }
  return result;
}

}  // namespace kc::server
