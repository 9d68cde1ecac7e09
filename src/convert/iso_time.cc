#include "convert/iso_time.h"

#include <fmt/format.h>

#include <cassert>
#include <chrono>
#include <iterator>

namespace kc::convert {
namespace {

constexpr int64_t day_milliseconds = 86'400'000;
constexpr int64_t gregorian_begin = -141'427;  // 1582-10-15 in days since 1970

constexpr int64_t floor_divide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Days since 1970-01-01 of any year, month and day, as GregorianCalendar counts them.
int64_t days_of(int64_t year, int64_t month, int64_t day) {
  year += floor_divide(month - 1, 12);
  month = month - 1 - floor_divide(month - 1, 12) * 12;  // January is 0
  // Years from March on, so that the leap day is the last one.
  const int64_t years = month < 2 ? year - 1 : year;
  const int64_t months = (month + 10) % 12;
  const int64_t days = years * 365 + floor_divide(years, 4) + (153 * months + 2) / 5 + day - 1;
  const int64_t gregorian = days - floor_divide(years, 100) + floor_divide(years, 400) - 719'468;
  return gregorian >= gregorian_begin ? gregorian : days - 719'470;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Consumes a number of any length behind blanks.
std::optional<int64_t> take_number(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  int64_t number = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1)) {
    number = number * 10 + (text[0] - '0');
    if (number > 1'000'000'000) return std::nullopt;  // no form of this length has such a field
  }
  return negative ? -number : number;
}

struct Fields {
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t millisecond = 0;

  // nullptr when `letter` of a form stands for itself.
  int64_t* find(char letter) {
    switch (letter) {
      case 'y':
        return &year;
      case 'M':
        return &month;
      case 'd':
        return &day;
      case 'H':
        return &hour;
      case 'm':
        return &minute;
      case 's':
        return &second;
      case 'S':
        return &millisecond;
      default:
        return nullptr;
    }
  }
};

}  // namespace

std::optional<int64_t> read_iso(std::string_view text, std::string_view form) {
  assert(text.size() <= 64);
  Fields fields;
  while (!form.empty()) {
    const char letter = form[0];
    if (int64_t* const field = fields.find(letter)) {
      const auto number = take_number(text);
      if (!number) return std::nullopt;
      *field = *number;
      while (form.starts_with(letter)) form.remove_prefix(1);
    } else {
      if (!text.starts_with(letter)) return std::nullopt;
      text.remove_prefix(1);
      form.remove_prefix(1);
    }
  }
  const int64_t hours = days_of(fields.year, fields.month, fields.day) * 24 + fields.hour;
  return ((hours * 60 + fields.minute) * 60 + fields.second) * 1000 + fields.millisecond;
}

void append_iso(int64_t milliseconds, std::string& out) {
  const int64_t day = floor_divide(milliseconds, day_milliseconds);
  const int64_t rest = milliseconds - day * day_milliseconds;
  if (day >= 1) {
    // 400 years repeat exactly; chrono's years end at 32767.
    constexpr int64_t cycle_days = 146'097;
    const std::chrono::year_month_day date(
        std::chrono::sys_days(std::chrono::days(day % cycle_days)));
    fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}",
                   int{date.year()} + 400 * (day / cycle_days), unsigned{date.month()},
                   unsigned{date.day()});
    if (rest == 0) return;
    out += 'T';
  }
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:03}Z", rest / 3'600'000,
                 rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

}  // namespace kc::convert
