// The texts in which Kinetica's string columns carry dates, times, decimals, addresses and ids.
// Nothing is returned for a text that is none. (Kinetica documentation, "Types".)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kc::wire {

__extension__ using Int128 = __int128;

struct DateText {
  int year;
  int month;  // 1 to 12
  int day;    // 1 to 31: 2023-02-30 is a text of the right form; exists() tells
  // As Kinetica's Java client counts for a day that does not exist: over into the next month.
  int day_of_year() const;
  int day_of_week() const;  // Sunday is 1
  bool exists() const;
  int64_t days_since_epoch() const;
};

struct TimeText {
  int hour;
  int minute;
  int second;
  int millisecond;
  int fraction_digits;  // as written: 0 to 3
};

struct DateTimeText {
  DateText date;
  TimeText time;
};

std::optional<DateText> parse_date(std::string_view text);          // YYYY-MM-DD
std::optional<TimeText> parse_time(std::string_view text);          // HH:MM:SS[.mmm]
std::optional<DateTimeText> parse_datetime(std::string_view text);  // date[ time]
DateTimeText datetime_of(int64_t milliseconds_since_epoch);

// `text` times 10^scale, rounded half up (away from zero). Nothing beyond 10^37.
std::optional<Int128> parse_decimal(std::string_view text, int scale);
std::optional<uint32_t> parse_ipv4(std::string_view text);
std::optional<uint64_t> parse_ulong(std::string_view text);
// Most significant byte first.
std::optional<std::array<uint8_t, 16>> parse_uuid(std::string_view text);

// Well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

}  // namespace kc::wire
