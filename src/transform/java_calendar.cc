#include "transform/java_calendar.h"

namespace kc::transform {
namespace {

// 1582-10-15, the first Gregorian day.
constexpr int64_t cutover_days = -141'427;

int64_t floor_divide(int64_t a, int64_t b) {
  const int64_t quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

// Years begin in March here, so that leap days come last; days are counted from 1 March of year 0
// of each calendar.
int64_t days_before_month(int64_t month_from_march) { return (153 * month_from_march + 2) / 5; }

// Days from 1970-01-01 to 0000-03-01 of the Gregorian and the Julian calendar.
constexpr int64_t gregorian_epoch = -719'468;
constexpr int64_t julian_epoch = -719'470;

int64_t gregorian_days(int64_t year_from_march) {
  return 365 * year_from_march + floor_divide(year_from_march, 4) -
         floor_divide(year_from_march, 100) + floor_divide(year_from_march, 400) + gregorian_epoch;
}

int64_t julian_days(int64_t year_from_march) {
  return 365 * year_from_march + floor_divide(year_from_march, 4) + julian_epoch;
}

}  // namespace

CalendarDay calendar_day(int64_t days) {
  const bool gregorian = days >= cutover_days;
  const auto start = gregorian ? gregorian_days : julian_days;
  int64_t year = gregorian ? floor_divide((days - gregorian_epoch) * 400, 146'097)
                           : floor_divide((days - julian_epoch) * 4, 1461);
  while (start(year) > days) --year;
  while (start(year + 1) <= days) ++year;
  const int64_t day_of_year = days - start(year);
  const int64_t month = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<int>(day_of_year - days_before_month(month) + 1);
  if (month < 10) return {year, static_cast<int>(month) + 3, day};
  return {year + 1, static_cast<int>(month) - 9, day};
}

int64_t days_of(int64_t year, int64_t month, int64_t day) {
  const int64_t months = month - 3;
  const int64_t year_from_march = year + floor_divide(months, 12);
  const int64_t month_from_march = months - 12 * floor_divide(months, 12);
  const int64_t before = days_before_month(month_from_march) + day - 1;
  const int64_t days = gregorian_days(year_from_march) + before;
  return days >= cutover_days ? days : julian_days(year_from_march) + before;
}

int weekday_of(int64_t days) {
  return static_cast<int>(days + 4 - 7 * floor_divide(days + 4, 7));  // 1970-01-01 was a Thursday
}

int64_t week_start(int64_t week_year, int64_t week) {
  const int64_t first = days_of(week_year, 1, 1);
  return first - weekday_of(first) + 7 * (week - 1);
}

WeekOfYear week_of(int64_t days) {
  const int64_t year = calendar_day(days).year;
  const int64_t next = week_start(year + 1, 1);
  if (days >= next) return {year + 1, 1};
  return {year, static_cast<int>((days - week_start(year, 1)) / 7) + 1};
}

}  // namespace kc::transform
