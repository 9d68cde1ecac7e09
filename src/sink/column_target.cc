#include "sink/column_target.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "sink/value_text.h"
#include "wire/avro.h"

namespace kc::sink {
namespace {

using data::Kind;
using data::Value;
using Target = ColumnTarget::Kind;

constexpr int64_t day_milliseconds = 24 * 60 * 60 * 1000;
constexpr std::string_view precision_lost =
    "the value has a fraction, which the column cannot hold";
constexpr std::string_view out_of_range = "the value is outside of the column's range";

bool is_real(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }
// boolean included: 1 or 0.
bool is_whole(const Value& value) { return value.is_integer() || value.kind() == Kind::boolean; }

std::optional<std::string> decimal_text(const Value& value) {
  char buffer[text_bytes_max];
  const char* end = put_decimal_text(buffer, value.as_text(), value.scale());
  if (end == nullptr) return std::nullopt;
  return std::string(buffer, static_cast<size_t>(end - buffer));
}

std::optional<int64_t> whole_of_real(double value, std::string& reason) {
  if (!(value >= -0x1p63 && value < 0x1p63)) {
    reason = out_of_range;
    return std::nullopt;
  }
  if (value != std::trunc(value)) {
    reason = precision_lost;
    return std::nullopt;
  }
  return static_cast<int64_t>(value);
}

std::optional<int64_t> whole_of_decimal(const Value& value, std::string& reason) {
  const auto text = decimal_text(value);
  const size_t point = text ? std::min(text->find('.'), text->size()) : 0;
  if (text &&
      text->find_first_not_of("0", std::min(point + 1, text->size())) != std::string::npos) {
    reason = precision_lost;
    return std::nullopt;
  }
  int64_t whole = 0;
  if (!text || std::from_chars(text->data(), text->data() + point, whole).ec != std::errc()) {
    reason = out_of_range;
    return std::nullopt;
  }
  return whole;
}

std::optional<int64_t> whole(const ColumnTarget& target, const Value& value, std::string& reason) {
  if (is_whole(value)) return value.as_integer();
  if (is_real(value.kind())) return whole_of_real(value.as_real(), reason);
  if (value.kind() == Kind::decimal) return whole_of_decimal(value, reason);
  const bool instant = target.kind == Target::timestamp;
  switch (value.kind()) {
    case Kind::timestamp:
    case Kind::time:
      if (instant && value.kind() == Kind::time) break;
      return value.as_integer();
    case Kind::date:
      return instant ? value.as_integer() * day_milliseconds : value.as_integer();
    case Kind::string:
      if (!instant) break;
      if (const auto parsed = parse_timestamp(value.as_text())) return parsed;
      reason = "the text is not a timestamp of the form yyyy-MM-dd HH:mm:ss[.fraction][Z|+hh:mm]";
      return std::nullopt;
    default:
      break;
  }
  reason = "no conversion exists";
  return std::nullopt;
}

char* put_whole(const ColumnTarget& target, const Value& value, char* out, std::string& reason) {
  const auto number = whole(target, value, reason);
  if (!number) return nullptr;
  if (*number < target.min || *number > target.max) {
    reason = out_of_range;
    return nullptr;
  }
  return wire::put_long(out, *number);
}

char* put_real(const ColumnTarget& target, const Value& value, char* out, std::string& reason) {
  double number = 0;
  if (is_whole(value)) {
    number = static_cast<double>(value.as_integer());
  } else if (is_real(value.kind())) {
    number = value.as_real();
  } else if (value.kind() == Kind::decimal) {
    const auto text = decimal_text(value);
    if (!text ||
        std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc()) {
      reason = out_of_range;
      return nullptr;
    }
  } else {
    reason = "no conversion exists";
    return nullptr;
  }
  if (target.kind == Target::double_) return wire::put_double(out, number);
  const auto narrowed = static_cast<float>(number);
  if (std::isinf(narrowed) && !std::isinf(number)) {
    reason = out_of_range;
    return nullptr;
  }
  return wire::put_float(out, narrowed);
}

// UTF-8: every byte that does not continue a character begins one.
size_t characters(std::string_view utf8) {
  return static_cast<size_t>(
      std::ranges::count_if(utf8, [](char byte) { return (byte & 0xc0) != 0x80; }));
}

// The texts of everything but strings, for the kinds of string columns; nullptr: no conversion.
char* put_text_of(Target target, const Value& value, char* out) {
  const bool plain = target == Target::text;
  switch (value.kind()) {
    case Kind::boolean:
      return plain ? std::ranges::copy(std::string_view(value.as_boolean() ? "true" : "false"), out)
                         .out
                   : nullptr;
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      if (target == Target::datetime) {
        if (value.as_integer() < timestamp_min) return nullptr;
        if (value.as_integer() > timestamp_max) return nullptr;
        return put_datetime_text(out, value.as_integer());
      }
      return plain || target == Target::decimal ? put_integer_text(out, value.as_integer())
                                                : nullptr;
    case Kind::float32:
    case Kind::float64:
      if (plain) return put_real_text(out, value.as_real(), value.kind() == Kind::float32);
      if (target != Target::decimal || !std::isfinite(value.as_real())) return nullptr;
      return put_plain_real_text(out, value.as_real());
    case Kind::decimal:
      if (!plain && target != Target::decimal) return nullptr;
      return put_decimal_text(out, value.as_text(), value.scale());
    case Kind::date:
      if (target == Target::datetime) {
        return put_datetime_text(out, value.as_integer() * day_milliseconds);
      }
      return plain || target == Target::date ? put_date_text(out, value.as_integer()) : nullptr;
    case Kind::time:
      return plain || target == Target::time ? put_time_text(out, value.as_integer()) : nullptr;
    case Kind::timestamp:
      return plain || target == Target::datetime ? put_datetime_text(out, value.as_integer())
                                                 : nullptr;
    default:
      return nullptr;
  }
}

char* put_text(const ColumnTarget& target, const Value& value, char* out, std::string& reason) {
  char buffer[text_bytes_max];
  std::string_view text;
  if (value.kind() == Kind::string) {
    text = value.as_text();
  } else {
    const char* const end = put_text_of(target.kind, value, buffer);
    if (end == nullptr) {
      reason = "no conversion exists";
      return nullptr;
    }
    text = {buffer, static_cast<size_t>(end - buffer)};
  }
  if (target.kind == Target::decimal) {
    reason = target.decimal_range.misfit(text, !is_real(value.kind()));
    if (!reason.empty()) return nullptr;
  }
  if (text.size() > target.characters_max && characters(text) > target.characters_max) {
    reason = fmt::format("the text has more than {} characters", target.characters_max);
    return nullptr;
  }
  return wire::put_bytes(out, text);
}

}  // namespace

ColumnTarget::ColumnTarget(const wire::Column& column) {
  using wire::BaseType;
  const auto range = [this](int64_t smallest, int64_t largest) {
    min = smallest;
    max = largest;
  };
  switch (column.type) {
    case BaseType::int_:
      kind = Kind::integer;
      range(INT32_MIN, INT32_MAX);
      if (column.has("int8")) range(INT8_MIN, INT8_MAX);
      if (column.has("int16")) range(INT16_MIN, INT16_MAX);
      if (column.has("boolean")) range(0, 1);
      return;
    case BaseType::long_:
      kind = column.has("timestamp") ? Kind::timestamp : Kind::integer;
      if (kind == Kind::timestamp) range(timestamp_min, timestamp_max);
      return;
    case BaseType::float_:
      kind = Kind::float_;
      return;
    case BaseType::double_:
      kind = Kind::double_;
      return;
    case BaseType::bytes:
      kind = Kind::bytes;
      return;
    case BaseType::string:
      break;
  }
  for (const std::string& property : column.properties) {
    if (property == "date") kind = Kind::date;
    if (property == "time") kind = Kind::time;
    if (property == "datetime") kind = Kind::datetime;
    if (property.starts_with("decimal")) {
      kind = Kind::decimal;
      decimal_range = DecimalRange::of(column);
    }
    if (property.starts_with("char")) {
      std::from_chars(property.data() + 4, property.data() + property.size(), characters_max);
    }
  }
}

std::string describe(const wire::Column& column) {
  std::string text(base_type_name(column.type));
  for (const std::string& property : column.properties) text.append(", ").append(property);
  return text;
}

char* put_converted(const ColumnTarget& target, const data::Value& value, char* out,
                    std::string& reason) {
  switch (target.kind) {
    case Target::integer:
    case Target::timestamp:
      return put_whole(target, value, out, reason);
    case Target::float_:
    case Target::double_:
      return put_real(target, value, out, reason);
    case Target::bytes:
      if (value.kind() == Kind::bytes) return wire::put_bytes(out, value.as_text());
      reason = "no conversion exists";
      return nullptr;
    default:
      return put_text(target, value, out, reason);
  }
}

}  // namespace kc::sink
