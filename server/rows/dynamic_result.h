// A result with columns of its own, as /get/records/bycolumn, the aggregates and /execute/sql give
// it: a "dynamic schema" and the values column by column.
//
//   schema  {"type": "record", "name": "generic_response", "fields": [
//             {"name": "column_1", "type": {"type": "array", "items": "long"}},
//             {"name": "column_2", "type": {"type": "array", "items": ["string", "null"]}}, ...
//             {"name": "column_headers", "type": {"type": "array", "items": "string"}},
//             {"name": "column_datatypes", "type": {"type": "array", "items": "string"}}]}
//   binary  one Avro record of that schema; JSON: the same as an object
//
// Built row by row and read once; belongs to one thread. (Kinetica documentation, "Dynamic
// Schemas".)
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::server {

struct ResultColumn {
  std::string header;
  wire::BaseType type = wire::BaseType::string;
  bool nullable = false;
  std::string type_name;  // "char16", "timestamp", or the base type's name
};

// Of a table's column as it stands.
ResultColumn result_column(const wire::Column& column);

enum class ResultEncoding { binary, json };

// Throws Error(fail_task) for any but "binary" and "json".
ResultEncoding result_encoding(std::string_view name);

class DynamicResult {
 public:
  // At least one column: Python's client cannot decode fewer.
  DynamicResult(std::vector<ResultColumn> columns, ResultEncoding encoding);

  // One value for each column, of the column's base type or null. Throws Error(fail_task) for a
  // null where the column is not nullable.
  void add_row(std::span<const data::Value> values);

  size_t rows() const { return rows_; }
  const std::vector<ResultColumn>& columns() const { return columns_; }
  std::string schema() const;
  // Empty in the other encoding.
  std::string binary() const;
  std::string json() const;

 private:
  const std::vector<ResultColumn> columns_;
  const ResultEncoding encoding_;
  std::vector<std::string> values_;  // of each column, one behind the other in the encoding
  size_t rows_ = 0;
};

}  // namespace kc::server
