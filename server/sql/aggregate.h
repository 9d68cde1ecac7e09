// COUNT, MIN, MAX, SUM and AVG over the rows that a query chooses. Nulls are passed over; without
// any value COUNT is 0 and the others are null.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/value.h"
#include "server/expression/expression.h"
#include "server/rows/dynamic_result.h"

namespace kc::server::sql {

class Aggregate {
 public:
  enum class Function { count, minimum, maximum, sum, average };

  // The function of that name in lower case.
  static std::optional<Function> find(std::string_view name);

  // Without an argument: count(*). `type` outlives it. Throws Error(fail_task) when the function
  // cannot be had of such values.
  Aggregate(Function function, const Node* argument, const wire::TableType& type,
            std::string header);

  const ResultColumn& column() const { return column_; }
  // `values` are those of `row`, which stays as long as this is used.
  void add(std::span<const data::Value> values, std::string_view row);
  // Text is kept in `text`. Throws Error(fail_task) when a sum is too large for its column.
  data::Value result(std::string& text) const;

 private:
  void add_to_sum(const Scalar& value);

  const Function function_;
  const wire::TableType& type_;
  std::optional<Expression> argument_;
  ResultColumn column_;
  int64_t count_ = 0;
  Scalar extreme_{};
  std::string_view extreme_row_;
  wire::Int128 sum_ = 0;      // of whole numbers
  long double real_sum_ = 0;  // of others
};

}  // namespace kc::server::sql
