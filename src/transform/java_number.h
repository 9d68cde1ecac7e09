// Numbers as Java's classes read and narrow them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "data/value.h"

namespace kc::transform {

// Byte.parseByte, Short.parseShort, Integer.parseInt, Long.parseLong; nothing where these throw
// NumberFormatException.
std::optional<int64_t> parse_integer(std::string_view text, int64_t minimum, int64_t maximum);

// Double.parseDouble, Float.parseFloat.
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);

// (int) and (long) of a double: without the fraction, the nearest that fits, NaN is 0.
int32_t narrow_to_int32(double value);
int64_t narrow_to_int64(double value);

// A text that `new BigDecimal(text)` reads, and its Number methods.
class BigNumber {
 public:
  // Nothing where BigDecimal throws NumberFormatException.
  static std::optional<BigNumber> parse(std::string_view text);
  static BigNumber of_decimal(const data::Value& decimal);

  int64_t long_value() const;
  double double_value() const;
  float float_value() const;
  // Throws Error(skip_record) above 1000 digits.
  data::Value decimal(base::Arena& arena) const;

 private:
  std::string text_;  // as JSON writes numbers
};

}  // namespace kc::transform
