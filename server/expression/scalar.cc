#include "server/expression/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kc::server {

namespace {

using data::Value;
using wire::ColumnKind;
using wire::Int128;
using enum ScalarKind;

constexpr int64_t day_milliseconds = 24 * 60 * 60 * 1000;

int64_t milliseconds_of(const wire::TimeText& time) {
  return ((time.hour * 60 + time.minute) * 60 + time.second) * int64_t{1000} + time.millisecond;
}

Scalar of_bits(ScalarKind kind, Int128 bits) { return {kind, 0, bits, 0, {}}; }

std::optional<Scalar> parse_instant(std::string_view text) {
  const auto parsed = wire::parse_datetime(text);
  if (!parsed || !parsed->date.exists()) return std::nullopt;
  return Scalar::of_instant(parsed->date.days_since_epoch() * day_milliseconds +
                            milliseconds_of(parsed->time));
}

std::optional<Scalar> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return Scalar::of_real(value);
}

// The texts that columns of these kinds hold, and that may stand for them.
std::optional<Scalar> parse_as(ScalarKind kind, std::string_view text) {
  switch (kind) {
    case number:
      return parse_number(text);
    case real:
      return parse_real(text);
    case instant:
      return parse_instant(text);
    case ScalarKind::time:
      if (const auto parsed = wire::parse_time(text)) {
        return of_bits(kind, milliseconds_of(*parsed));
      }
      return std::nullopt;
    case ipv4:
      if (const auto parsed = wire::parse_ipv4(text)) return of_bits(kind, *parsed);
      return std::nullopt;
    case uuid: {
      const auto parsed = wire::parse_uuid(text);
      if (!parsed) return std::nullopt;
      unsigned __int128 bits = 0;
      for (const uint8_t byte : *parsed) bits = bits << 8 | byte;
      return of_bits(kind, static_cast<Int128>(bits));
    }
    default:
      return Scalar::of_text(text);
  }
}

Int128 power_of_10(int exponent) {
  Int128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

std::partial_ordering compare_numbers(const Scalar& left, const Scalar& right) {
  if (left.scale == right.scale) return left.number <=> right.number;
  if (left.scale > right.scale) return 0 <=> compare_numbers(right, left);
  Int128 scaled = 0;
  if (!__builtin_mul_overflow(left.number, power_of_10(right.scale - left.scale), &scaled)) {
    return scaled <=> right.number;
  }
  // Beyond what the other can be.
  return left.number <=> Int128{0};
}

std::string digits_of(Int128 value, int scale) {
  auto rest = static_cast<unsigned __int128>(value);
  if (value < 0) rest = -rest;
  std::string digits;  // the last first
  for (int count = 0; rest != 0 || count <= scale; ++count) {
    if (count == scale && scale > 0) digits += '.';
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (value < 0) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::string time_text(int64_t milliseconds) {
  return fmt::format("{:02}:{:02}:{:02}.{:03}", milliseconds / 3'600'000,
                     milliseconds / 60'000 % 60, milliseconds / 1000 % 60, milliseconds % 1000);
}

std::string instant_text(int64_t milliseconds, ColumnKind kind) {
  if (kind == ColumnKind::timestamp || kind == ColumnKind::int64)
    return fmt::format("{}", milliseconds);
  const wire::DateTimeText value = wire::datetime_of(milliseconds);
  if (kind == ColumnKind::time) return time_text(milliseconds_of(value.time));
  const std::string date =
      fmt::format("{:04}-{:02}-{:02}", value.date.year, value.date.month, value.date.day);
  if (kind == ColumnKind::date) return date;
  return date + " " + time_text(milliseconds_of(value.time));
}

std::string uuid_text(Int128 number) {
  auto bits = static_cast<unsigned __int128>(number);
  std::string text(36, '-');
  for (size_t i = 36; i-- > 0;) {
    if (i == 8 || i == 13 || i == 18 || i == 23) continue;
    text[i] = "0123456789abcdef"[static_cast<unsigned>(bits & 15)];
    bits >>= 4;
  }
  return text;
}

std::string real_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", value);
}

}  // namespace

std::string_view scalar_kind_name(ScalarKind kind) {
  constexpr std::array<std::string_view, 9> names = {
      "null",   "a number",        "a real number", "a text", "bytes", "a date or a timestamp",
      "a time", "an IPv4 address", "a UUID"};
  return names[static_cast<size_t>(kind)];
}

ScalarKind scalar_kind(const wire::ColumnFormat& format) {
  switch (format.kind) {
    case ColumnKind::int32:
    case ColumnKind::int8:
    case ColumnKind::int16:
    case ColumnKind::boolean:
    case ColumnKind::int64:
    case ColumnKind::decimal:
    case ColumnKind::ulong:
      return number;
    case ColumnKind::float32:
    case ColumnKind::float64:
      return real;
    case ColumnKind::timestamp:
    case ColumnKind::date:
    case ColumnKind::datetime:
      return instant;
    case ColumnKind::time:
      return ScalarKind::time;
    case ColumnKind::ipv4:
      return ipv4;
    case ColumnKind::uuid:
      return uuid;
    case ColumnKind::bytes:
    case ColumnKind::vector:
      return bytes;
    default:
      return ScalarKind::text;
  }
}

Scalar scalar_of(const wire::ColumnFormat& format, const Value& value) {
  switch (value.kind()) {
    case data::Kind::null:
      return {};
    case data::Kind::int32:
    case data::Kind::int64:
      if (format.kind == ColumnKind::timestamp) return Scalar::of_instant(value.as_integer());
      return Scalar::of_number(value.as_integer());
    case data::Kind::float32:
    case data::Kind::float64:
      return Scalar::of_real(value.as_real());
    case data::Kind::bytes:
      return {bytes, 0, 0, 0, value.as_text()};
    default:
      break;
  }
  const std::string_view text = value.as_text();
  if (format.kind == ColumnKind::decimal) {
    const auto digits = wire::parse_decimal(text, format.scale);
    return digits ? Scalar::of_number(*digits, format.scale) : Scalar{};
  }
  return parse_as(scalar_kind(format), text).value_or(Scalar{});
}

std::optional<Scalar> parse_number(std::string_view text) {
  const size_t point = text.find('.');
  const size_t scale = point == text.npos ? 0 : text.size() - point - 1;
  constexpr size_t scale_max = 37;
  if (scale <= scale_max) {
    if (const auto digits = wire::parse_decimal(text, static_cast<int>(scale))) {
      return Scalar::of_number(*digits, static_cast<uint8_t>(scale));
    }
  }
  return parse_real(text);
}

std::optional<Scalar> scalar_as(const Scalar& value, ScalarKind kind) {
  if (value.is_null() || value.kind == kind) return value;
  if (value.kind == text) return parse_as(kind, value.text);
  if (value.kind == number && kind == instant && value.scale == 0 &&
      value.number == static_cast<int64_t>(value.number)) {
    return Scalar::of_instant(static_cast<int64_t>(value.number));
  }
  if (value.kind == number && kind == real) return Scalar::of_real(to_real(value));
  return std::nullopt;
}

std::weak_ordering order_of(const Scalar& left, const Scalar& right) {
  if (left.is_null() || right.is_null()) return right.is_null() <=> left.is_null();
  const auto order = compare(left, right);
  if (order < 0) return std::weak_ordering::less;
  if (order > 0) return std::weak_ordering::greater;
  if (order == 0) return std::weak_ordering::equivalent;
  const auto is_nan = [](const Scalar& value) { return value.real != value.real; };
  return is_nan(left) <=> is_nan(right);
}

bool comparable(ScalarKind left, ScalarKind right) {
  const auto is_numeric = [](ScalarKind kind) { return kind == number || kind == real; };
  return left == null || right == null || left == right || (is_numeric(left) && is_numeric(right));
}

std::partial_ordering compare(const Scalar& left, const Scalar& right) {
  if (left.kind == real || right.kind == real) {
    // A long double holds every int64 and every double; a fraction is rounded as a double is.
    const auto wide = [](const Scalar& value) {
      if (value.kind == number && value.scale == 0) return static_cast<long double>(value.number);
      return static_cast<long double>(to_real(value));
    };
    return wide(left) <=> wide(right);
  }
  switch (left.kind) {
    case number:
      return compare_numbers(left, right);
    case text:
    case bytes:
      return left.text <=> right.text;
    case uuid:
      return static_cast<unsigned __int128>(left.number) <=>
             static_cast<unsigned __int128>(right.number);
    default:
      return left.number <=> right.number;
  }
}

double to_real(const Scalar& value) {
  if (value.kind == real) return value.real;
  return static_cast<double>(static_cast<long double>(value.number) /
                             static_cast<long double>(power_of_10(value.scale)));
}

std::string scalar_text(const Scalar& value, const wire::ColumnFormat& format) {
  switch (value.kind) {
    case null:
      return {};
    case number:
      return digits_of(value.number, value.scale);
    case real:
      return real_text(value.real);
    case text:
    case bytes:
      return std::string(value.text);
    case instant:
      return instant_text(static_cast<int64_t>(value.number), format.kind);
    case ScalarKind::time:
      return time_text(static_cast<int64_t>(value.number));
    case ipv4: {
      const auto bits = static_cast<uint32_t>(value.number);
      return fmt::format("{}.{}.{}.{}", bits >> 24, bits >> 16 & 255, bits >> 8 & 255, bits & 255);
    }
    case uuid:
      break;
  }
  return uuid_text(value.number);
}

}  // namespace kc::server
