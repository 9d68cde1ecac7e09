// Text as Java's toString() methods write it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/value.h"

namespace kc::convert {

// What write_double and write_float write at most, and more than any int64 takes.
constexpr size_t number_text_max = 32;

// Double.toString, Float.toString: the shortest digits that read back as the same
// number; 1.0, 1.0E10, 1.0E-4, NaN, -Infinity. (As of Java 19; older releases print a digit too
// many for some numbers, JDK-4511638.)
char* write_double(double value, char* out);
char* write_float(float value, char* out);
char* write_integer(int64_t value, char* out);

// Date.toString() in UTC: `Fri Jan 02 00:00:00 UTC 1970`.
void append_date(int64_t milliseconds, std::string& out);

// The class of a non-null value: "java.lang.Integer".
std::string_view java_class(data::Kind kind);

}  // namespace kc::convert
