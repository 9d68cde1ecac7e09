#include "sink/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <span>

namespace kc::sink {
namespace {

constexpr int64_t day_milliseconds = 24 * 60 * 60 * 1000;

char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Shortest digits that read back as the same number.
template <typename Real>
char* put_shortest(char* out, Real value, std::chars_format format) {
  return std::to_chars(out, out + text_bytes_max, value, format).ptr;
}

// Writes the digits of a big-endian number before `end`, nine a step, and returns the first. The
// number is divided away.
char* put_digits_before(char* end, std::span<uint8_t> number) {
  constexpr uint32_t step = 1'000'000'000;
  char* first = end;
  do {
    uint64_t rest = 0;
    for (uint8_t& byte : number) {
      rest = rest << 8 | byte;
      byte = static_cast<uint8_t>(rest / step);
      rest %= step;
    }
    while (!number.empty() && number.front() == 0) number = number.subspan(1);
    char* const step_end = first;
    do {
      *--first = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest > 0 || (!number.empty() && step_end - first < 9));
  } while (!number.empty());
  return first;
}

struct Cursor {
  std::string_view text;
  bool ok = true;

  bool take(char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
  }
  void expect(char wanted) { ok = ok && take(wanted); }
  int digits(size_t count) {
    int value = 0;
    if (text.size() < count) ok = false;
    for (size_t i = 0; ok && i < count; ++i) {
      const char digit = text[i];
      ok = digit >= '0' && digit <= '9';
      value = value * 10 + (digit - '0');
    }
    if (ok) text.remove_prefix(count);
    return value;
  }
};

// After the point: the first three of at most nine digits.
int fraction_milliseconds(Cursor& in) {
  int value = 0;
  size_t count = 0;
  for (; !in.text.empty() && in.text.front() >= '0' && in.text.front() <= '9'; ++count) {
    if (count < 3) value = value * 10 + (in.text.front() - '0');
    in.text.remove_prefix(1);
  }
  in.ok = in.ok && count >= 1 && count <= 9;
  for (; count < 3; ++count) value *= 10;
  return value;
}

int64_t offset_milliseconds(Cursor& in) {
  if (in.text.empty() || in.take('Z')) return 0;
  const bool west = in.take('-');
  if (!west) in.expect('+');
  const int hours = in.digits(2);
  in.take(':');
  const int minutes = in.digits(2);
  in.ok = in.ok && hours <= 18 && minutes < 60;
  const int64_t offset = (int64_t{hours} * 60 + minutes) * 60'000;
  return west ? -offset : offset;
}

}  // namespace

char* put_integer_text(char* out, int64_t value) {
  return std::to_chars(out, out + text_bytes_max, value).ptr;
}

char* put_real_text(char* out, double value, bool single_precision) {
  if (std::isnan(value)) return put_text(out, "NaN");
  if (std::isinf(value)) return put_text(out, value < 0 ? "-Infinity" : "Infinity");
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  char buffer[text_bytes_max];
  const char* const end = single_precision ? put_shortest(buffer, static_cast<float>(value), format)
                                           : put_shortest(buffer, value, format);
  const char* const mantissa_end = std::find<const char*>(buffer, end, 'e');
  out = std::copy<const char*>(buffer, mantissa_end, out);
  if (std::find<const char*>(buffer, mantissa_end, '.') == mantissa_end) out = put_text(out, ".0");
  if (plain) return out;
  *out++ = 'E';
  const bool negative = mantissa_end[1] == '-';
  int exponent = 0;
  std::from_chars(mantissa_end + 2, end, exponent);
  return put_integer_text(out, negative ? -exponent : exponent);
}

char* put_plain_real_text(char* out, double value) {
  return put_shortest(out, value, std::chars_format::fixed);
}

char* put_decimal_text(char* out, std::string_view unscaled, int32_t scale) {
  constexpr size_t unscaled_bytes_max = 128;  // 309 digits
  constexpr size_t zeros_max = 300;
  const auto zeros = static_cast<size_t>(std::abs(int64_t{scale}));
  if (unscaled.size() > unscaled_bytes_max || zeros > zeros_max) return nullptr;
  std::array<uint8_t, unscaled_bytes_max> number;
  const auto number_end = std::ranges::copy(unscaled, number.begin()).out;
  const std::span magnitude(number.begin(), number_end);
  const bool negative = !magnitude.empty() && magnitude.front() >= 0x80;
  if (negative) {
    for (uint8_t& byte : magnitude) byte = static_cast<uint8_t>(~byte);
    for (size_t i = magnitude.size(); i-- > 0 && ++magnitude[i] == 0;) {
    }
  }
  char buffer[text_bytes_max];
  char* const end = buffer + sizeof buffer;
  const char* const first = put_digits_before(end, magnitude);
  const std::string_view digits(first, static_cast<size_t>(end - first));
  // A sign, a point and a zero before it.
  if (digits.size() + zeros + 3 > text_bytes_max) return nullptr;
  if (negative) *out++ = '-';
  if (scale <= 0) {
    out = put_text(out, digits);
    return digits == "0" ? out : std::fill_n(out, zeros, '0');
  }
  if (digits.size() <= zeros) {
    out = put_text(out, "0.");
    return put_text(std::fill_n(out, zeros - digits.size(), '0'), digits);
  }
  out = put_text(out, digits.substr(0, digits.size() - zeros));
  *out++ = '.';
  return put_text(out, digits.substr(digits.size() - zeros));
}

char* put_date_text(char* out, int64_t days) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(std::clamp<int64_t>(days, -11'000'000, 11'000'000)))};
  return fmt::format_to(out, "{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

char* put_time_text(char* out, int64_t milliseconds) {
  return fmt::format_to(out, "{:02}:{:02}:{:02}.{:03}", milliseconds / 3'600'000,
                        milliseconds / 60'000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
}

char* put_datetime_text(char* out, int64_t epoch_milliseconds) {
  int64_t days = epoch_milliseconds / day_milliseconds;
  int64_t rest = epoch_milliseconds % day_milliseconds;
  if (rest < 0) {
    rest += day_milliseconds;
    --days;
  }
  out = put_date_text(out, days);
  *out++ = ' ';
  return put_time_text(out, rest);
}

std::optional<int64_t> parse_timestamp(std::string_view text) {
  Cursor in{text};
  const int year = in.digits(4);
  in.expect('-');
  const int month = in.digits(2);
  in.expect('-');
  const int day = in.digits(2);
  if (!in.take(' ')) in.expect('T');
  const int hour = in.digits(2);
  in.expect(':');
  const int minute = in.digits(2);
  in.expect(':');
  const int second = in.digits(2);
  const int milliseconds = in.take('.') ? fraction_milliseconds(in) : 0;
  const int64_t offset = in.ok ? offset_milliseconds(in) : 0;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!in.ok || !in.text.empty() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * day_milliseconds + ((hour * 60 + minute) * 60 + second) * int64_t{1000} +
         milliseconds - offset;
}

}  // namespace kc::sink
