// Expressions that select rows by the values of columns, as Kinetica's retrievers write them:
//
//   (id = 7) and (name = "x") and (is_null(region))
#pragma once

#include <span>
#include <string>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::kinetica {

struct ColumnValue {
  const wire::Column* column;
  data::Value value;  // null: the row has none there
};

// Throws Error(fail_task) for a value that has no text in expressions: bytes, or a real that is
// not finite.
std::string key_expression(std::span<const ColumnValue> values);

}  // namespace kc::kinetica
