#include "wire/value_text.h"

#include <charconv>
#include <chrono>

namespace kc::wire {

namespace {

namespace chr = std::chrono;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads the front of a text piece by piece; the first piece that is not there fails all.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  int number(size_t digits_min, size_t digits_max) {
    int value = 0;
    size_t digits = 0;
    while (digits < digits_max && digits < text_.size() && is_digit(text_[digits])) {
      value = value * 10 + (text_[digits++] - '0');
    }
    if (digits < digits_min) ok_ = false;
    text_.remove_prefix(digits);
    digits_ = static_cast<int>(digits);
    return value;
  }
  void expect(char c) {
    if (!skip(c)) ok_ = false;
  }
  bool skip(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  int digits() const { return digits_; }
  bool at_end() const { return ok_ && text_.empty(); }
  bool ok() const { return ok_; }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
  int digits_ = 0;
  bool ok_ = true;
};

DateText scan_date(Scanner& in) {
  DateText date{};
  date.year = in.number(4, 4);
  in.expect('-');
  date.month = in.number(1, 2);
  in.expect('-');
  date.day = in.number(1, 2);
  return date;
}

bool in_range(const DateText& date) {
  return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
}

chr::sys_days first_day(int year, int month) {
  return chr::year(year) / chr::month(static_cast<unsigned>(month)) / 1;
}

chr::sys_days day_of(const DateText& date) {
  return first_day(date.year, date.month) + chr::days(date.day - 1);
}

}  // namespace

int DateText::day_of_year() const {
  return static_cast<int>((day_of(*this) - first_day(year, 1)).count()) + 1;
}

int DateText::day_of_week() const {
  return static_cast<int>(chr::weekday(day_of(*this)).c_encoding()) + 1;
}

bool DateText::exists() const { return (chr::year(year) / month / day).ok(); }

int64_t DateText::days_since_epoch() const { return day_of(*this).time_since_epoch().count(); }

std::optional<DateText> parse_date(std::string_view text) {
  Scanner in(text);
  const DateText date = scan_date(in);
  if (!in.at_end() || !in_range(date)) return std::nullopt;
  return date;
}

std::optional<TimeText> parse_time(std::string_view text) {
  Scanner in(text);
  TimeText time{};
  time.hour = in.number(1, 2);
  in.expect(':');
  time.minute = in.number(2, 2);
  in.expect(':');
  time.second = in.number(2, 2);
  if (in.ok() && in.skip('.')) {
    time.millisecond = in.number(1, 3);
    time.fraction_digits = in.digits();
    for (int digits = time.fraction_digits; digits < 3; ++digits) time.millisecond *= 10;
  }
  if (!in.at_end() || time.hour > 23 || time.minute > 59 || time.second > 59) return std::nullopt;
  return time;
}

std::optional<DateTimeText> parse_datetime(std::string_view text) {
  Scanner in(text);
  const DateText date = scan_date(in);
  if (!in.ok() || !in_range(date)) return std::nullopt;
  if (in.at_end()) return DateTimeText{date, {}};
  if (!in.skip(' ') && !in.skip('T')) return std::nullopt;
  const auto time = parse_time(in.rest());
  if (!time) return std::nullopt;
  return DateTimeText{date, *time};
}

DateTimeText datetime_of(int64_t milliseconds_since_epoch) {
  constexpr int64_t day_milliseconds = 24 * 60 * 60 * 1000;
  int64_t days = milliseconds_since_epoch / day_milliseconds;
  int64_t rest = milliseconds_since_epoch % day_milliseconds;
  if (rest < 0) {
    rest += day_milliseconds;
    --days;
  }
  const chr::year_month_day civil{chr::sys_days(chr::days(static_cast<int>(days)))};
  const auto part = static_cast<int>(rest);
  return {{static_cast<int>(civil.year()), static_cast<int>(static_cast<unsigned>(civil.month())),
           static_cast<int>(static_cast<unsigned>(civil.day()))},
          {part / 3'600'000, part / 60'000 % 60, part / 1000 % 60, part % 1000, 3}};
}

std::optional<Int128> parse_decimal(std::string_view text, int scale) {
  constexpr int digits_max = 37;  // what an Int128 surely holds
  Scanner in(text);
  const bool negative = in.skip('-');
  if (!negative) in.skip('+');
  Int128 value = 0;
  int fraction = -1;  // digits after the point so far; -1 before it
  int digits = 0;     // significant ones
  bool any = false;
  bool round_up = false;
  for (char c : in.rest()) {
    if (c == '.') {
      if (fraction >= 0) return std::nullopt;
      fraction = 0;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    any = true;
    if (fraction >= scale) {
      if (fraction++ == scale) round_up = c >= '5';
      continue;
    }
    if (fraction >= 0) ++fraction;
    value = value * 10 + (c - '0');
    if (value != 0 && ++digits > digits_max) return std::nullopt;
  }
  if (!any) return std::nullopt;
  for (int have = fraction < 0 ? 0 : fraction; have < scale; ++have) {
    value *= 10;
    if (value != 0 && ++digits > digits_max) return std::nullopt;
  }
  if (round_up) value += 1;
  return negative ? -value : value;
}

std::optional<uint32_t> parse_ipv4(std::string_view text) {
  Scanner in(text);
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) in.expect('.');
    const int value = in.number(1, 3);
    if (value > 255) return std::nullopt;
    address = address << 8 | static_cast<uint32_t>(value);
  }
  if (!in.at_end()) return std::nullopt;
  return address;
}

std::optional<uint64_t> parse_ulong(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::array<uint8_t, 16>> parse_uuid(std::string_view text) {
  constexpr size_t text_size = 36;
  if (text.size() != text_size) return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  size_t nibbles = 0;
  for (size_t i = 0; i < text_size; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    uint8_t nibble = 0;
    const auto [end, error] = std::from_chars(&text[i], &text[i] + 1, nibble, 16);
    if (error != std::errc() || end != &text[i] + 1) return std::nullopt;
    bytes[nibbles / 2] = static_cast<uint8_t>(bytes[nibbles / 2] << 4 | nibble);
    ++nibbles;
  }
  return bytes;
}

bool is_utf8(std::string_view bytes) {
  const auto* next = reinterpret_cast<const uint8_t*>(bytes.data());
  const auto* const end = next + bytes.size();
  while (next != end) {
    const uint8_t lead = *next++;
    if (lead < 0x80) continue;
    // The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    int more = 0;
    if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    for (; more > 0; --more, low = 0x80, high = 0xbf) {
      if (next == end || *next < low || *next > high) return false;
      ++next;
    }
  }
  return true;
}

}  // namespace kc::wire
