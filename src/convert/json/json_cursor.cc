#include "convert/json/json_cursor.h"

#include <fmt/format.h>

#include "base/error.h"
#include "convert/utf8.h"

namespace kc::convert {

using base::Error;
using base::Reaction;

void JsonCursor::fail(std::string_view what) {
  throw Error(Reaction::skip_record,
              "Converting byte[] to Kafka Connect data failed due to serialization error: {}",
              what);
}

void JsonCursor::fail_at(const char* where, std::string_view expected) const {
  const auto offset = where - begin_;
  if (where >= end_) {
    fail(fmt::format("the text ends at byte {}, expected {}", offset, expected));
  }
  const auto c = static_cast<unsigned char>(*where);
  if (c > ' ' && c < 0x7f) {
    fail(
        fmt::format("unexpected character '{}' at byte {}, expected {}", *where, offset, expected));
  }
  fail(fmt::format("unexpected byte 0x{:02x} at byte {}, expected {}", c, offset, expected));
}

void JsonCursor::fail_expecting(char c) const {
  if (c == '}' || c == ']') fail_at(p_, fmt::format("',' or '{}'", c));
  fail_at(p_, fmt::format("'{}'", c));
}

void JsonCursor::fail_depth() {
  fail(fmt::format("the text nests deeper than {} levels", depth_max));
}

char JsonCursor::peek_after_blanks() {
  skip_blanks();
  if (p_ == end_) fail_at(p_, "more of the value");
  return *p_;
}

const char* JsonCursor::read_exponent(const char* p, JsonNumber& number) const {
  const bool negative = p < end_ && *p == '-';
  if (p < end_ && (*p == '-' || *p == '+')) ++p;
  const char* const start = p;
  // A BigDecimal's scale is an int; beyond it Jackson fails as well.
  constexpr int64_t exponent_max = 2'147'483'647;
  int64_t exponent = 0;
  for (; p < end_ && *p >= '0' && *p <= '9'; ++p) {
    exponent = exponent * 10 + (*p - '0');
    if (exponent > exponent_max) fail_at(p, "a smaller exponent");
  }
  if (p == start) fail_at(p, "a digit of the exponent");
  number.exponent += negative ? -exponent : exponent;
  number.integral = false;
  return p;
}

char32_t JsonCursor::read_hex4(const char* p) const {
  char32_t value = 0;
  for (int i = 0; i < 4; ++i, ++p) {
    if (p >= end_) fail_at(p, "a hexadecimal digit");
    const char lower = static_cast<char>(*p | 0x20);
    if (*p >= '0' && *p <= '9') {
      value = value << 4 | static_cast<char32_t>(*p - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value << 4 | static_cast<char32_t>(lower - 'a' + 10);
    } else {
      fail_at(p, "a hexadecimal digit");
    }
  }
  return value;
}

// `escape` is at the character after the backslash; returns the end of the escape.
const char* JsonCursor::unescape(const char* escape, char*& out) const {
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (escape >= end_) fail_at(escape, "an escape");
  if (*escape != 'u') {
    const size_t found = letters.find(*escape);
    if (found == std::string_view::npos) fail_at(escape, "an escape");
    *out++ = meanings[found];
    return escape + 1;
  }
  char32_t character = read_hex4(escape + 1);
  const char* p = escape + 5;
  const bool leads = character >= 0xD800 && character <= 0xDBFF;
  if (leads && end_ - p >= 2 && p[0] == '\\' && p[1] == 'u') {
    const char32_t trail = read_hex4(p + 2);
    if (trail >= 0xDC00 && trail <= 0xDFFF) {
      character = 0x10000 + ((character - 0xD800) << 10) + (trail - 0xDC00);
      p += 6;
    }
  }
  out = put_character(character, out);
  return p;
}

std::string_view JsonCursor::finish_string(const char* start, const char* stop, bool not_ascii) {
  uint32_t high = not_ascii ? 1 : 0;
  // An escape is never shorter than what it stands for, so the rest of the text bounds the string.
  // Find its end first, so that a short string does not take all that from the arena.
  const char* close = stop;
  while (close < end_ && *close == '\\') {
    close = end_ - close < 2 ? end_ : skip_plain(close + 2, end_, high);
  }
  if (close >= end_) fail_at(end_, "the end of the string that began before");
  if (*close != '"') fail_at(close, "no control character in a string");
  const std::string_view raw(start, static_cast<size_t>(close - start));
  if (high != 0 && !is_valid_utf8(raw)) {
    fail(fmt::format("the string at byte {} is not valid UTF-8", start - begin_));
  }
  p_ = close + 1;
  if (stop == close) return raw;
  char* const copy = static_cast<char*>(arena_->allocate(raw.size(), 1));
  char* out = copy;
  for (const char* p = start; p < close;) {
    if (*p == '\\') {
      p = unescape(p + 1, out);
    } else {
      *out++ = *p++;
    }
  }
  const auto used = static_cast<size_t>(out - copy);
  arena_->shrink_latest(copy, used);
  return {copy, used};
}

void JsonCursor::expect_literal(std::string_view literal) {
  peek();
  const std::string_view rest(p_, static_cast<size_t>(end_ - p_));
  const auto continues = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (!rest.starts_with(literal) ||
      (rest.size() > literal.size() && continues(rest[literal.size()]))) {
    fail_at(p_, "a value (an object, an array, a string, a number, true, false or null)");
  }
  p_ += literal.size();
}

void JsonCursor::skip_value(int depth) {
  check_depth(depth);
  switch (peek()) {
    case '{':
      take('{');
      if (take('}')) return;
      do {
        read_string();
        expect(':');
        skip_value(depth + 1);
      } while (take_comma_or('}'));
      return;
    case '[':
      take('[');
      if (take(']')) return;
      do {
        skip_value(depth + 1);
      } while (take_comma_or(']'));
      return;
    case '"':
      read_string();
      return;
    case 't':
      return expect_literal("true");
    case 'f':
      return expect_literal("false");
    case 'n':
      return expect_literal("null");
    default:
      if (*p_ != '-' && (*p_ < '0' || *p_ > '9')) {
        fail_at(p_, "a value (an object, an array, a string, a number, true, false or null)");
      }
      read_number();
  }
}

std::string_view JsonCursor::node_type(char first) {
  switch (first) {
    case '{':
      return "OBJECT";
    case '[':
      return "ARRAY";
    case '"':
      return "STRING";
    case 't':
    case 'f':
      return "BOOLEAN";
    case 'n':
      return "NULL";
    default:
      return "NUMBER";
  }
}

}  // namespace kc::convert
