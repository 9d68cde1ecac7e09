// Java's GregorianCalendar in UTC: days and their parts.
#pragma once

#include <cstdint>

namespace kc::transform {

constexpr int64_t day_milliseconds = 86'400'000;

// A day as the calendar has it. Years before 1 are 0, -1, ...
struct CalendarDay {
  int64_t year;
  int month;  // 1 to 12
  int day;    // 1 to 31
};

// Of days since 1970-01-01. Julian before 1582-10-15.
CalendarDay calendar_day(int64_t days);

// Days since 1970-01-01. `month` and `day` may be out of range: they roll over.
int64_t days_of(int64_t year, int64_t month, int64_t day);

// 0 is Sunday.
int weekday_of(int64_t days);

// The week of a day, with weeks from Sunday on, the first being that of 1 January (as for the
// United States).
struct WeekOfYear {
  int64_t year;
  int week;
};
WeekOfYear week_of(int64_t days);
// The Sunday that begins such a week.
int64_t week_start(int64_t week_year, int64_t week);

}  // namespace kc::transform
