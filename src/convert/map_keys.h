// One entry a key, as in a java.util.Map that is filled in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "data/value.h"

namespace kc::convert {

// Of `count` keys and values in turn at `entries`, keeps one entry a key: the place of the first,
// the value of the last. Returns how many are left. Linear in `count`.
size_t drop_duplicate_keys(data::Value* entries, size_t count);

// Notices keys that may have come before: 64 bits in place of comparisons. Never misses one.
class KeyFilter {
 public:
  // True when `key` may be one of those added before; adds it.
  bool add(std::string_view key) {
    const uint64_t bit = uint64_t{1} << hash(key);
    const bool before = (seen_ & bit) != 0;
    seen_ |= bit;
    return before;
  }

 private:
  static unsigned hash(std::string_view key) {
    if (key.empty()) return 0;
    const uint32_t mixed = static_cast<uint32_t>(static_cast<uint8_t>(key.front())) |
                           static_cast<uint32_t>(static_cast<uint8_t>(key.back())) << 8 |
                           static_cast<uint32_t>(key.size()) << 16;
    return mixed * 0x9E3779B1U >> 26;
  }

  uint64_t seen_ = 0;
};

}  // namespace kc::convert
