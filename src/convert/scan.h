// Looking at many characters at once: what JSON's reader and writer share. All of it is exact for
// any bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kc::convert {

static_assert(std::endian::native == std::endian::little, "words are read as little-endian");

inline uint64_t load8(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

inline uint32_t load4(const char* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// The high bit of each byte that is a quote, a backslash or a control character. Bytes above the
// first marked one may be marked wrongly; bytes of 0x80 and more are never the first.
inline uint64_t mark_special(uint64_t word) {
  constexpr uint64_t ones = 0x0101010101010101;
  constexpr uint64_t highs = 0x8080808080808080;
  const uint64_t quote = word ^ (ones * '"');
  const uint64_t backslash = word ^ (ones * '\\');
  return (((quote - ones) & ~quote) | ((backslash - ones) & ~backslash) |
          ((word - ones * 0x20) & ~word)) &
         highs;
}

inline bool is_special(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

// True when `text` stands in a JSON string as it is and is ASCII.
inline bool is_plain_ascii(std::string_view text) {
  constexpr uint64_t highs = 0x8080808080808080;
  const char* const p = text.data();
  const size_t size = text.size();
  if (size >= 8) {
    uint64_t found = 0;
    for (size_t i = 0; i + 8 < size; i += 8) {
      const uint64_t word = load8(p + i);
      found |= mark_special(word) | (word & highs);
    }
    const uint64_t last = load8(p + size - 8);
    return (found | mark_special(last) | (last & highs)) == 0;
  }
  if (size >= 4) {
    const uint64_t word = load4(p) | uint64_t{load4(p + size - 4)} << 32;
    return (mark_special(word) | (word & highs)) == 0;
  }
  for (const char c : text) {
    if (is_special(c) || static_cast<signed char>(c) < 0) return false;
  }
  return true;
}

// True when all of `text` is ASCII.
inline bool is_ascii(std::string_view text) {
  constexpr uint64_t highs = 0x8080808080808080;
  const char* const p = text.data();
  const size_t size = text.size();
  if (size >= 8) {
    uint64_t found = load8(p + size - 8);
    for (size_t i = 0; i + 8 < size; i += 8) found |= load8(p + i);
    return (found & highs) == 0;
  }
  if (size >= 4) return ((load4(p) | load4(p + size - 4)) & static_cast<uint32_t>(highs)) == 0;
  unsigned char found = 0;
  for (const char c : text) found |= static_cast<unsigned char>(c);
  return found < 0x80;
}

// True when the `size` (at least 3) bytes at `left` and at `right` are the same. For short texts:
// no call.
inline bool same_bytes(const char* left, const char* right, size_t size) {
  if (size >= 8) {
    for (size_t i = 0; i + 8 < size; i += 8) {
      if (load8(left + i) != load8(right + i)) return false;
    }
    return load8(left + size - 8) == load8(right + size - 8);
  }
  if (size >= 4) {
    return load4(left) == load4(right) && load4(left + size - 4) == load4(right + size - 4);
  }
  return std::memcmp(left, right, size) == 0;
}

// The end of the run of plain characters that begins at `p`: the first special one, or `end`. Adds
// to `high` what is not zero when a byte of the run is not ASCII.
inline const char* skip_plain(const char* p, const char* end, uint32_t& high) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  while (end - p >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i special =
        _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)),
                     _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes));
    const auto found = static_cast<uint32_t>(_mm_movemask_epi8(special));
    const auto above = static_cast<uint32_t>(_mm_movemask_epi8(bytes));
    if (found != 0) {
      high |= above & ((found & (~found + 1)) - 1);
      return p + std::countr_zero(found);
    }
    high |= above;
    p += 16;
  }
#endif
  while (end - p >= 8) {
    const uint64_t word = load8(p);
    if (const uint64_t found = mark_special(word); found != 0) {
      const int run = std::countr_zero(found) / 8;
      const uint64_t before = word & ((uint64_t{1} << (8 * run)) - 1);
      high |= (before & 0x8080808080808080) != 0;
      return p + run;
    }
    high |= (word & 0x8080808080808080) != 0;
    p += 8;
  }
  for (; p < end && !is_special(*p); ++p) high |= static_cast<signed char>(*p) < 0;
  return p;
}

// How many of the 8 characters at the start of `word` (before the first other one) are digits.
inline int count_digits(uint64_t word) {
  const uint64_t others =
      ((word + 0x4646464646464646) | (word - 0x3030303030303030)) & 0x8080808080808080;
  return others == 0 ? 8 : std::countr_zero(others) / 8;
}

// The number that the first `count` (1 to 8) characters of `word`, digits, make.
inline uint64_t digits_value(uint64_t word, int count) {
  word = (word - 0x3030303030303030) << (64 - 8 * count);
  word = word * 10 + (word >> 8);
  return (((word & 0x000000FF000000FF) * 0x000F424000000064) +
          (((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >>
         32;
}

}  // namespace kc::convert
