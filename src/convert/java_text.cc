#include "convert/java_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace kc::convert {
namespace {

char* put(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Lays out digits * 10^(point - digits.size()), `digits` without zeros at either end: plain from
// 10^-3 to 10^7, else with an exponent.
char* lay_out(std::string_view digits, int point, char* out) {
  const int count = static_cast<int>(digits.size());
  if (point > 0 && point <= 7) {
    if (count <= point) {
      out = put(digits, out);
      std::memset(out, '0', static_cast<size_t>(point - count));
      return put(".0", out + (point - count));
    }
    out = put(digits.substr(0, static_cast<size_t>(point)), out);
    *out++ = '.';
    return put(digits.substr(static_cast<size_t>(point)), out);
  }
  if (point <= 0 && point > -3) {
    out = put("0.", out);
    std::memset(out, '0', static_cast<size_t>(-point));
    return put(digits, out - point);
  }
  *out++ = digits[0];
  *out++ = '.';
  out = put(count > 1 ? digits.substr(1) : "0", out);
  *out++ = 'E';
  return std::to_chars(out, out + 8, point - 1).ptr;
}

template <typename Real>
char* write_special(Real value, char* out) {
  if (std::isnan(value)) return put("NaN", out);
  if (std::signbit(value)) *out++ = '-';
  return put(value == 0 ? "0.0" : "Infinity", out);
}

template <typename Real>
char* write_real(Real value, char* out, Real two_digits_below) {
  if (!std::isfinite(value) || value == 0) return write_special(value, out);
  if (value < 0) {
    *out++ = '-';
    value = -value;
  }
  std::array<char, 40> buffer;  // d.dddddde-XX
  char* const begin = buffer.data();
  char* end = std::to_chars(begin, begin + buffer.size(), value, std::chars_format::scientific).ptr;
  if (value < two_digits_below && begin[1] != '.') {
    // Of the numbers that one digit stands for, Java prints the nearest one of two
    // digits: 4.9E-324.
    end = std::to_chars(begin, begin + buffer.size(), value, std::chars_format::scientific, 1).ptr;
  }
  char* const mark = static_cast<char*>(std::memchr(begin, 'e', static_cast<size_t>(end - begin)));
  int exponent = 0;
  std::from_chars(mark[1] == '+' ? mark + 2 : mark + 1, end, exponent);
  // Closes the point's gap, so that the digits are in one piece.
  size_t digits = 1;
  if (mark > begin + 1) {
    digits = static_cast<size_t>(mark - begin) - 1;
    begin[1] = begin[0];
    while (digits > 1 && begin[digits] == '0') --digits;
    return lay_out({begin + 1, digits}, exponent + 1, out);
  }
  return lay_out({begin, 1}, exponent + 1, out);
}

// Most numbers in records are decimals of few digits. When `scaled` / 10^6 is `value` and `scaled`
// has at most 15 digits, no shorter decimal reads back as `value`, since two decimals of up to 15
// digits are two doubles.
char* write_short_decimal(double value, char* out) {
  const auto scaled = static_cast<uint64_t>(value * 1e6 + 0.5);
  if (static_cast<double>(static_cast<int64_t>(scaled)) / 1e6 != value) return nullptr;
  const auto whole = static_cast<uint32_t>(scaled / 1'000'000);
  auto fraction = static_cast<uint32_t>(scaled % 1'000'000);
  out = std::to_chars(out, out + 8, whole).ptr;
  *out++ = '.';
  char* const first = out;
  char* end = out + 6;
  for (char* place = end; place > first; fraction /= 10) {
    *--place = static_cast<char>('0' + fraction % 10);
  }
  while (end > first + 1 && end[-1] == '0') --end;
  return end;
}

}  // namespace

char* write_double(double value, char* out) {
  const double magnitude = std::fabs(value);
  if (magnitude >= 1e-3 && magnitude < 1e7) [[likely]] {
    char* start = out;
    if (value < 0) *start++ = '-';
    if (char* const end = write_short_decimal(magnitude, start)) return end;
  }
  return write_real(value, out, 1e-320);
}

char* write_float(float value, char* out) { return write_real(value, out, 1e-43F); }

char* write_integer(int64_t value, char* out) {
  return std::to_chars(out, out + number_text_max, value).ptr;
}

void append_date(int64_t milliseconds, std::string& out) {
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int64_t day_milliseconds = 86'400'000;
  int64_t day = milliseconds / day_milliseconds;
  int64_t rest = milliseconds % day_milliseconds;
  if (rest < 0) {
    rest += day_milliseconds;
    --day;
  }
  // 400 years repeat exactly; chrono's years end at 32767.
  constexpr int64_t cycle_days = 146'097;
  const int64_t cycles = day / cycle_days;
  const std::chrono::sys_days date{std::chrono::days(day % cycle_days)};
  const std::chrono::year_month_day parts(date);
  const int64_t year = int{parts.year()} + 400 * cycles;
  const int64_t seconds = rest / 1000;
  fmt::format_to(std::back_inserter(out), "{} {} {:02} {:02}:{:02}:{:02} UTC {:04}",
                 days[std::chrono::weekday(date).c_encoding()], months[unsigned{parts.month()} - 1],
                 unsigned{parts.day()}, seconds / 3600, seconds / 60 % 60, seconds % 60, year);
}

std::string_view java_class(data::Kind kind) {
  using data::Kind;
  switch (kind) {
    case Kind::boolean:
      return "java.lang.Boolean";
    case Kind::int8:
      return "java.lang.Byte";
    case Kind::int16:
      return "java.lang.Short";
    case Kind::int32:
      return "java.lang.Integer";
    case Kind::int64:
      return "java.lang.Long";
    case Kind::float32:
      return "java.lang.Float";
    case Kind::float64:
      return "java.lang.Double";
    case Kind::string:
      return "java.lang.String";
    case Kind::bytes:
      return "[B";
    case Kind::array:
      return "java.util.ArrayList";
    case Kind::map:
      return "java.util.HashMap";
    case Kind::structure:
      return "org.apache.kafka.connect.data.Struct";
    case Kind::decimal:
      return "java.math.BigDecimal";
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
      return "java.util.Date";
    case Kind::null:
      break;
  }
  return "null";
}

}  // namespace kc::convert
