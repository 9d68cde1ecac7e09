#include "base/base64.h"

#include <array>
#include <cstdint>

namespace kc::base {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> make_reverse() {
  std::array<int8_t, 256> reverse{};
  reverse.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    reverse[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  }
  return reverse;
}
constexpr std::array<int8_t, 256> reverse = make_reverse();

uint32_t byte_at(std::string_view bytes, size_t index) {
  return static_cast<uint8_t>(bytes[index]);
}

}  // namespace

char* base64_encode(std::string_view bytes, char* out) {
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const uint32_t group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  const size_t rest = bytes.size() - i;
  if (rest == 0) return out;
  const uint32_t group = byte_at(bytes, i) << 16 | (rest == 2 ? byte_at(bytes, i + 1) << 8 : 0);
  *out++ = alphabet[group >> 18];
  *out++ = alphabet[group >> 12 & 63];
  *out++ = rest == 2 ? alphabet[group >> 6 & 63] : '=';
  *out++ = '=';
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string text(base64_encoded_size(bytes.size()), '\0');
  base64_encode(bytes, text.data());
  return text;
}

std::optional<size_t> base64_decode(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const size_t digits = text.size() - padding;
  const char* const begin = out;
  uint32_t group = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int8_t digit = reverse[static_cast<uint8_t>(text[i])];
    if (digit < 0) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(digit);
    if (i % 4 == 3) {
      *out++ = static_cast<char>(group >> 16 & 255);
      *out++ = static_cast<char>(group >> 8 & 255);
      *out++ = static_cast<char>(group & 255);
      group = 0;
    }
  }
  if (padding == 1) {
    *out++ = static_cast<char>(group >> 10 & 255);
    *out++ = static_cast<char>(group >> 2 & 255);
  } else if (padding == 2) {
    *out++ = static_cast<char>(group >> 4 & 255);
  }
  return static_cast<size_t>(out - begin);
}

}  // namespace kc::base
