#include "server/tables/row_store.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace kc::server {

namespace {
constexpr size_t rows_max = RowStore::none;
// Below these, packing is not worth its time.
constexpr size_t packed_bytes_min = size_t{1} << 20;
constexpr size_t packed_rows_min = 1024;
}  // namespace

RowStore::RowStore(MemoryBudget& budget, bool keyed)
    : budget_(&budget),
      keyed_(keyed),
      chunks_(budget),
      rows_(Rows::allocator_type(budget)),
      index_(budget),
      indexed_(keyed) {}

void RowStore::reserve(size_t rows, size_t bytes) {
  const size_t needed = rows_.size() + rows;
  if (needed >= rows_max) {
    throw base::Error(base::Reaction::fail_task, "A table has at most {} rows", rows_max - 1);
  }
  const auto reserve_all = [&] {
    chunks_.reserve(bytes);
    if (needed > rows_.capacity()) rows_.reserve(std::max(needed, rows_.capacity() * 2));
    if (indexed_) index_.reserve(live_ + rows);
  };
  try {
    return reserve_all();
  } catch (const base::Error&) {
    // Not for little, or each insert at the limit would move all rows.
    if (waste_bytes_ <= std::max(bytes, live_bytes_ / 8)) throw;
  }
  move_together();
  reserve_all();
}

void RowStore::put(Row& row, char* data, std::string_view key, std::string_view bytes) {
  row = {data, static_cast<uint32_t>(key.size()), static_cast<uint32_t>(bytes.size())};
  std::memcpy(data, key.data(), key.size());
  std::memcpy(data + key.size(), bytes.data(), bytes.size());
}

void RowStore::append(std::string_view key, std::string_view row) {
  const size_t size = key.size() + row.size();
  put(rows_.emplace_back(), chunks_.allocate(size), key, row);
  live_bytes_ += size;
  ++live_;
}

void RowStore::replace(uint32_t number, std::string_view key, std::string_view row) {
  Row& old = rows_[number];
  const size_t size = key.size() + row.size();
  const bool in_place = size <= old.size();
  waste_bytes_ += in_place ? old.size() - size : old.size();
  live_bytes_ += size;
  live_bytes_ -= old.size();
  put(old, in_place ? old.data : chunks_.allocate(size), key, row);
}

void RowStore::erase(uint32_t number) {
  Row& row = rows_[number];
  if (indexed_) index_.erase(key_hash(key(number)), number);
  live_bytes_ -= row.size();
  waste_bytes_ += row.size();
  row.data = nullptr;
  --live_;
}

void RowStore::drop_index() {
  index_.clear();
  indexed_ = false;
}

void RowStore::build_index() {
  if (!keyed_ || indexed_) return;
  index_.reserve(live_);
  fill_index();
  indexed_ = true;
}

// A slot lies anywhere in memory: its cache line is asked for a few rows ahead.
void RowStore::fill_index() {
  constexpr size_t ahead = 16;
  uint64_t hashes[ahead];
  for (size_t i = 0; i < rows_.size() + ahead; ++i) {
    const size_t done = i - ahead;
    if (i >= ahead && has(static_cast<uint32_t>(done))) {
      index_.insert(hashes[done % ahead], static_cast<uint32_t>(done));
    }
    if (i >= rows_.size() || !has(static_cast<uint32_t>(i))) continue;
    hashes[i % ahead] = key_hash(key(static_cast<uint32_t>(i)));
    index_.prefetch(hashes[i % ahead]);
  }
}

bool RowStore::wasteful() const {
  const bool bytes_wasted = waste_bytes_ > std::max(live_bytes_, packed_bytes_min);
  const bool rows_wasted = rows_.size() - live_ > std::max(live_, packed_rows_min);
  return bytes_wasted || rows_wasted;
}

void RowStore::pack() {
  const bool renumbered = rows_.size() != live_;
  std::erase_if(rows_, [](const Row& row) { return row.data == nullptr; });
  if (waste_bytes_ > std::max(live_bytes_, packed_bytes_min)) move_together();
  if (!renumbered || !indexed_) return;
  index_.clear();
  fill_index();
}

void RowStore::move_together() {
  RowChunks packed(*budget_);
  packed.reserve_beyond_limit(live_bytes_);
  for (Row& row : rows_) {
    if (row.data == nullptr) continue;
    char* const data = packed.allocate(row.size());
    std::memcpy(data, row.data, row.size());
    row.data = data;
  }
  chunks_ = std::move(packed);
  waste_bytes_ = 0;
}

}  // namespace kc::server
