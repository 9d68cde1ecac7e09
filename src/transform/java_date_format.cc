#include "transform/java_date_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <span>

#include "base/error.h"
#include "transform/java_calendar.h"

namespace kc::transform {
namespace {

constexpr std::string_view letters = "GyYMLwWDdFEuaHkKhmsSzZX";

constexpr std::string_view months[] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};
constexpr std::string_view weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
constexpr std::string_view half_days[] = {"AM", "PM"};
constexpr std::string_view eras[] = {"BC", "AD"};

[[noreturn]] void refuse(std::string_view pattern, std::string_view reason) {
  throw base::Error(base::Reaction::fix_config, "{} in the pattern {}", reason, pattern);
}

// An instant in parts.
struct Moment {
  explicit Moment(int64_t milliseconds) {
    days = milliseconds / day_milliseconds;
    rest = milliseconds % day_milliseconds;
    if (rest < 0) {
      rest += day_milliseconds;
      --days;
    }
    date = calendar_day(days);
  }
  int64_t hour() const { return rest / 3'600'000; }

  int64_t days;
  int64_t rest;  // milliseconds of the day
  CalendarDay date;
};

int64_t year_of_era(int64_t year) { return year > 0 ? year : 1 - year; }

void append_number(int64_t number, int digits_min, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{:0{}}", number, digits_min);
}

void append_year(int64_t year, int count, std::string& out) {
  if (count == 2) {
    append_number(year % 100, 2, out);
  } else {
    append_number(year, count, out);
  }
}

void append_name(std::string_view name, int count, std::string& out) {
  out += count >= 4 ? name : name.substr(0, 3);
}

int64_t week_of_month(const Moment& moment) {
  const int first_weekday = weekday_of(moment.days - moment.date.day + 1);
  return (moment.date.day - 1 + first_weekday) / 7 + 1;
}

// The letters that stand for a number, but for years and months.
int64_t number_of(char letter, const Moment& moment) {
  const auto cycle = [](int64_t value, int64_t size) { return value == 0 ? size : value; };
  switch (letter) {
    case 'w':
      return week_of(moment.days).week;
    case 'W':
      return week_of_month(moment);
    case 'D':
      return moment.days - days_of(moment.date.year, 1, 1) + 1;
    case 'd':
      return moment.date.day;
    case 'F':
      return (moment.date.day - 1) / 7 + 1;
    case 'u':
      return cycle(weekday_of(moment.days), 7);
    case 'H':
      return moment.hour();
    case 'k':
      return cycle(moment.hour(), 24);
    case 'K':
      return moment.hour() % 12;
    case 'h':
      return cycle(moment.hour() % 12, 12);
    case 'm':
      return moment.rest / 60'000 % 60;
    case 's':
      return moment.rest / 1000 % 60;
    default:
      return moment.rest % 1000;  // S
  }
}

}  // namespace

JavaDateFormat::JavaDateFormat(std::string_view pattern, int64_t now) : pattern_(pattern) {
  const auto literal = [this](char c) {
    if (parts_.empty() || parts_.back().letter != 0) parts_.push_back({0, 0, {}});
    parts_.back().text += c;
  };
  bool quoted = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        literal(c);
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (quoted || std::isalpha(static_cast<unsigned char>(c)) == 0) {
      literal(c);
    } else if (letters.find(c) == std::string_view::npos) {
      refuse(pattern, fmt::format("Illegal pattern character '{}'", c));
    } else if (i > 0 && pattern[i - 1] == c && !parts_.empty() && parts_.back().letter == c) {
      ++parts_.back().count;
    } else {
      parts_.push_back({c, 1, {}});
    }
  }
  if (quoted) refuse(pattern, "Unterminated quote");
  for (const Part& part : parts_) {
    if (part.letter == 'X' && part.count > 3) {
      refuse(pattern, fmt::format("invalid ISO 8601 format: length={}", part.count));
    }
  }
  const Moment today(now);
  century_start_ =
      days_of(today.date.year - 80, today.date.month, today.date.day) * day_milliseconds +
      today.rest;
}

void JavaDateFormat::format(int64_t milliseconds, std::string& out) const {
  const Moment moment(milliseconds);
  for (const Part& part : parts_) {
    switch (part.letter) {
      case 0:
        out += part.text;
        break;
      case 'G':
        out += eras[moment.date.year > 0 ? 1 : 0];
        break;
      case 'y':
        append_year(year_of_era(moment.date.year), part.count, out);
        break;
      case 'Y':
        append_year(week_of(moment.days).year, part.count, out);
        break;
      case 'M':
      case 'L':
        if (part.count >= 3) {
          append_name(months[moment.date.month - 1], part.count, out);
        } else {
          append_number(moment.date.month, part.count, out);
        }
        break;
      case 'E':
        append_name(weekdays[weekday_of(moment.days)], part.count, out);
        break;
      case 'a':
        out += half_days[moment.hour() / 12];
        break;
      case 'z':
        out += part.count >= 4 ? "Coordinated Universal Time" : "UTC";
        break;
      case 'Z':
        out += "+0000";
        break;
      case 'X':
        out += "Z";
        break;
      default:
        append_number(number_of(part.letter, moment), part.count, out);
    }
  }
}

// One reading of a text: what it found, and in which order, since of contradictory parts the later
// ones count.
class DateReader {
 public:
  DateReader(const JavaDateFormat& format, std::string_view text) : format_(format), text_(text) {}

  std::optional<int64_t> read() {
    const auto& parts = format_.parts_;
    for (size_t i = 0; i < parts.size(); ++i) {
      const auto& part = parts[i];
      if (part.letter == 0) {
        if (!text_.substr(at_).starts_with(part.text)) return std::nullopt;
        at_ += part.text.size();
        continue;
      }
      // Digits that touch the next number are as many as there are letters.
      const bool abuts = i + 1 < parts.size() && is_number(parts[i + 1].letter, parts[i + 1].count);
      while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
      if (at_ >= text_.size() || !read_part(part.letter, part.count, abuts)) return std::nullopt;
    }
    return instant();
  }

 private:
  // What was read for a letter; `order` 0: nothing.
  struct Found {
    int64_t value = 0;
    int order = 0;
  };

  static bool is_number(char letter, int count) {
    if (letter == 'M' || letter == 'L') return count <= 2;
    return letter != 0 && std::string_view("GEazZX").find(letter) == std::string_view::npos;
  }

  Found& found(char letter) { return found_[static_cast<unsigned char>(letter) % found_.size()]; }
  bool set(char letter, int64_t value) {
    found(letter) = {value, ++order_};
    return true;
  }

  bool read_part(char letter, int count, bool abuts) {
    switch (letter) {
      case 'M':
      case 'L':
        if (count >= 3) return read_name(months, 'M', 1);
        return read_number('M', abuts ? count : 0);
      case 'E':
        return read_name(weekdays, 'E', 0);
      case 'a':
        return read_name(half_days, 'a', 0);
      case 'G':
        return read_name(eras, 'G', 0);
      case 'z':
      case 'Z':
      case 'X':
        return read_zone(letter, count);
      case 'y':
      case 'Y':
        return read_year(letter, count, abuts);
      default:
        return read_number(letter, abuts ? count : 0);
    }
  }

  // The whole name or its first three letters, in any case; the longest that fits.
  bool read_name(std::span<const std::string_view> names, char letter, int64_t first) {
    size_t longest = 0;
    int64_t value = 0;
    for (size_t i = 0; i < names.size(); ++i) {
      for (const std::string_view name : {names[i], names[i].substr(0, 3)}) {
        if (name.size() <= longest || !starts_with_ignoring_case(name)) continue;
        longest = name.size();
        value = first + static_cast<int64_t>(i);
      }
    }
    at_ += longest;
    return longest != 0 && set(letter, value);
  }

  bool starts_with_ignoring_case(std::string_view name) const {
    const std::string_view rest = text_.substr(at_, name.size());
    const auto lower = [](unsigned char c) { return std::tolower(c); };
    return std::ranges::equal(rest, name, {}, lower, lower);
  }

  // `width` 0: as many digits as there are.
  std::optional<int64_t> take_number(size_t width) {
    if (width != 0 && at_ + width > text_.size()) return std::nullopt;
    const char* const begin = text_.data() + at_;
    const char* const limit = width == 0 ? text_.data() + text_.size() : begin + width;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(begin, limit, value);
    if (error != std::errc()) return std::nullopt;
    at_ += static_cast<size_t>(end - begin);
    return static_cast<int32_t>(value);  // Number.intValue
  }

  bool read_number(char letter, int width) {
    const auto value = take_number(static_cast<size_t>(width));
    if (!value) return false;
    const bool full_cycle = (letter == 'k' && *value == 24) || (letter == 'h' && *value == 12);
    return set(letter, full_cycle ? 0 : *value);
  }

  bool read_year(char letter, int count, bool abuts) {
    const size_t start = at_;
    const auto value = take_number(abuts ? static_cast<size_t>(count) : 0);
    if (!value) return false;
    const bool two_digits = count <= 2 && at_ - start == 2 && text_[start] != '-';
    if (!two_digits) return set(letter, *value);
    // Within the hundred years that begin with century_start_.
    const int64_t first = Moment(format_.century_start_).date.year;
    int64_t year = first / 100 * 100 + *value;
    if (year < first) year += 100;
    ambiguous_year_ = year == first;
    return set(letter, year);
  }

  // UTC, GMT, GMT+1:30, +0130; +01, +0130, +01:30 for X, XX, XXX.
  bool read_zone(char letter, int count) {
    if (letter == 'X') {
      if (text_[at_] == 'Z') return ++at_, set(letter, 0);
      return read_offset(letter, count == 1 ? 0 : 1, count == 3);
    }
    if (text_[at_] == '+' || text_[at_] == '-') return read_offset(letter, 1, false);
    for (const std::string_view name : {"Coordinated Universal Time", "UTC", "GMT"}) {
      if (!starts_with_ignoring_case(name)) continue;
      at_ += name.size();
      if (name == "GMT" && at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
        return read_offset(letter, 2, true);
      }
      return set(letter, 0);
    }
    return false;
  }

  // `minutes`: 0 none, 1 two digits behind two of hours, 2 hours may be of one digit.
  bool read_offset(char letter, int minutes, bool colon) {
    const char sign = text_[at_++];
    if (sign != '+' && sign != '-') return false;
    const size_t colon_at = text_.find(':', at_);
    const size_t hour_digits = minutes == 2 && colon_at == at_ + 1 ? 1 : 2;
    const auto hours = take_digits(hour_digits);
    std::optional<int64_t> rest = 0;
    if (minutes != 0) {
      if (colon && (at_ >= text_.size() || text_[at_++] != ':')) return false;
      rest = take_digits(2);
    }
    if (!hours || !rest || *hours > 23 || *rest > 59) return false;
    const int64_t offset = (*hours * 60 + *rest) * 60'000;
    return set(letter, sign == '-' ? -offset : offset);
  }

  std::optional<int64_t> take_digits(size_t count) {
    if (at_ + count > text_.size()) return std::nullopt;
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i, ++at_) {
      if (std::isdigit(static_cast<unsigned char>(text_[at_])) == 0) return std::nullopt;
      value = value * 10 + (text_[at_] - '0');
    }
    return value;
  }

  int64_t value_or(char letter, int64_t otherwise) {
    const Found& what = found(letter);
    return what.order == 0 ? otherwise : what.value;
  }

  std::optional<int64_t> instant() {
    int64_t zone = 0;
    for (const char letter : {'z', 'Z', 'X'}) zone += value_or(letter, 0);
    // Absurd years wrap around, as in Java.
    const auto result = static_cast<int64_t>(static_cast<uint64_t>(days()) * day_milliseconds +
                                             static_cast<uint64_t>(milliseconds_of_day() - zone));
    if (ambiguous_year_ && result < format_.century_start_) {
      set('y', value_or('y', 0) + 100);
      ambiguous_year_ = false;
      return instant();
    }
    return result;
  }

  int64_t days() {
    int64_t year = value_or('y', 1970);
    if (value_or('G', 1) == 0) year = 1 - year;
    const int64_t month = value_or('M', 1);
    const int day_of_month = found('d').order;
    const int day_of_year = found('D').order;
    const int week = std::max(found('w').order, found('W').order);
    const int weekday = std::max(found('E').order, found('u').order);
    if (week > std::max(day_of_month, day_of_year)) {
      if (found('w').order == week)
        return week_start(value_or('Y', year), value_or('w', 1)) + day_of_week();
      const int64_t first = days_of(year, month, 1);
      return first - weekday_of(first) + 7 * (value_or('W', 1) - 1) + day_of_week();
    }
    if (day_of_year > std::max(day_of_month, found('M').order)) {
      return days_of(year, 1, 1) + value_or('D', 1) - 1;
    }
    const int64_t day = days_of(year, month, value_or('d', 1));
    if (day_of_month != 0 || weekday == 0) return day;
    // The first such weekday of the month.
    return day + (7 + day_of_week() - weekday_of(day)) % 7;
  }

  // 0 is Sunday.
  int64_t day_of_week() {
    return found('u').order > found('E').order ? value_or('u', 7) % 7 : value_or('E', 0);
  }

  int64_t milliseconds_of_day() {
    const auto later = [this](char a, char b) { return found(a).order > found(b).order ? a : b; };
    const char full = later('H', 'k');
    const char half = later('K', 'h');
    const int full_order = found(full).order;
    const int half_order = found(half).order == 0 || found('a').order == 0
                               ? 0
                               : std::max(found(half).order, found('a').order);
    // An hour of the half day counts only with its half, or where there is nothing else.
    const bool by_half = half_order > full_order || (half_order == 0 && full_order == 0);
    const int64_t hours = by_half ? value_or(half, 0) + 12 * value_or('a', 0) : value_or(full, 0);
    return hours * 3'600'000 + value_or('m', 0) * 60'000 + value_or('s', 0) * 1000 +
           value_or('S', 0);
  }

  const JavaDateFormat& format_;
  std::string_view text_;
  size_t at_ = 0;
  int order_ = 0;
  bool ambiguous_year_ = false;
  std::array<Found, 128> found_;  // by letter
};

std::optional<int64_t> JavaDateFormat::parse(std::string_view text) const {
  return DateReader(*this, text).read();
}

}  // namespace kc::transform
