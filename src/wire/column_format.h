// What the base type and the properties of a column together say about its values.
// (Kinetica documentation, "Types" / "Column Types".)
#pragma once

#include <cstdint>

#include "wire/table_type.h"

namespace kc::wire {

enum class ColumnKind : uint8_t {
  int32,
  int8,
  int16,
  boolean,
  int64,
  timestamp,
  float32,
  float64,
  string,
  char_n,
  date,
  time,
  datetime,
  decimal,
  ipv4,
  ulong,
  uuid,
  json,
  array,
  wkt,
  bytes,
  vector
};

struct ColumnFormat {
  ColumnKind kind = ColumnKind::string;
  // char_n: bytes at most. vector: number of floats.
  uint32_t size = 0;
  // decimal: digits in all, and after the point.
  uint8_t precision = 0;
  uint8_t scale = 0;
};

// A property that does not fit the base type is passed over, as in a `timestamp` that is a string.
ColumnFormat column_format(const Column& column);

// "char16", "timestamp", "decimal(18,4)", or the base type's name: what results call the column's
// data type.
std::string column_type_name(const Column& column);

}  // namespace kc::wire
