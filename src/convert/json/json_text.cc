#include "convert/json/json_text.h"

#include <array>

#include "convert/utf8.h"

namespace kc::convert {
namespace {

char* put_unicode_escape(char32_t unit, char* out) {
  static constexpr char digits[] = "0123456789ABCDEF";
  *out++ = '\\';
  *out++ = 'u';
  for (int shift = 12; shift >= 0; shift -= 4) *out++ = digits[unit >> shift & 15];
  return out;
}

char* put_ascii(char c, char* out) {
  static constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  static constexpr std::string_view letters = "\"\\bfnrt";
  if (!is_special(c)) {
    *out++ = c;
    return out;
  }
  const size_t found = escaped.find(c);
  if (found == std::string_view::npos) {
    return put_unicode_escape(static_cast<unsigned char>(c), out);
  }
  *out++ = '\\';
  *out++ = letters[found];
  return out;
}

}  // namespace

void append_escaped_json_string(std::string_view text, TextBuffer& out) {
  // A byte becomes at most the six characters of an escape.
  char* to = out.room(text.size() * 6 + 2);
  *to++ = '"';
  while (!text.empty()) {
    if (static_cast<signed char>(text.front()) >= 0) {
      to = put_ascii(text.front(), to);
      text.remove_prefix(1);
      continue;
    }
    const char32_t character = take_character(text);
    if (character < 0x10000) {
      to = put_character(character, to);
    } else {
      to = put_unicode_escape(0xD800 + ((character - 0x10000) >> 10), to);
      to = put_unicode_escape(0xDC00 + (character & 0x3FF), to);
    }
  }
  *to++ = '"';
  out.advance_to(to);
}

}  // namespace kc::convert
