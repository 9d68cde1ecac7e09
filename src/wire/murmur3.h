// MurmurHash3_x64_128, the hash behind Kinetica's shard keys. (Austin Appleby's public-domain
// algorithm; Kinetica's clients use seed 10.)
#pragma once

#include <cstdint>
#include <string_view>

namespace kc::wire {

inline constexpr uint64_t kinetica_seed = 10;

struct Hash128 {
  int64_t first;
  int64_t second;
  bool operator==(const Hash128&) const = default;
};

Hash128 murmur3_x64_128(std::string_view bytes, uint64_t seed = kinetica_seed);

}  // namespace kc::wire
