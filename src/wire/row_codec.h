// One row of a table between its Avro bytes and values, column by column. General, not fast: the
// sink writes rows with a plan of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "wire/avro.h"
#include "wire/table_type.h"

namespace kc::wire {

// The next value of a base type; text points into what `in` reads.
data::Value read_value(AvroReader& in, BaseType type);

// Replaces `values` with one value per column: int32, int64, float32, float64, string, bytes or
// null; text points into `row`. Throws Error(fail_task) naming the column when the bytes are not a
// row of this type, or are more than one.
void decode_row(const TableType& type, std::string_view row, std::vector<data::Value>& values);

// Appends the row. Integers of any width (and boolean, date, time, timestamp) go into int and long
// columns that hold them, reals into float and double. Throws Error(skip_record) naming the column
// for a value that its column cannot take; `out` then ends in a part of the row.
void encode_row(const TableType& type, std::span<const data::Value> values, std::string& out);

// Appends the bytes of one column; throws as encode_row() does.
void encode_value(const Column& column, const data::Value& value, std::string& out);

}  // namespace kc::wire
