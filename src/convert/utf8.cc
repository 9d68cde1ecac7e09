#include "convert/utf8.h"

#include <simdjson.h>

namespace kc::convert {
namespace {

constexpr char32_t replacement = 0xFFFD;

uint8_t byte_at(std::string_view text, size_t index) { return static_cast<uint8_t>(text[index]); }

}  // namespace

bool is_valid_utf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

char32_t take_character(std::string_view& text) {
  const uint8_t first = byte_at(text, 0);
  text.remove_prefix(1);
  if (first < 0x80) return first;
  if (first < 0xC2 || first > 0xF4) return replacement;
  const int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  char32_t character = first & (0x3FU >> more);
  // The second byte's range excludes overlong forms, surrogates and what is above U+10FFFF.
  uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  for (int i = 0; i < more; ++i) {
    if (text.empty() || byte_at(text, 0) < low || byte_at(text, 0) > high) return replacement;
    character = character << 6 | (byte_at(text, 0) & 0x3F);
    text.remove_prefix(1);
    low = 0x80;
    high = 0xBF;
  }
  return character;
}

char* put_character(char32_t character, char* out) {
  const auto put = [&](char32_t byte) { *out++ = static_cast<char>(byte); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | character >> 6);
    put(0x80 | (character & 0x3F));
  } else if (character >= 0xD800 && character <= 0xDFFF) {
    put('?');
  } else if (character < 0x10000) {
    put(0xE0 | character >> 12);
    put(0x80 | (character >> 6 & 0x3F));
    put(0x80 | (character & 0x3F));
  } else {
    put(0xF0 | character >> 18);
    put(0x80 | (character >> 12 & 0x3F));
    put(0x80 | (character >> 6 & 0x3F));
    put(0x80 | (character & 0x3F));
  }
  return out;
}

std::string_view repaired_long_utf8(std::string_view text, base::Arena& arena) {
  if (is_valid_utf8(text)) return text;
  // A malformed byte grows to the three of U+FFFD.
  char* const start = static_cast<char*>(arena.allocate(text.size() * 3, 1));
  char* out = start;
  while (!text.empty()) out = put_character(take_character(text), out);
  const auto used = static_cast<size_t>(out - start);
  arena.shrink_latest(start, used);
  return {start, used};
}

}  // namespace kc::convert
