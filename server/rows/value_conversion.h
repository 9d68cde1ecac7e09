// The values of a column as values of a column of another type: what /alter/table's change_column
// does to the rows that are there. Immutable; any thread.
#pragma once

#include <string>

#include "data/value.h"
#include "wire/column_format.h"

namespace kc::server {

class ValueConversion {
 public:
  // With `cut`, numbers beyond the new range become its end and texts too long are cut, instead of
  // being refused (validate_change_column=false). Throws Error(fail_task) when no value of the one
  // type is one of the other.
  ValueConversion(const wire::Column& from, const wire::Column& to, bool cut);

  // Every value is one of the new type as it stands: rows need no conversion.
  bool keeps_bytes() const { return keeps_bytes_; }

  // Null stays null. A text may point into `scratch`. Throws Error(fail_task) for a value that
  // means nothing in the new type; a range or form that is left unchecked is what RowProgram
  // checks.
  data::Value convert(const data::Value& value, std::string& scratch) const;

 private:
  [[noreturn]] void refuse(const data::Value& value) const;
  data::Value to_text(const data::Value& value, std::string& scratch) const;
  data::Value to_integer(const data::Value& value) const;
  data::Value to_real(const data::Value& value) const;

  const std::string from_name_;  // of the column
  const wire::BaseType to_base_;
  const wire::ColumnFormat from_;
  const wire::ColumnFormat to_;
  const std::string to_type_;
  const bool cut_;
  bool keeps_bytes_;
};

}  // namespace kc::server
