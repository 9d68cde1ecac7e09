#include "server/sql/aggregate.h"

#include <array>
#include <utility>
#include <vector>

#include "base/error.h"
#include "server/rows/dynamic_result.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;

std::optional<Aggregate::Function> find_function(std::string_view name) {
  using Function = Aggregate::Function;
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

bool is_whole(const ResultColumn& column) {
  return column.type == BaseType::int_ ||
         (column.type == BaseType::long_ && column.type_name == "long");
}

bool is_numeric(const ResultColumn& column) {
  return is_whole(column) || column.type == BaseType::float_ || column.type == BaseType::double_ ||
         column.type_name.starts_with("decimal");
}

}  // namespace

bool Aggregate::is_aggregate(const Node& tree) {
  return tree.kind == Node::Kind::call && find_function(tree.text).has_value();
}

Aggregate::Aggregate(const Node& tree, const wire::TableType& type)
    : function_(find_function(tree.text).value()), type_(type) {
  const bool of_all = tree.parts.size() == 1 && tree.parts[0]->kind == Node::Kind::star;
  if (tree.parts.size() != 1 || (of_all && function_ != Function::count)) {
    throw Error(Reaction::fail_task, "`{}` takes one column", tree.text);
  }
  column_.type = BaseType::long_;
  if (!of_all) argument_.emplace(*tree.parts[0], type);
  if (function_ == Function::count) return;
  const wire::Column values = argument_->result_column("");
  if (function_ == Function::minimum || function_ == Function::maximum) {
    column_ = values;
  } else if (const ResultColumn column = result_column(values); !is_numeric(column)) {
    throw Error(Reaction::fail_task, "SUM and AVG take numbers, no values of type {}",
                column.type_name);
  } else if (function_ == Function::average || !is_whole(column)) {
    column_.type = BaseType::double_;
  }
  std::erase(column_.properties, "primary_key");
  std::erase(column_.properties, "shard_key");
  if (!column_.nullable()) column_.properties.push_back("nullable");
}

wire::Column Aggregate::column(std::string name) const {
  wire::Column column = column_;
  column.name = std::move(name);
  return column;
}

void Aggregate::add(std::span<const Value> values, std::string_view row, State& state) const {
  if (!argument_) {
    ++state.count;
    return;
  }
  const Scalar value = argument_->value(values);
  if (value.is_null()) return;
  ++state.count;
  if (function_ == Function::sum || function_ == Function::average) {
    return add_to_sum(value, state);
  }
  if (function_ == Function::count) return;
  const bool is_first = state.count == 1;
  const bool is_better = function_ == Function::minimum ? compare(value, state.extreme) < 0
                                                        : compare(value, state.extreme) > 0;
  if (!is_first && !is_better) return;
  state.extreme = value;
  state.extreme_row = row;
}

void Aggregate::add_to_sum(const Scalar& value, State& state) const {
  if (value.kind == ScalarKind::number && value.scale == 0) {
    // 2^63 rows of 64-bit numbers fit.
    state.sum += value.number;
  } else {
    state.real_sum += static_cast<long double>(to_real(value));
  }
}

Value Aggregate::result(const State& state, std::string& text) const {
  if (function_ == Function::count) return Value::int64(state.count);
  if (state.count == 0) return {};
  const long double sum = static_cast<long double>(state.sum) + state.real_sum;
  switch (function_) {
    case Function::average:
      return Value::float64(static_cast<double>(sum / static_cast<long double>(state.count)));
    case Function::sum:
      if (column_.type == BaseType::double_) return Value::float64(static_cast<double>(sum));
      if (state.sum != static_cast<int64_t>(state.sum)) {
        throw Error(Reaction::fail_task, "A sum does not fit into 64 bits");
      }
      return Value::int64(static_cast<int64_t>(state.sum));
    default: {
      std::vector<Value> values;
      wire::decode_row(type_, state.extreme_row, values);
      return argument_->result(values, text);
    }
  }
}

}  // namespace kc::server::sql
