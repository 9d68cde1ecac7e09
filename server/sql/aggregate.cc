#include "server/sql/aggregate.h"

#include <array>
#include <utility>
#include <vector>

#include "base/error.h"
#include "wire/column_format.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;

bool is_whole(const ResultColumn& column) {
  return column.type == BaseType::int_ ||
         (column.type == BaseType::long_ && column.type_name == "long");
}

bool is_numeric(const ResultColumn& column) {
  return is_whole(column) || column.type == BaseType::float_ || column.type == BaseType::double_ ||
         column.type_name.starts_with("decimal");
}

}  // namespace

std::optional<Aggregate::Function> Aggregate::find(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Function>, 5> known = {
      {{"count", Function::count},
       {"min", Function::minimum},
       {"max", Function::maximum},
       {"sum", Function::sum},
       {"avg", Function::average}}};
  for (const auto& [known_name, function] : known) {
    if (known_name == name) return function;
  }
  return std::nullopt;
}

Aggregate::Aggregate(Function function, const Node* argument, const wire::TableType& type,
                     std::string header)
    : function_(function), type_(type) {
  column_ = {std::move(header), BaseType::long_, false, "long"};
  if (argument == nullptr) return;
  argument_.emplace(*argument, type);
  if (function == Function::count) return;
  const ResultColumn values = result_column(argument_->result_column(column_.header));
  if (function == Function::minimum || function == Function::maximum) {
    column_ = values;
  } else if (!is_numeric(values)) {
    throw Error(Reaction::fail_task, "SQL: SUM and AVG take numbers, no values of type {}",
                values.type_name);
  } else if (function == Function::average || !is_whole(values)) {
    column_.type = BaseType::double_;
    column_.type_name = "double";
  }
  column_.nullable = true;
}

void Aggregate::add(std::span<const Value> values, std::string_view row) {
  if (!argument_) {
    ++count_;
    return;
  }
  const Scalar value = argument_->value(values);
  if (value.is_null()) return;
  ++count_;
  if (function_ == Function::sum || function_ == Function::average) return add_to_sum(value);
  if (function_ == Function::count) return;
  const bool is_first = count_ == 1;
  const bool is_better =
      function_ == Function::minimum ? compare(value, extreme_) < 0 : compare(value, extreme_) > 0;
  if (!is_first && !is_better) return;
  extreme_ = value;
  extreme_row_ = row;
}

void Aggregate::add_to_sum(const Scalar& value) {
  if (value.kind == ScalarKind::number && value.scale == 0) {
    // 2^63 rows of 64-bit numbers fit.
    sum_ += value.number;
  } else {
    real_sum_ += static_cast<long double>(to_real(value));
  }
}

Value Aggregate::result(std::string& text) const {
  if (function_ == Function::count) return Value::int64(count_);
  if (count_ == 0) return {};
  const long double sum = static_cast<long double>(sum_) + real_sum_;
  switch (function_) {
    case Function::average:
      return Value::float64(static_cast<double>(sum / static_cast<long double>(count_)));
    case Function::sum:
      if (column_.type == BaseType::double_) return Value::float64(static_cast<double>(sum));
      if (sum_ != static_cast<int64_t>(sum_)) {
        throw Error(Reaction::fail_task, "SQL: the sum `{}` does not fit into 64 bits",
                    column_.header);
      }
      return Value::int64(static_cast<int64_t>(sum_));
    default: {
      std::vector<Value> values;
      wire::decode_row(type_, extreme_row_, values);
      return argument_->result(values, text);
    }
  }
}

}  // namespace kc::server::sql
