// Texts of numbers and times, as Kinetica's string columns hold them, and the reading of
// timestamps. Functions write at `out` and return the end; none writes more than `text_bytes_max`.
// All times are UTC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kc::sink {

inline constexpr size_t text_bytes_max = 400;

char* put_integer_text(char* out, int64_t value);

// As java.lang.Double and Float print themselves: 5.0, 1.0E10, NaN.
char* put_real_text(char* out, double value, bool single_precision);

// Plain digits, without exponent. `value` is finite.
char* put_plain_real_text(char* out, double value);

// BigDecimal.toPlainString() of a big-endian two's complement number and a scale. nullptr when the
// text would be longer than `text_bytes_max`.
char* put_decimal_text(char* out, std::string_view unscaled, int32_t scale);

// yyyy-MM-dd
char* put_date_text(char* out, int64_t days);
// HH:mm:ss.SSS
char* put_time_text(char* out, int64_t milliseconds_of_day);
// yyyy-MM-dd HH:mm:ss.SSS
char* put_datetime_text(char* out, int64_t epoch_milliseconds);

// Milliseconds since 1970 of `yyyy-MM-dd HH:mm:ss` (or with a T between), then optionally a
// fraction of one to nine digits (what is finer than a millisecond is cut off) and optionally `Z`
// or an offset as +hh:mm or +hhmm. Nothing for any other text.
std::optional<int64_t> parse_timestamp(std::string_view text);

}  // namespace kc::sink
