// A value that expressions compare and reckon with: what a column's text means, not the text.
//
//   number   int, long, boolean, ulong and decimal columns, exact: digits / 10^scale
//   real     float, double
//   instant  date, datetime, timestamp: milliseconds since 1970-01-01T00:00Z
//   time     milliseconds of the day          ipv4, uuid  their bits as a number
//   text     string, charN, json, array, WKT  bytes  bytes, vector, WKB
//
// A condition's truth is the number 1 or 0; null is unknown. A value; texts point into the row or
// the expression.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"
#include "wire/column_format.h"
#include "wire/value_text.h"

namespace kc::server {

enum class ScalarKind : uint8_t { null, number, real, text, bytes, instant, time, ipv4, uuid };

// "a number", "a date or time" ... for error texts.
std::string_view scalar_kind_name(ScalarKind kind);

struct Scalar {
  ScalarKind kind = ScalarKind::null;
  uint8_t scale = 0;        // of number
  wire::Int128 number = 0;  // number, instant, time, ipv4, uuid
  double real = 0;
  std::string_view text{};  // text, bytes

  bool is_null() const { return kind == ScalarKind::null; }
  static Scalar of_number(wire::Int128 value, uint8_t scale = 0) {
    return {ScalarKind::number, scale, value, 0, {}};
  }
  static Scalar of_real(double value) { return {ScalarKind::real, 0, 0, value, {}}; }
  static Scalar of_text(std::string_view value) { return {ScalarKind::text, 0, 0, 0, value}; }
  static Scalar of_instant(int64_t ms) { return {ScalarKind::instant, 0, ms, 0, {}}; }
  static Scalar truth(bool value) { return of_number(value ? 1 : 0); }
};

// What the values of such a column are.
ScalarKind scalar_kind(const wire::ColumnFormat& format);
// A column's value; null too for a text that is not of the column's form.
Scalar scalar_of(const wire::ColumnFormat& format, const data::Value& value);

// A number as it is written: exact where 37 digits do, else real. Nothing for what is no number.
std::optional<Scalar> parse_number(std::string_view text);
// The same value as another kind: texts are parsed, numbers become instants. Nothing where that
// means nothing.
std::optional<Scalar> scalar_as(const Scalar& value, ScalarKind kind);

// Of two values of comparable kinds (the same, or number and real); unordered for NaN.
std::partial_ordering compare(const Scalar& left, const Scalar& right);
bool comparable(ScalarKind left, ScalarKind right);
// The same as an order of all values of such kinds: nulls first, NaN above all numbers.
std::weak_ordering order_of(const Scalar& left, const Scalar& right);

double to_real(const Scalar& value);
// As a column of this format writes it: what wire::Value takes as text, or a number's digits.
std::string scalar_text(const Scalar& value, const wire::ColumnFormat& format);

}  // namespace kc::server
