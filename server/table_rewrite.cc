// Table's changes of many rows at once: Table::rewrite and Table::change_type.
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "server/monitor_publisher.h"
#include "server/table.h"

namespace kc::server {

using base::Error;
using base::Reaction;

// Rows on their way into their places.
struct Table::Rewritten {
  struct One {
    uint32_t row;
    bool moves;  // its key changes
    bool dropped = false;
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

int64_t Table::rewrite(const Change& change, const RewriteOptions& options) {
  if (has_monitors_) publisher_.wait_for_room();
  const std::unique_lock lock(mutex_);
  check_type(options.of_type);
  Rewritten rewritten = collect_rewritten(change);
  settle_keys(rewritten, options.on_key_conflict);
  size_t moved_bytes = 0;  // of rows that do not fit in their places
  for (const auto& one : rewritten.all) {
    const size_t size = size_t{one.key_bytes} + one.row_bytes;
    if (size > rows_[one.row].size()) moved_bytes += size;
  }
  chunks_.reserve(moved_bytes);  // from here on nothing is refused

  for (const uint32_t row : rewritten.replaced) erase_row(row);
  for (const auto& one : rewritten.all) {
    if (one.moves && !one.dropped) index_.erase(key_hash(rows_[one.row].key()), one.row);
  }
  int64_t count = 0;
  for (const auto& one : rewritten.all) {
    Row& row = rows_[one.row];
    if (one.dropped || row.data == nullptr) continue;
    replace(row, rewritten.key(one), rewritten.row(one));
    if (one.moves) index_.insert(key_hash(row.key()), one.row);
    ++count;
  }
  publish({}, count, static_cast<int64_t>(rewritten.replaced.size()));
  pack_if_wasteful();
  return count;
}

Table::Rewritten Table::collect_rewritten(const Change& change) const {
  const auto format = format_.copy();
  Rewritten rewritten;
  std::string changed;
  std::string key;
  RowProblem problem;
  for (uint32_t i = 0; i < rows_.size(); ++i) {
    const Row& row = rows_[i];
    changed.clear();
    if (row.data == nullptr || !change(row.bytes(), changed)) continue;
    if (!format->program.check(changed, key, problem)) {
      throw Error(Reaction::fail_task, "The update is refused: {}",
                  format->program.describe(problem));
    }
    rewritten.all.push_back({.row = i,
                             .moves = key != row.key(),
                             .key_bytes = static_cast<uint32_t>(key.size()),
                             .row_bytes = static_cast<uint32_t>(changed.size()),
                             .begin = rewritten.bytes.size()});
    rewritten.bytes += key;
    rewritten.bytes += changed;
  }
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
    while (one != nullptr && !one->dropped) {
      one->dropped = true;
      leaving.erase(one->row);
      if (const auto own = taking.find(rewritten.key(*one)); own->second == one) taking.erase(own);
      const auto next = taking.find(rows_[one->row].key());
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
      taker->dropped = true;
      rewritten.replaced.push_back(taker->row);
      taker = &one;
    }
  }
  for (One& one : rewritten.all) {
    if (!one.moves || one.dropped) continue;
    const std::string_view key = rewritten.key(one);
    const uint32_t other =
        index_.find(key_hash(key), [&](uint32_t row) { return rows_[row].key() == key; });
    if (other == KeyIndex::none || leaving.contains(other)) continue;
    if (on_conflict == KeyConflict::refuse) refuse(one);
    if (on_conflict == KeyConflict::keep_old) {
      keep_old(&one);
    } else {
      rewritten.replaced.push_back(other);
    }
  }
}

void Table::change_type(std::shared_ptr<const TypeEntry> type, const Convert& convert) {
  const auto format = std::make_shared<const RowFormat>(std::move(type));
  const RowProgram& program = format->program;
  const std::unique_lock lock(mutex_);
  RowChunks chunks(budget_);
  std::vector<Row> rows;
  rows.reserve(live_);
  KeyIndex index;
  std::string converted;
  std::string key;
  RowProblem problem;
  size_t bytes = 0;
  for (const Row& row : rows_) {
    if (row.data == nullptr) continue;
    converted.clear();
    convert(row.bytes(), converted);
    if (!program.check(converted, key, problem)) {
      throw Error(Reaction::fail_task, "Table {} cannot be altered, its record {} is refused: {}",
                  qualified_name(), rows.size(), program.describe(problem));
    }
    if (program.has_key()) {
      const uint64_t hash = key_hash(key);
      if (index.find(hash, [&](uint32_t at) { return rows[at].key() == key; }) != KeyIndex::none) {
        throw Error(Reaction::fail_task,
                    "Table {} cannot be altered: its record {} would get the primary key of "
                    "another record",
                    qualified_name(), rows.size());
      }
      index.insert(hash, static_cast<uint32_t>(rows.size()));
    }
    chunks.reserve(key.size() + converted.size());
    rows.push_back(store(chunks, key, converted));
    bytes += rows.back().size();
  }
  chunks_ = std::move(chunks);
  rows_ = std::move(rows);
  index_ = std::move(index);
  live_ = rows_.size();
  live_bytes_ = bytes;
  waste_bytes_ = 0;
  has_key_ = program.has_key();
  format_.with([&](auto& current) { current = format; });
}

}  // namespace kc::server
