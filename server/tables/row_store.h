// The rows of one table in memory, by number, and an index of their primary keys. Not thread-safe;
// the table's lock guards it.
//
// A row lies in its chunk behind the bytes of its key. A row that is replaced leaves its bytes
// behind unless the new ones fit in their place, and one that is erased leaves its number; pack()
// ends such waste.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "server/tables/key_index.h"
#include "server/tables/memory_budget.h"
#include "server/tables/row_chunks.h"

namespace kc::server {

class RowStore {
 public:
  static constexpr uint32_t none = KeyIndex::none;

  // What it holds counts against `budget`, which outlives it.
  RowStore(MemoryBudget& budget, bool keyed);

  bool keyed() const { return keyed_; }
  // Rows that are there; their bytes, keys included; and the number after the last row's.
  size_t size() const { return live_; }
  size_t bytes() const { return live_bytes_; }
  uint32_t end() const { return static_cast<uint32_t>(rows_.size()); }

  // False for an erased row.
  bool has(uint32_t number) const { return rows_[number].data != nullptr; }
  std::string_view key(uint32_t number) const {
    const Row& row = rows_[number];
    return {row.data, row.key_bytes};
  }
  std::string_view row(uint32_t number) const {
    const Row& row = rows_[number];
    return {row.data + row.key_bytes, row.row_bytes};
  }
  bool fits_in_place(uint32_t number, size_t key_and_row_bytes) const {
    return key_and_row_bytes <= rows_[number].size();
  }

  // Room for `rows` more of `bytes` together, keys included, in places of their own. Nothing below
  // fails within it. At the memory limit rows move into what others have left behind. Throws
  // Error(fail_task), with no row changed, when that is not enough or there are too many rows.
  void reserve(size_t rows, size_t bytes);

  // The index does not see these two: that is for their caller.
  void append(std::string_view key, std::string_view row);
  void replace(uint32_t number, std::string_view key, std::string_view row);
  // With its entry in the index, if there is one.
  void erase(uint32_t number);

  KeyIndex& index() { return index_; }
  // To fill a store with many rows whose keys are known to differ: until build_index(), which
  // throws as reserve() does, there is no index.
  void drop_index();
  void build_index();
  // The row with the key, or `none`.
  uint32_t find(uint64_t hash, std::string_view key) const {
    return index_.find(hash, [&](uint32_t number) { return this->key(number) == key; });
  }

  bool wasteful() const;
  // Numbers the rows anew, without holes, in the same order.
  void pack();

 private:
  struct Row {
    char* data;  // key, then row; nullptr: erased
    uint32_t key_bytes;
    uint32_t row_bytes;
    size_t size() const { return size_t{key_bytes} + row_bytes; }
  };
  using Rows = std::vector<Row, BudgetAllocator<Row>>;
  void put(Row& row, char* data, std::string_view key, std::string_view bytes);
  void move_together();
  void fill_index();

  MemoryBudget* budget_;
  bool keyed_;
  RowChunks chunks_;
  Rows rows_;
  KeyIndex index_;
  bool indexed_;
  size_t live_ = 0;
  size_t live_bytes_ = 0;
  size_t waste_bytes_ = 0;
};

}  // namespace kc::server
