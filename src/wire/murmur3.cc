#include "wire/murmur3.h"

#include <bit>
#include <cstring>

namespace kc::wire {

namespace {

constexpr uint64_t c1 = 0x87c37b91114253d5;
constexpr uint64_t c2 = 0x4cf5ad432745937f;
constexpr size_t block_bytes = 16;

uint64_t load(const char* from, size_t bytes) {
  uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return word;
}

uint64_t mix_first(uint64_t word) { return std::rotl(word * c1, 31) * c2; }
uint64_t mix_second(uint64_t word) { return std::rotl(word * c2, 33) * c1; }

uint64_t finish(uint64_t bits) {
  bits = (bits ^ (bits >> 33)) * 0xff51afd7ed558ccd;
  bits = (bits ^ (bits >> 33)) * 0xc4ceb9fe1a85ec53;
  return bits ^ (bits >> 33);
}

}  // namespace

Hash128 murmur3_x64_128(std::string_view bytes, uint64_t seed) {
  uint64_t first = seed;
  uint64_t second = seed;
  const char* next = bytes.data();
  size_t left = bytes.size();
  for (; left >= block_bytes; next += block_bytes, left -= block_bytes) {
    first ^= mix_first(load(next, 8));
    first = (std::rotl(first, 27) + second) * 5 + 0x52dce729;
    second ^= mix_second(load(next + 8, 8));
    second = (std::rotl(second, 31) + first) * 5 + 0x38495ab5;
  }
  if (left > 8) second ^= mix_second(load(next + 8, left - 8));
  if (left > 0) first ^= mix_first(load(next, left < 8 ? left : 8));

  first ^= bytes.size();
  second ^= bytes.size();
  first += second;
  second += first;
  first = finish(first);
  second = finish(second);
  first += second;
  second += first;
  return {static_cast<int64_t>(first), static_cast<int64_t>(second)};
}

}  // namespace kc::wire
