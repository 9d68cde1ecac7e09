#include "convert/json/json_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/error.h"
#include "convert/decimal.h"

namespace kc::convert {
namespace {

constexpr size_t decimal_digits_max = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The characters before the exponent, without the sign.
std::string_view significand(const JsonNumber& number) {
  std::string_view text = number.text;
  if (number.negative) text.remove_prefix(1);
  return text.substr(0, text.find_first_of("eE"));
}

std::string digits_of(const JsonNumber& number) {
  std::string digits;
  std::ranges::copy_if(significand(number), std::back_inserter(digits), is_digit);
  return digits;
}

template <typename Real>
Real nearest(const JsonNumber& number) {
  const std::string digits = digits_of(number);
  const size_t zeros = digits.find_first_not_of('0');
  if (zeros == std::string::npos) return 0;
  Real value = 0;
  const auto [end, error] =
      std::from_chars(number.text.data(), number.text.data() + number.text.size(), value);
  if (error != std::errc::result_out_of_range) return value;
  const int64_t magnitude = static_cast<int64_t>(digits.size() - zeros) + number.exponent;
  value = magnitude > 0 ? std::numeric_limits<Real>::infinity() : Real{0};
  return number.negative ? -value : value;
}

}  // namespace

int64_t to_integer(const JsonNumber& number) {
  if (number.integral) return number.low_bits();
  const std::string digits = digits_of(number);
  const int64_t kept = static_cast<int64_t>(digits.size()) + number.exponent;
  uint64_t value = 0;
  for (int64_t i = 0; i < std::min(kept, static_cast<int64_t>(digits.size())); ++i) {
    value = value * 10 + static_cast<uint64_t>(digits[static_cast<size_t>(i)] - '0');
  }
  // 10^64 is a multiple of 2^64.
  for (int64_t i = 0; i < std::min<int64_t>(number.exponent, 64); ++i) value *= 10;
  return static_cast<int64_t>(number.negative ? uint64_t{0} - value : value);
}

double to_double_slowly(const JsonNumber& number) { return nearest<double>(number); }

float to_float(const JsonNumber& number) {
  static constexpr float powers[] = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F,
                                     1e6F, 1e7F, 1e8F, 1e9F, 1e10F};
  if (number.digits <= 19 && number.mantissa <= uint64_t{1} << 24 && number.exponent >= -10 &&
      number.exponent <= 10) {
    const auto mantissa = static_cast<float>(static_cast<int32_t>(number.mantissa));
    const float value = number.exponent < 0 ? mantissa / powers[-number.exponent]
                                            : mantissa * powers[number.exponent];
    return number.negative && number.mantissa != 0 ? -value : value;
  }
  return nearest<float>(number);
}

data::Value to_decimal(const JsonNumber& number, base::Arena& arena) {
  const std::string digits = digits_of(number);
  if (digits.size() > decimal_digits_max) {
    throw base::Error(base::Reaction::skip_record,
                      "Invalid number for Decimal field: it has {} digits, more than {}",
                      digits.size(), decimal_digits_max);
  }
  const int64_t scale = -number.exponent;
  if (scale != static_cast<int16_t>(scale)) {
    throw base::Error(base::Reaction::skip_record,
                      "Invalid number for Decimal field: its scale {} is outside -32768 to 32767",
                      scale);
  }
  return data::Value::decimal(unscaled_of_digits(digits, number.negative, arena),
                              static_cast<int16_t>(scale));
}

}  // namespace kc::convert
