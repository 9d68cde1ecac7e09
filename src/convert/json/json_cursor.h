// Reads a JSON text front to back, one token a call, as Jackson's parser with leading zeros allowed
// does: RFC 8259, UTF-8, anything may follow the first value. Everything it passes over is
// validated.
//
// A stack object for one text, which may end where readable memory ends. Strings without escapes
// are views into the text, others are put into the arena. Each function skips the blanks before its
// token. Malformed text throws Error(skip_record) with Connect's message and the place.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "convert/json/json_number.h"
#include "convert/scan.h"

namespace kc::convert {

class JsonCursor {
 public:
  // Jackson's limit too (StreamReadConstraints).
  static constexpr int depth_max = 1000;

  JsonCursor(std::string_view text, base::Arena& arena)
      : begin_(text.data()), p_(text.data()), end_(text.data() + text.size()), arena_(&arena) {}

  base::Arena& arena() { return *arena_; }
  // The next character to be read; what lies between two positions is the text of what was read.
  const char* position() const { return p_; }
  void rewind(const char* position) { p_ = position; }

  // True when only blanks are left.
  bool at_end() {
    skip_blanks();
    return p_ == end_;
  }

  // The first character of the next token, which is not consumed. Fails at the end.
  char peek() {
    if (p_<end_&& * p_> ' ') [[likely]] {
      return *p_;
    }
    return peek_after_blanks();
  }

  // Consumes the character `c` when it is next.
  bool take(char c) {
    if (peek() != c) return false;
    ++p_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail_expecting(c);
  }

  // After an element or member: true at a comma, false at `close`; either is consumed.
  bool take_comma_or(char close) {
    const char next = peek();
    if (next != ',' && next != close) fail_expecting(close);
    ++p_;
    return next == ',';
  }

  // Consumes `token` when exactly it comes next, without blanks. At least 3 characters.
  bool take_exactly(std::string_view token) {
    if (token.size() > static_cast<size_t>(end_ - p_) ||
        !same_bytes(p_, token.data(), token.size())) {
      return false;
    }
    p_ += token.size();
    return true;
  }

  std::string_view read_string() {
    if (peek() != '"') fail_expecting('"');
    const char* const start = ++p_;
    uint32_t high = 0;
    const char* const stop = skip_plain(start, end_, high);
    if (stop < end_ && *stop == '"' && high == 0) [[likely]] {
      p_ = stop + 1;
      return {start, static_cast<size_t>(stop - start)};
    }
    return finish_string(start, stop, high != 0);
  }

  JsonNumber read_number() {
    JsonNumber number;
    const char* const start = p_;
    const char* p = start;
    number.negative = *p == '-';
    if (number.negative) ++p;
    const char* const whole = p;
    p = read_digits(p, number.mantissa);
    number.digits = static_cast<uint32_t>(p - whole);
    if (number.digits == 0) fail_at(p, "a digit");
    if (p < end_ && *p == '.') {
      const char* const fraction = ++p;
      p = read_digits(p, number.mantissa);
      if (p == fraction) fail_at(p, "a digit after the decimal point");
      number.digits += static_cast<uint32_t>(p - fraction);
      number.exponent = -(p - fraction);
      number.integral = false;
    }
    if (p < end_ && (*p | 0x20) == 'e') [[unlikely]] {
      p = read_exponent(p + 1, number);
    }
    number.text = {start, static_cast<size_t>(p - start)};
    p_ = p;
    return number;
  }

  // Consumes `literal` ("true", "false", "null") or fails.
  void expect_literal(std::string_view literal);

  // Reads over a value of any kind; strings and numbers in it are validated.
  void skip_value(int depth = 0);

  // To be called after the whole value was read: a number must be followed by a blank or the end.
  void end_root(bool was_number) const {
    if (was_number && p_ < end_ && !is_blank(*p_)) fail_at(p_, "a space after the number");
  }

  // What begins with `first`, as Jackson's JsonNodeType prints: STRING, NUMBER, OBJECT, ARRAY,
  // BOOLEAN, NULL.
  static std::string_view node_type(char first);

  [[noreturn]] void fail_expecting(char c) const;
  // "... unexpected character 'x' at byte 17, expected <expected>".
  [[noreturn]] void fail_at(const char* where, std::string_view expected) const;
  [[noreturn]] static void fail(std::string_view what);
  static void check_depth(int depth) {
    if (depth > depth_max) fail_depth();
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  void skip_blanks() {
    while (p_ < end_ && is_blank(*p_)) ++p_;
  }

  // Appends the digits at `p` to `value`; returns their end.
  const char* read_digits(const char* p, uint64_t& value) const {
    static constexpr uint64_t powers[] = {1,      10,      100,      1000,     10000,
                                          100000, 1000000, 10000000, 100000000};
    while (end_ - p >= 8) {
      const uint64_t word = load8(p);
      const int count = count_digits(word);
      if (count == 0) return p;
      value = value * powers[count] + digits_value(word, count);
      p += count;
      if (count < 8) return p;
    }
    for (; p < end_ && *p >= '0' && *p <= '9'; ++p) {
      value = value * 10 + static_cast<uint64_t>(*p - '0');
    }
    return p;
  }

  char peek_after_blanks();
  const char* read_exponent(const char* p, JsonNumber& number) const;
  std::string_view finish_string(const char* start, const char* stop, bool not_ascii);
  const char* unescape(const char* escape, char*& out) const;
  char32_t read_hex4(const char* p) const;
  [[noreturn]] static void fail_depth();

  const char* begin_;
  const char* p_;
  const char* end_;
  base::Arena* arena_;
};

}  // namespace kc::convert
