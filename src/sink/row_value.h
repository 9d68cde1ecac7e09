// Writing single values, for the row plan's hot loop.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "data/value.h"
#include "wire/avro.h"

namespace kc::sink {

// wire::put_long with a short way for one byte and without a loop for up to eight, so that the
// length of a number costs no mispredicted jumps. Writes up to 10 bytes at `out`.
inline char* put_varint(char* out, int64_t value) {
  uint64_t bits = (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
  if (bits < 0x80) {
    *out = static_cast<char>(bits);
    return out + 1;
  }
  if (bits >= uint64_t{1} << 56) [[unlikely]]
    return wire::put_long(out, value);
  const auto bytes = static_cast<size_t>(std::bit_width(bits) + 6) / 7;
  // Spreads groups of 7 bits over bytes: halves, quarters, eighths.
  bits = (bits & 0x000000000fffffff) | ((bits & 0x00fffffff0000000) << 4);
  bits = (bits & 0x00003fff00003fff) | ((bits & 0x0fffc0000fffc000) << 2);
  bits = (bits & 0x007f007f007f007f) | ((bits & 0x3f803f803f803f80) << 1);
  bits |= 0x8080808080808080 & ((uint64_t{1} << (8 * (bytes - 1))) - 1);
  std::memcpy(out, &bits, sizeof bits);
  return out + bytes;
}

// Length and bytes. Short texts are copied without a call.
inline char* put_text_value(char* out, std::string_view text) {
  const size_t size = text.size();
  out = put_varint(out, static_cast<int64_t>(size));
  if (size <= 16 && size >= 8) {
    uint64_t first;
    uint64_t last;
    std::memcpy(&first, text.data(), 8);
    std::memcpy(&last, text.data() + size - 8, 8);
    std::memcpy(out, &first, 8);
    std::memcpy(out + size - 8, &last, 8);
  } else if (size < 8 && size >= 4) {
    uint32_t first;
    uint32_t last;
    std::memcpy(&first, text.data(), 4);
    std::memcpy(&last, text.data() + size - 4, 4);
    std::memcpy(out, &first, 4);
    std::memcpy(out + size - 4, &last, 4);
  } else if (size < 4) {
    for (size_t i = 0; i < size; ++i) out[i] = text[i];
  } else {
    std::memcpy(out, text.data(), size);
  }
  return out + size;
}

// For messages: at most 100 bytes of it, quoted.
std::string shown(const data::Value& value);

}  // namespace kc::sink
