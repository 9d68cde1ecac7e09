#include "server/tables/key_index.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "wire/murmur3.h"

namespace kc::server {

uint64_t key_hash(std::string_view key) {
  return static_cast<uint64_t>(wire::murmur3_x64_128(key).first);
}

void KeyIndex::erase(uint64_t hash, uint32_t row) {
  size_t hole = hash & mask();
  while (slots_[hole].row != row) hole = (hole + 1) & mask();
  // Rows behind the hole move up unless that would put them before their own place.
  for (size_t at = (hole + 1) & mask(); slots_[at].row != none; at = (at + 1) & mask()) {
    const size_t home = slots_[at].hash & mask();
    if (((at - home) & mask()) < ((at - hole) & mask())) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole].row = none;
  --size_;
}

void KeyIndex::reserve(size_t keys) {
  // At most three quarters of the slots are taken.
  if (keys * 4 <= slots_.size() * 3) return;
  constexpr size_t slots_min = 64;
  const size_t count = std::max(slots_min, std::bit_ceil(keys * 4 / 3 + 1));
  const auto old = std::exchange(slots_, Slots(count, Slot{}, slots_.get_allocator()));
  for (const Slot& slot : old) {
    if (slot.row != none) put(slot);
  }
}

void KeyIndex::clear() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  size_ = 0;
}

}  // namespace kc::server
