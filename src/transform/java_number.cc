#include "transform/java_number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "convert/decimal.h"
#include "convert/json/json_number.h"

namespace kc::transform {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t count_digits(std::string_view text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// digits [. digits] [e [sign] digits], with a digit on at least one side of the point.
struct DecimalText {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  // with its sign
};

std::optional<DecimalText> split_decimal(std::string_view text) {
  DecimalText parts;
  parts.negative = take(text, '-');
  if (!parts.negative) take(text, '+');
  parts.whole = text.substr(0, count_digits(text));
  text.remove_prefix(parts.whole.size());
  if (take(text, '.')) {
    parts.fraction = text.substr(0, count_digits(text));
    text.remove_prefix(parts.fraction.size());
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (take(text, 'e') || take(text, 'E')) {
    const size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    parts.exponent = text;
    if (text.size() == sign || count_digits(text.substr(sign)) != text.size() - sign) {
      return std::nullopt;
    }
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return parts;
}

// The number without blanks, sign and the suffix f or d, as strtod takes it; nothing when it is no
// floating point literal of Java.
std::optional<std::string> floating_text(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  std::string_view number = text;
  if (!take(number, '-')) take(number, '+');
  const bool hexadecimal = number.starts_with("0x") || number.starts_with("0X");
  if (number == "NaN" || number == "Infinity") return std::string(text);
  if (!number.empty() && std::string_view("fFdD").find(number.back()) != std::string_view::npos) {
    // In 0x1p3f, too, the last letter is the suffix: an exponent has decimal digits.
    text.remove_suffix(1);
    number.remove_suffix(1);
  }
  if (hexadecimal) {
    const size_t exponent = number.find_first_of("pP");
    if (exponent == std::string_view::npos || exponent == 2) return std::nullopt;
    std::string literal(text);
    char* end = nullptr;
    std::strtod(literal.c_str(), &end);
    if (end != literal.c_str() + literal.size()) return std::nullopt;
    return literal;
  }
  if (number.starts_with('-') || number.starts_with('+') || !split_decimal(number)) {
    return std::nullopt;
  }
  return std::string(text);
}

template <typename Integer>
Integer narrow(double value) {
  if (std::isnan(value)) return 0;
  // 2^31 and 2^63: the first doubles above the range.
  const double limit = -static_cast<double>(std::numeric_limits<Integer>::min());
  if (value >= limit) return std::numeric_limits<Integer>::max();
  if (value < -limit) return std::numeric_limits<Integer>::min();
  return static_cast<Integer>(value);
}

convert::JsonNumber json_number(const std::string& text) {
  convert::JsonNumber number;
  number.text = text;
  const auto parts = split_decimal(text);
  number.negative = parts->negative;
  for (const std::string_view digits : {parts->whole, parts->fraction}) {
    for (const char c : digits)
      number.mantissa = number.mantissa * 10 + static_cast<uint64_t>(c - '0');
    number.digits += static_cast<uint32_t>(digits.size());
  }
  std::string_view exponent = parts->exponent;
  take(exponent, '+');
  if (!exponent.empty()) {
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), number.exponent);
  }
  number.exponent -= static_cast<int64_t>(parts->fraction.size());
  number.integral = parts->fraction.empty() && parts->exponent.empty();
  return number;
}

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text, int64_t minimum, int64_t maximum) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  if (value < minimum || value > maximum) return std::nullopt;
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  const auto literal = floating_text(text);
  if (!literal) return std::nullopt;
  return std::strtod(literal->c_str(), nullptr);
}

std::optional<float> parse_float(std::string_view text) {
  const auto literal = floating_text(text);
  if (!literal) return std::nullopt;
  return std::strtof(literal->c_str(), nullptr);
}

int32_t narrow_to_int32(double value) { return narrow<int32_t>(value); }
int64_t narrow_to_int64(double value) { return narrow<int64_t>(value); }

std::optional<BigNumber> BigNumber::parse(std::string_view text) {
  const auto parts = split_decimal(text);
  if (!parts) return std::nullopt;
  // BigDecimal's scale is an int.
  std::string_view exponent = parts->exponent;
  take(exponent, '+');
  int32_t scale = 0;
  if (!exponent.empty() &&
      std::from_chars(exponent.data(), exponent.data() + exponent.size(), scale).ec !=
          std::errc()) {
    return std::nullopt;
  }
  BigNumber number;
  number.text_ = parts->negative ? "-" : "";
  number.text_ += parts->whole.empty() ? "0" : parts->whole;
  if (!parts->fraction.empty()) number.text_.append(".").append(parts->fraction);
  if (!exponent.empty()) number.text_.append("e").append(exponent);
  return number;
}

BigNumber BigNumber::of_decimal(const data::Value& decimal) {
  BigNumber number;
  convert::append_decimal(decimal.as_text(), decimal.scale(), number.text_);
  return number;
}

int64_t BigNumber::long_value() const { return convert::to_integer(json_number(text_)); }

double BigNumber::double_value() const { return convert::to_double(json_number(text_)); }

float BigNumber::float_value() const { return convert::to_float(json_number(text_)); }

data::Value BigNumber::decimal(base::Arena& arena) const {
  return convert::to_decimal(json_number(text_), arena);
}

}  // namespace kc::transform
