// One table's rows as Connect records: its Connect schema, and the way from a row's Avro bytes to
// a Struct's values. Compiled once per table type; immutable, one thread or many.
//
//   column   field            column   field           a nullable column is an optional field
//   int      INT32            double   FLOAT64
//   long     INT64            string   STRING          (date, time, decimal ... are their text;
//   float    FLOAT32          bytes    BYTES            timestamp is its milliseconds, INT64)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/schema.h"
#include "data/value.h"
#include "wire/table_type.h"

namespace kc::source {

class RowReader {
 public:
  // The schema is a struct of the name `schema_name` and the version `version`, with one field a
  // column.
  RowReader(wire::TableType type, const std::string& schema_name, int32_t version);

  const wire::TableType& type() const { return type_; }
  const data::SchemaPtr& schema() const { return schema_; }
  size_t columns() const { return columns_.size(); }

  // Writes columns() values to `values`; strings and bytes point into `row`. Throws
  // Error(fail_task) naming the byte position for bytes that are not exactly one row of this type
  // (after DDL, the rows of the new type); `values` is then unspecified.
  void read(std::string_view row, data::Value* values) const;

 private:
  struct ColumnReader {
    wire::BaseType type;
    bool nullable;
  };

  wire::TableType type_;
  data::SchemaPtr schema_;
  std::vector<ColumnReader> columns_;
};

}  // namespace kc::source
