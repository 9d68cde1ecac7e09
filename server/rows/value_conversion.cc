#include "server/rows/value_conversion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"
#include "server/expression/scalar.h"
#include "server/rows/row_repair.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;
using wire::ColumnKind;
using wire::Int128;

bool is_bytes(BaseType type) { return type == BaseType::bytes; }
bool is_number(BaseType type) { return type != BaseType::bytes && type != BaseType::string; }

struct Range {
  int64_t least;
  int64_t most;
};

template <typename T>
constexpr Range range_of() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

Range range_of(BaseType base, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::boolean:
      return {0, 1};
    case ColumnKind::int8:
      return range_of<int8_t>();
    case ColumnKind::int16:
      return range_of<int16_t>();
    default:
      return base == BaseType::int_ ? range_of<int32_t>() : range_of<int64_t>();
  }
}

// What bytes a value of the one kind has, a value of the other has too.
bool same_form(const wire::ColumnFormat& from, const wire::ColumnFormat& to) {
  if (from.kind == to.kind && from.kind != ColumnKind::char_n) {
    return from.size == to.size && from.precision == to.precision && from.scale == to.scale;
  }
  const auto is_plain = [](ColumnKind kind) {
    return kind == ColumnKind::string || kind == ColumnKind::char_n;
  };
  return is_plain(from.kind) && is_plain(to.kind);
}

// Toward zero. Nothing for what is no number.
std::optional<Int128> whole_number(const Scalar& value) {
  if (value.kind == ScalarKind::text) {
    const auto number = parse_number(value.text);
    return number ? whole_number(*number) : std::nullopt;
  }
  if (value.kind == ScalarKind::real) {
    constexpr double most = 1e37;
    if (!(std::abs(value.real) < most)) return std::nullopt;  // NaN too
    return static_cast<Int128>(value.real);
  }
  if (value.kind == ScalarKind::bytes || value.kind == ScalarKind::uuid || value.is_null()) {
    return std::nullopt;
  }
  Int128 whole = value.number;
  for (int digit = 0; digit < value.scale; ++digit) whole /= 10;
  return whole;
}

std::string shown(const Value& value) {
  if (value.kind() == data::Kind::string) return std::string(value.as_text().substr(0, 100));
  if (value.kind() == data::Kind::bytes) return std::to_string(value.size()) + " bytes";
  if (value.is_integer()) return std::to_string(value.as_integer());
  return fmt::format("{}", value.as_real());
}

}  // namespace

ValueConversion::ValueConversion(const wire::Column& from, const wire::Column& to, bool cut)
    : from_name_(from.name),
      to_base_(to.type),
      from_(wire::column_format(from)),
      to_(wire::column_format(to)),
      to_type_(wire::column_type_name(to)),
      cut_(cut),
      keeps_bytes_(from.type == to.type && from.nullable() == to.nullable() &&
                   same_form(from_, to_) && !(cut && to_.kind == ColumnKind::char_n)) {
  if ((is_bytes(from.type) && is_number(to.type)) || (is_number(from.type) && is_bytes(to.type))) {
    throw Error(Reaction::fail_task, "Column `{}` of type {} cannot become {}", from.name,
                wire::column_type_name(from), to_type_);
  }
}

void ValueConversion::refuse(const Value& value) const {
  throw Error(Reaction::fail_task, "Column `{}`: its value `{}` cannot become {}", from_name_,
              shown(value), to_type_);
}

Value ValueConversion::convert(const Value& value, std::string& scratch) const {
  if (value.is_null()) return value;
  switch (to_base_) {
    case BaseType::bytes:
      return Value::bytes(value.as_text());
    case BaseType::string:
      return to_text(value, scratch);
    case BaseType::int_:
    case BaseType::long_:
      return to_integer(value);
    case BaseType::float_:
    case BaseType::double_:
      break;
  }
  return to_real(value);
}

Value ValueConversion::to_text(const Value& value, std::string& scratch) const {
  const bool is_text = value.kind() == data::Kind::string || value.kind() == data::Kind::bytes;
  const ScalarKind kind = scalar_kind(to_);
  const Scalar scalar = scalar_of(from_, value);
  if (is_text && same_form(from_, to_)) {
    scratch = value.as_text();
  } else if (kind == ScalarKind::instant || kind == ScalarKind::time) {
    auto moment = scalar_as(scalar, kind);
    if (scalar.kind == ScalarKind::instant && kind == ScalarKind::time) {
      constexpr int64_t day = 86'400'000;
      moment = scalar;
      moment->kind = ScalarKind::time;
      moment->number = (scalar.number % day + day) % day;
    }
    if (!moment || moment->is_null()) refuse(value);
    scratch = scalar_text(*moment, to_);
  } else if (is_text) {
    scratch = value.as_text();
  } else {
    wire::ColumnFormat format = from_;
    if (format.kind == ColumnKind::timestamp) format.kind = ColumnKind::datetime;
    scratch = scalar_text(scalar, format);
  }
  if (cut_ && to_.kind == ColumnKind::char_n) scratch.resize(cut_text(scratch, to_.size).size());
  return Value::string(scratch);
}

Value ValueConversion::to_integer(const Value& value) const {
  const Scalar scalar = scalar_of(from_, value);
  std::optional<Int128> number;
  if (to_.kind == ColumnKind::timestamp && scalar.kind == ScalarKind::text) {
    const auto instant = scalar_as(scalar, ScalarKind::instant);
    if (instant && !instant->is_null()) number = instant->number;
  }
  if (!number) number = whole_number(scalar);
  if (!number) refuse(value);
  const Range range = range_of(to_base_, to_.kind);
  if (*number < range.least || *number > range.most) {
    if (!cut_) refuse(value);
    number = std::clamp<Int128>(*number, range.least, range.most);
  }
  return Value::int64(static_cast<int64_t>(*number));
}

Value ValueConversion::to_real(const Value& value) const {
  Scalar scalar = scalar_of(from_, value);
  if (scalar.kind == ScalarKind::text) scalar = parse_number(scalar.text).value_or(Scalar());
  if (scalar.is_null() || scalar.kind == ScalarKind::uuid || scalar.kind == ScalarKind::bytes) {
    refuse(value);
  }
  double real = server::to_real(scalar);
  constexpr double most = std::numeric_limits<float>::max();
  if (to_base_ == BaseType::float_ && std::isfinite(real) && std::abs(real) > most) {
    if (!cut_) refuse(value);
    real = std::copysign(most, real);
  }
  if (to_base_ == BaseType::float_) return Value::float32(static_cast<float>(real));
  return Value::float64(real);
}

}  // namespace kc::server
