#include "convert/header/header_number.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include "convert/decimal.h"

namespace kc::convert {
namespace {

using data::Value;

// digits * 10^-scale.
struct BigDecimal {
  bool negative = false;
  std::string digits;  // without leading zeros; empty for zero
  int64_t scale = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

// What stands behind `e`; nothing when that is no exponent of 32 bits.
std::optional<int64_t> read_exponent(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  int64_t exponent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return negative ? -exponent : exponent;
}

std::optional<BigDecimal> read_big_decimal(std::string_view text, size_t digits_max) {
  BigDecimal number;
  number.negative = text.starts_with('-');
  if (number.negative || text.starts_with('+')) text.remove_prefix(1);
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  const size_t size = whole.size() + fraction.size();
  if (size == 0 || size > digits_max) return std::nullopt;
  int64_t exponent = 0;
  if (!text.empty()) {
    if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
    const auto given = read_exponent(text.substr(1));
    constexpr int64_t exponent_max = 10'000'000'000;
    if (!given || *given > exponent_max || *given < -exponent_max) return std::nullopt;
    exponent = *given;
  }
  number.scale = static_cast<int64_t>(fraction.size()) - exponent;
  if (number.scale > std::numeric_limits<int32_t>::max() ||
      number.scale < std::numeric_limits<int32_t>::min()) {
    return std::nullopt;
  }
  number.digits.append(whole).append(fraction);
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  return number;
}

// BigDecimal.longValueExact.
std::optional<int64_t> exact_integer(const BigDecimal& number) {
  if (number.digits.empty()) return 0;
  constexpr int64_t digits_of_int64 = 19;
  const int64_t whole_digits = static_cast<int64_t>(number.digits.size()) - number.scale;
  if (whole_digits < 1 || whole_digits > digits_of_int64) return std::nullopt;
  const size_t significant = number.digits.find_last_not_of('0') + 1;
  if (static_cast<int64_t>(significant) > whole_digits) return std::nullopt;
  std::string text = number.negative ? "-" : "";
  text.append(number.digits, 0, static_cast<size_t>(whole_digits));
  text.append(static_cast<size_t>(whole_digits + (number.negative ? 1 : 0)) - text.size(), '0');
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (error != std::errc()) return std::nullopt;
  return integer;
}

template <typename Integer>
bool fits(int64_t value) {
  return value >= std::numeric_limits<Integer>::min() &&
         value <= std::numeric_limits<Integer>::max();
}

Value smallest(int64_t value) {
  if (fits<int8_t>(value)) return Value::int8(static_cast<int8_t>(value));
  if (fits<int16_t>(value)) return Value::int16(static_cast<int16_t>(value));
  if (fits<int32_t>(value)) return Value::int32(static_cast<int32_t>(value));
  return Value::int64(value);
}

}  // namespace

std::optional<Value> read_header_number(std::string_view text, size_t digits_max,
                                        base::Arena& arena) {
  const auto number = read_big_decimal(text, digits_max);
  if (!number) return std::nullopt;
  if (const auto integer = exact_integer(*number)) return smallest(*integer);
  if (number->scale != 0) {
    const std::string terminated(text);
    const float single = std::strtof(terminated.c_str(), nullptr);
    if (std::isfinite(single)) return Value::float32(single);
    const double real = std::strtod(terminated.c_str(), nullptr);
    if (std::isfinite(real)) return Value::float64(real);
  }
  if (!fits<int16_t>(number->scale)) return std::nullopt;
  return Value::decimal(unscaled_of_digits(number->digits, number->negative, arena),
                        static_cast<int16_t>(number->scale));
}

}  // namespace kc::convert
