// What a column takes, and the conversion of single values into it. The conversions that a compiled
// RowPlan does not do by itself come here; nothing is rounded, cut or wrapped silently, except that
// floating-point columns round, and floating-point numbers are rounded by decimal columns.
#pragma once

#include <cstdint>
#include <string>

#include "data/value.h"
#include "sink/decimal_column.h"
#include "wire/table_type.h"

namespace kc::sink {

// Kinetica's timestamp columns: 1000-01-01 to 2900-12-31, in milliseconds since 1970.
inline constexpr int64_t timestamp_min = -30'610'224'000'000;
inline constexpr int64_t timestamp_max = 29'379'542'399'999;

struct ColumnTarget {
  enum class Kind : uint8_t {
    integer,    // int and long columns, with their ranges
    timestamp,  // long column of milliseconds
    float_,
    double_,
    text,  // any other string column
    date,
    time,
    datetime,
    decimal,
    bytes
  };
  Kind kind = Kind::text;
  // integer, timestamp: the values that it takes.
  int64_t min = INT64_MIN;
  int64_t max = INT64_MAX;
  // text: charN's N.
  uint32_t characters_max = UINT32_MAX;
  DecimalRange decimal_range;

  explicit ColumnTarget(const wire::Column& column);
};

// "a long column with property timestamp", for messages.
std::string describe(const wire::Column& column);

// The most bytes that put_converted() writes beyond the size() of a string or bytes value.
inline constexpr size_t converted_bytes_max = 512;

// Writes the Avro value (without a union's branch) of a non-null `value` at `out` and returns the
// end; nullptr, with `reason` set to a phrase, when the value does not fit.
char* put_converted(const ColumnTarget& target, const data::Value& value, char* out,
                    std::string& reason);

}  // namespace kc::sink
