// The unscaled number of a Decimal: big-endian two's complement bytes, the shortest that hold it,
// as BigInteger.toByteArray gives them.
#pragma once

#include <string>
#include <string_view>

#include "base/arena.h"

namespace kc::convert {

// `digits`: at least one, decimal digits only. Takes time that grows with the square of their
// number.
std::string_view unscaled_of_digits(std::string_view digits, bool negative, base::Arena& arena);

// The decimal digits of `unscaled` (at least one byte), with a leading '-' for negative numbers.
// Throws Error(skip_record) above 1024 bytes.
std::string digits_of_unscaled(std::string_view unscaled);

// Appends BigDecimal.toString(): 123.45, 1E+3, 1.2E-10.
void append_decimal(std::string_view unscaled, int scale, std::string& out);

}  // namespace kc::convert
