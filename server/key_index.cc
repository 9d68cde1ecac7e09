#include "server/key_index.h"

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

void KeyIndex::grow() {
  constexpr size_t slots_min = 64;
  const auto old =
      std::exchange(slots_, std::vector<Slot>(slots_.empty() ? slots_min : slots_.size() * 2));
  for (const Slot& slot : old) {
    if (slot.row != none) put(slot);
  }
}

}  // namespace kc::server
