// From the hash of a primary key to the number of its row: open addressing with linear probing.
// Not thread-safe; the table's lock guards it.
//
// Keys themselves stay with the rows: find() asks the caller whether a row of the same hash has the
// key that is looked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "server/tables/memory_budget.h"

namespace kc::server {

uint64_t key_hash(std::string_view key);

class KeyIndex {
 public:
  static constexpr uint32_t none = UINT32_MAX;

  explicit KeyIndex(MemoryBudget& budget) : slots_(Slots::allocator_type(budget)) {}

  // Room for `keys` in all, so that inserting them cannot fail. Throws Error(fail_task), with
  // nothing changed, at the memory limit.
  void reserve(size_t keys);

  // The row, or `none`.
  template <typename IsRow>
  uint32_t find(uint64_t hash, IsRow&& is_row) const {
    if (slots_.empty()) return none;
    for (size_t at = hash & mask(); slots_[at].row != none; at = (at + 1) & mask()) {
      if (slots_[at].hash == hash && is_row(slots_[at].row)) return slots_[at].row;
    }
    return none;
  }
  // Soon this hash will be looked for or inserted.
  void prefetch(uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask()]);
  }

  // The key is not there yet.
  void insert(uint64_t hash, uint32_t row) {
    reserve(size_ + 1);
    put({hash, row});
    ++size_;
  }

  void erase(uint64_t hash, uint32_t row);
  // Keeps the room.
  void clear();
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t hash;
    uint32_t row = none;
  };
  using Slots = std::vector<Slot, BudgetAllocator<Slot>>;
  size_t mask() const { return slots_.size() - 1; }
  void put(Slot slot) {
    size_t at = slot.hash & mask();
    while (slots_[at].row != none) at = (at + 1) & mask();
    slots_[at] = slot;
  }

  Slots slots_;  // none, or a power of two of them
  size_t size_ = 0;
};

}  // namespace kc::server
