// The type of a table that is to be created, from what is known of its records.
//
//   BYTES bytes | FLOAT32 float | FLOAT64 double | INT32 int | INT64 long | STRING string | BOOLEAN
//   int (1/0) | INT8, INT16 int with the property int8, int16 | Date, Time string with date, time |
//   Timestamp long with timestamp | Decimal string with decimal, decimal(p,s) or neither, see
//   decimal_column.h; optional fields are nullable.
//
// Nested types have no column: Error(skip_record) naming the field.
#pragma once

#include <string>
#include <vector>

#include "data/schema.h"
#include "data/value.h"
#include "sink/decimal_column.h"
#include "wire/table_type.h"

namespace kc::sink {

// For a structure's schema, one column a field, in their order.
wire::TableType table_type_of(const data::Schema& schema, Decimals decimals = Decimals::sized);

// For schemaless records: collects the fields of many, so that a null or a whole number in the
// first does not fix the wrong type. Whole numbers and fractions together make a double, text,
// decimals, whose scale is not known, and anything else a string. All columns are nullable, in the
// order in which the fields were first seen.
class ColumnInference {
 public:
  // `map` has kind map. Nested values are left out, unless `refuse_nested`: Error(skip_record).
  void add(const data::Value& map, bool refuse_nested);
  bool empty() const { return fields_.empty(); }
  wire::TableType table_type() const;

 private:
  struct Seen {
    std::string name;
    data::Kind kind;
  };
  void add_field(std::string_view name, data::Kind kind);

  std::vector<Seen> fields_;
};

}  // namespace kc::sink
