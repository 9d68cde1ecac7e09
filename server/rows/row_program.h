// Checks the bytes of a row against its table's type, and takes its primary key: compiled once per
// type, run for every row that comes in. Immutable; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/rows/value_forms.h"
#include "wire/column_format.h"
#include "wire/table_type.h"
#include "wire/value_text.h"

namespace kc::server {

// Why a row is refused. `what` is a literal.
struct RowProblem {
  size_t column = 0;
  const char* what = nullptr;
  bool too_long = false;  // a charN text: option truncate_strings would cut it
};

class RowProgram {
 public:
  explicit RowProgram(const wire::TableType& type);

  bool has_key() const { return has_key_; }
  // Are there columns that the server writes into every row, whatever was sent?
  bool writes_columns() const { return writes_columns_; }

  // False, with `problem` filled in, when the bytes are not one row of the type: not well-formed
  // Avro, a text that is not UTF-8, too long or not of its column's form, a number out of range.
  // `key` is replaced by bytes that are equal exactly for equal primary keys (unspecified after
  // failure; empty without a key).
  bool check(std::string_view row, std::string& key, RowProblem& problem) const;

  // "Column `name`: it is longer than its 8 bytes".
  std::string describe(const RowProblem& problem) const;

 private:
  struct Op {
    wire::BaseType type;
    wire::ColumnFormat format;
    bool nullable;
    bool key;
    ArrayElement element;      // of array
    wire::Int128 decimal_max;  // of decimal: unscaled
  };
  std::vector<Op> ops_;
  std::vector<std::string> names_;
  bool has_key_ = false;
  bool writes_columns_ = false;
};

}  // namespace kc::server
