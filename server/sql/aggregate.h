// COUNT, MIN, MAX, SUM and AVG over the rows of a group. Nulls are passed over; without any value
// COUNT is 0 and the others are null.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "data/value.h"
#include "server/expression/expression.h"
#include "wire/table_type.h"
#include "wire/value_text.h"

namespace kc::server::sql {

class Aggregate {
 public:
  enum class Function { count, minimum, maximum, sum, average };

  // What one group has come to.
  struct State {
    int64_t count = 0;
    Scalar extreme{};
    std::string_view extreme_row{};
    wire::Int128 sum = 0;      // of whole numbers
    long double real_sum = 0;  // of others
  };

  // Is it a call of one of the functions?
  static bool is_aggregate(const Node& tree);

  // Of such a call. `type` outlives it. Throws Error(fail_task) when the function takes no such
  // argument.
  Aggregate(const Node& tree, const wire::TableType& type);

  // The column of its results.
  wire::Column column(std::string name) const;
  // `values` are those of `row`, which stays as long as the state is used.
  void add(std::span<const data::Value> values, std::string_view row, State& state) const;
  // Text is kept in `text`. Throws Error(fail_task) when a sum is too large for its column.
  data::Value result(const State& state, std::string& text) const;

 private:
  void add_to_sum(const Scalar& value, State& state) const;

  const Function function_;
  const wire::TableType& type_;
  std::optional<Expression> argument_;  // nothing: count(*)
  wire::Column column_;
};

}  // namespace kc::server::sql
