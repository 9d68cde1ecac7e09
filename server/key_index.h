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

namespace kc::server {

uint64_t key_hash(std::string_view key);

class KeyIndex {
 public:
  static constexpr uint32_t none = UINT32_MAX;

  // The row, or `none`.
  template <typename IsRow>
  uint32_t find(uint64_t hash, IsRow&& is_row) const {
    if (slots_.empty()) return none;
    for (size_t at = hash & mask(); slots_[at].row != none; at = (at + 1) & mask()) {
      if (slots_[at].hash == hash && is_row(slots_[at].row)) return slots_[at].row;
    }
    return none;
  }

  // The key is not there yet.
  void insert(uint64_t hash, uint32_t row) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    put({hash, row});
    ++size_;
  }

  void erase(uint64_t hash, uint32_t row);
  void clear() {
    slots_.clear();
    size_ = 0;
  }
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint64_t hash;
    uint32_t row = none;
  };
  size_t mask() const { return slots_.size() - 1; }
  void put(Slot slot) {
    size_t at = slot.hash & mask();
    while (slots_[at].row != none) at = (at + 1) & mask();
    slots_[at] = slot;
  }
  void grow();

  std::vector<Slot> slots_;  // a power of two of them
  size_t size_ = 0;
};

}  // namespace kc::server
