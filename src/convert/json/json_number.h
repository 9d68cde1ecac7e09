// A number of a JSON text, and what Jackson's nodes make of it (JsonNode.longValue, doubleValue,
// decimalValue).
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/arena.h"
#include "data/value.h"

namespace kc::convert {

// Of a valid text `[-]digits[.digits][(e|E)[+|-]digits]`, leading zeros allowed.
struct JsonNumber {
  std::string_view text;  // points into the JSON text
  uint64_t mantissa = 0;  // all digits without the point, modulo 2^64
  int64_t exponent = 0;   // value = +-mantissa * 10^exponent
  uint32_t digits = 0;    // of the mantissa, with leading zeros; exact up to 19
  bool negative = false;
  bool integral = true;  // neither a point nor an exponent

  // For integral numbers: the low 64 bits.
  int64_t low_bits() const {
    return static_cast<int64_t>(negative ? uint64_t{0} - mantissa : mantissa);
  }
  bool fits_int32() const {
    return integral && digits <= 19 &&
           mantissa <= uint64_t{std::numeric_limits<int32_t>::max()} + (negative ? 1 : 0);
  }
};

// The low 64 bits of the number without its fraction, as BigDecimal.longValue and
// BigInteger.longValue.
int64_t to_integer(const JsonNumber& number);

// The nearest double or float; infinite when too big. There is no negative zero: a BigDecimal has
// none.
double to_double_slowly(const JsonNumber& number);
float to_float(const JsonNumber& number);

inline double to_double(const JsonNumber& number) {
  static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  // Both operands are exact, so the one rounding is the right one.
  if (number.digits <= 19 && number.mantissa <= uint64_t{1} << 53 && number.exponent >= -22 &&
      number.exponent <= 22) [[likely]] {
    const double mantissa = static_cast<double>(static_cast<int64_t>(number.mantissa));
    const double value = number.exponent < 0 ? mantissa / powers[-number.exponent]
                                             : mantissa * powers[number.exponent];
    return number.negative && number.mantissa != 0 ? -value : value;
  }
  return to_double_slowly(number);
}

// With the scale as written (123.450: 3; 1E+3: -3). Throws Error(skip_record) above 1000 digits or
// when the scale does not fit 16 bits.
data::Value to_decimal(const JsonNumber& number, base::Arena& arena);

}  // namespace kc::convert
