#include "convert/protobuf/protobuf_logical.h"

#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "convert/decimal.h"
#include "convert/protobuf/protobuf_wire.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Value;

// What a Timestamp may be: years 1 to 9999.
constexpr int64_t seconds_min = -62'135'596'800;
constexpr int64_t seconds_max = 253'402'300'799;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

void append_number(int32_t number, int64_t value, std::string& out) {
  if (value == 0) return;
  append_varint(protobuf_tag(number, ProtobufWireType::varint), out);
  append_varint(static_cast<uint64_t>(value), out);
}

// BigDecimal.precision(): the number of digits.
int64_t precision_of(std::string_view unscaled) {
  if (unscaled.size() > sizeof(int64_t)) {
    const std::string digits = digits_of_unscaled(unscaled);
    return static_cast<int64_t>(digits.size()) - (digits.front() == '-' ? 1 : 0);
  }
  int64_t number = static_cast<int8_t>(unscaled.front());
  for (const char c : unscaled.substr(1)) number = number * 256 + static_cast<uint8_t>(c);
  int64_t digits = 1;
  for (; number <= -10 || number >= 10; number /= 10) ++digits;
  return digits;
}

}  // namespace

Value read_protobuf_date(const Value* fields) {
  namespace chr = std::chrono;
  const int64_t year = fields[0].as_integer();
  const int64_t month = fields[1].as_integer();
  const int64_t day = fields[2].as_integer();
  const bool in_range = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1;
  if (in_range && day <= 31) {
    const chr::year_month_day date{chr::year(static_cast<int>(year)),
                                   chr::month(static_cast<unsigned>(month)),
                                   chr::day(static_cast<unsigned>(day))};
    if (date.ok()) {
      return Value::date(static_cast<int32_t>(chr::sys_days(date).time_since_epoch().count()));
    }
  }
  fail("Date is not valid: year {}, month {}, day {}", year, month, day);
}

Value read_protobuf_time(const Value* fields) {
  static constexpr int64_t limits[] = {24, 60, 60, 1'000'000'000};
  for (size_t i = 0; i < 4; ++i) {
    const int64_t value = fields[i].as_integer();
    if (value < 0 || value >= limits[i]) {
      fail("TimeOfDay is not valid: {}:{}:{} and {} ns", fields[0].as_integer(),
           fields[1].as_integer(), fields[2].as_integer(), fields[3].as_integer());
    }
  }
  const int64_t seconds =
      (fields[0].as_integer() * 60 + fields[1].as_integer()) * 60 + fields[2].as_integer();
  return Value::time(static_cast<int32_t>(seconds * 1000 + fields[3].as_integer() / 1'000'000));
}

Value read_protobuf_timestamp(const Value* fields) {
  const int64_t seconds = fields[0].as_integer();
  const int64_t nanos = fields[1].as_integer();
  if (seconds < seconds_min || seconds > seconds_max || nanos < 0 || nanos > 999'999'999) {
    fail(
        "Timestamp is not valid: {} s and {} ns. Seconds must be in range [{}, {}], nanos in "
        "range [0, 999999999]",
        seconds, nanos, seconds_min, seconds_max);
  }
  return Value::timestamp(seconds * 1000 + nanos / 1'000'000);
}

Value read_protobuf_decimal(const Value* fields) {
  const int64_t scale = fields[2].as_integer();
  if (fields[0].size() == 0) fail("Decimal is not valid: it has no bytes");
  if (scale < INT16_MIN || scale > INT16_MAX) fail("Decimal is not valid: its scale is {}", scale);
  return Value::decimal(fields[0].as_text(), static_cast<int16_t>(scale));
}

void write_protobuf_date(const Value& value, std::string& out) {
  namespace chr = std::chrono;
  const int64_t days = value.as_integer();
  if (days < -719'162 || days > 2'932'896) fail("Date of day {} is not of years 1 to 9999", days);
  const chr::year_month_day date{chr::sys_days(chr::days(static_cast<int>(days)))};
  append_number(1, static_cast<int>(date.year()), out);
  append_number(2, static_cast<unsigned>(date.month()), out);
  append_number(3, static_cast<unsigned>(date.day()), out);
}

void write_protobuf_time(const Value& value, std::string& out) {
  const int64_t milliseconds = value.as_integer();
  if (milliseconds < 0 || milliseconds >= 86'400'000) {
    fail("Time values must use number of millis greater than 0 and less than 86400000: {}",
         milliseconds);
  }
  append_number(1, milliseconds / 3'600'000, out);
  append_number(2, milliseconds / 60'000 % 60, out);
  append_number(3, milliseconds / 1000 % 60, out);
  append_number(4, milliseconds % 1000 * 1'000'000, out);
}

void write_protobuf_timestamp(const Value& value, std::string& out) {
  const int64_t milliseconds = value.as_integer();
  const int64_t seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0);
  if (seconds < seconds_min || seconds > seconds_max) {
    fail("Timestamp of {} ms is not of years 1 to 9999", milliseconds);
  }
  append_number(1, seconds, out);
  append_number(2, (milliseconds - seconds * 1000) * 1'000'000, out);
}

void write_protobuf_decimal(const Value& value, std::string& out) {
  const std::string_view unscaled = value.as_text();
  if (unscaled.empty()) fail("Decimal is not valid: it has no bytes");
  append_varint(protobuf_tag(1, ProtobufWireType::delimited), out);
  append_varint(unscaled.size(), out);
  out += unscaled;
  append_number(2, precision_of(unscaled), out);
  append_number(3, value.scale(), out);
}

}  // namespace kc::convert
