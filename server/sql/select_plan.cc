#include "server/sql/select_plan.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <utility>

#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using data::Value;
using wire::BaseType;

// What a query without a table reads: one row of one column that nobody can name.
const wire::TableType& no_table_type() {
  static const wire::TableType type({{"", BaseType::int_, {"nullable"}}});
  return type;
}
constexpr std::string_view no_table_row = "\2";

// A constant's column is as narrow as the constant.
std::optional<ResultColumn> constant_column(const Node& tree) {
  const bool negative = tree.kind == Node::Kind::minus;
  const Node& node = negative ? *tree.parts[0] : tree;
  if (node.kind == Node::Kind::truth) return ResultColumn{"", BaseType::int_, false, "boolean"};
  if (node.kind != Node::Kind::number) return std::nullopt;
  int32_t value = 0;
  const char* const end = node.text.data() + node.text.size();
  const auto [last, error] = std::from_chars(node.text.data(), end, value);
  if (error != std::errc() || last != end) return std::nullopt;
  return ResultColumn{"", BaseType::int_, false, "int"};
}

// What Kinetica calls a column without a name; the clients' recordings call SELECT 1 "one".
std::string default_header(const Node& tree, size_t place) {
  if (tree.kind == Node::Kind::column) return tree.text;
  if (tree.kind == Node::Kind::number && tree.text == "1") return "one";
  return "EXPR$" + std::to_string(place);
}

size_t read_count(const Binder& binder, const std::optional<Literal>& given, size_t missing) {
  if (!given) return missing;
  const Literal literal = binder.resolve(*given);
  if (literal.kind == Literal::Kind::null) return missing;  // a parameter that is not known yet
  size_t count = 0;
  const char* const end = literal.text.data() + literal.text.size();
  const auto [last, error] = std::from_chars(literal.text.data(), end, count);
  if (literal.kind != Literal::Kind::number || error != std::errc() || last != end) {
    fail_at(given->position.value_or(0), "`" + literal.text + "` is not a number of rows");
  }
  return count;
}

// A NaN is above all numbers, so that there is an order.
std::weak_ordering order_of(const Scalar& left, const Scalar& right) {
  const auto order = compare(left, right);
  if (order < 0) return std::weak_ordering::less;
  if (order > 0) return std::weak_ordering::greater;
  if (order == 0) return std::weak_ordering::equivalent;
  const auto is_nan = [](const Scalar& value) { return value.real != value.real; };
  return is_nan(left) <=> is_nan(right);
}

bool is_aggregate(const Node& tree) {
  return tree.kind == Node::Kind::call && Aggregate::find(tree.text).has_value();
}

}  // namespace

SelectPlan::SelectPlan(const Select& select, const Binder& binder, const wire::TableType* type)
    : has_table_(type != nullptr), type_(has_table_ ? *type : no_table_type()) {
  for (const SelectItem& item : select.items) add_item(item, binder);
  if (!aggregates_.empty() && !expressions_.empty()) {
    fail_at(select.items[0].position,
            "columns and aggregates cannot be mixed: GROUP BY is not known here");
  }
  if (select.where) where_.emplace(*binder.bind(*select.where), type_);
  for (const OrderItem& item : select.order) add_sort_key(item, select, binder);
  offset_ = read_count(binder, select.offset, 0);
  limit_ = read_count(binder, select.limit, SIZE_MAX);
  results_.resize(columns_.size());
  texts_.resize(columns_.size());
}

void SelectPlan::add_item(const SelectItem& item, const Binder& binder) {
  if (!item.value) return add_all_columns(item.position);
  const NodePtr tree = binder.bind(*item.value);
  std::string header = item.header.empty() ? default_header(*tree, columns_.size()) : item.header;
  if (!is_aggregate(*tree)) return add_value(*tree, std::move(header));
  const bool is_count = tree->text == "count";
  const bool of_all = tree->parts.size() == 1 && tree->parts[0]->kind == Node::Kind::star;
  if (tree->parts.size() != 1 || (of_all && !is_count)) {
    fail_at(item.position, "`" + tree->text + "` takes one column");
  }
  aggregates_.emplace_back(*Aggregate::find(tree->text), of_all ? nullptr : tree->parts[0].get(),
                           type_, std::move(header));
  columns_.push_back(aggregates_.back().column());
}

void SelectPlan::add_all_columns(size_t position) {
  if (!has_table_) fail_at(position, "`*` needs a table");
  for (const wire::Column& column : type_.columns()) {
    expressions_.emplace_back(Node{.kind = Node::Kind::column, .text = column.name}, type_);
    columns_.push_back(result_column(column));
    note_form();
  }
}

// Kinetica's SQL gives times with their milliseconds, and JDBC cannot read them otherwise.
void SelectPlan::note_form() {
  const ResultColumn& column = columns_.back();
  auto& form = formed_.emplace_back();
  if (column.type_name != "time" && column.type_name != "datetime") return;
  form = wire::column_format({column.header, column.type, {column.type_name}});
}

void SelectPlan::add_value(const Node& tree, std::string header) {
  Expression& expression = expressions_.emplace_back(tree, type_);
  auto column = constant_column(tree);
  if (!column) column = result_column(expression.result_column(header));
  column->header = std::move(header);
  columns_.push_back(std::move(*column));
  note_form();
}

void SelectPlan::add_sort_key(const OrderItem& item, const Select& select, const Binder& binder) {
  const Node* tree = item.value.get();
  if (tree == nullptr) {
    // * would move the places.
    if (item.place >= select.items.size() ||
        std::ranges::any_of(select.items, [](const auto& i) { return i.value == nullptr; })) {
      fail_at(item.position, "there is no such place in the select list");
    }
    tree = select.items[item.place].value.get();
  } else if (tree->kind == Node::Kind::column && tree->qualifier.empty()) {
    const auto named = std::ranges::find(select.items, tree->text, &SelectItem::header);
    if (named != select.items.end()) tree = named->value.get();
  }
  if (is_aggregate(*tree)) return;  // one row needs no order
  sort_keys_.push_back({Expression(*binder.bind(*tree), type_), item.descending,
                        item.nulls_last.value_or(item.descending)});
}

// The window of the result as one of the chosen rows.
Window SelectPlan::clip(Window window) const {
  const size_t left = limit_ - std::min(limit_, window.offset);
  const size_t offset = window.offset > SIZE_MAX - offset_ ? SIZE_MAX : offset_ + window.offset;
  return {offset, std::min(left, window.limit)};
}

size_t SelectPlan::result_rows(size_t chosen) const {
  return std::min(chosen - std::min(chosen, offset_), limit_);
}

bool SelectPlan::chooses(std::string_view row) {
  wire::decode_row(type_, row, values_);
  return !where_ || where_->chooses(std::span<const Value>(values_));
}

void SelectPlan::emit(std::string_view row, const Take& take) {
  wire::decode_row(type_, row, values_);
  for (size_t i = 0; i < expressions_.size(); ++i) {
    results_[i] = expressions_[i].result(values_, texts_[i]);
    if (!formed_[i] || results_[i].is_null()) continue;
    texts_[i] = scalar_text(expressions_[i].value(values_), *formed_[i]);
    results_[i] = Value::string(texts_[i]);
  }
  take(results_);
}

size_t SelectPlan::run(const Table::Reading* reading, Window window, const Take& take) {
  window = clip(window);
  if (reading == nullptr) {
    if (!aggregates_.empty()) {
      throw base::Error(base::Reaction::fail_task, "SQL: an aggregate needs a table");
    }
    if (chooses(no_table_row) && window.offset == 0 && window.limit > 0) emit(no_table_row, take);
    return result_rows(1);
  }
  if (!aggregates_.empty()) return run_aggregates(*reading, window, take);
  if (!sort_keys_.empty()) return run_sorted(*reading, window, take);
  return run_in_order(*reading, window, take);
}

size_t SelectPlan::run_aggregates(const Table::Reading& reading, Window window, const Take& take) {
  reading.each(0, [&](std::string_view row) {
    if (!chooses(row)) return true;
    for (Aggregate& aggregate : aggregates_) aggregate.add(values_, row);
    return true;
  });
  for (size_t i = 0; i < aggregates_.size(); ++i) results_[i] = aggregates_[i].result(texts_[i]);
  if (window.offset == 0 && window.limit > 0) take(results_);
  return result_rows(1);
}

size_t SelectPlan::run_sorted(const Table::Reading& reading, Window window, const Take& take) {
  struct Sorted {
    std::string_view row;
    size_t keys;  // where they begin in `keys`
  };
  std::vector<Scalar> keys;
  std::vector<Sorted> chosen;
  reading.each(0, [&](std::string_view row) {
    if (!chooses(row)) return true;
    chosen.push_back({row, keys.size()});
    for (const SortKey& key : sort_keys_) keys.push_back(key.expression.value(values_));
    return true;
  });
  std::ranges::stable_sort(chosen, [&](const Sorted& left, const Sorted& right) {
    for (size_t i = 0; i < sort_keys_.size(); ++i) {
      const Scalar& a = keys[left.keys + i];
      const Scalar& b = keys[right.keys + i];
      if (a.is_null() || b.is_null()) {
        if (a.is_null() == b.is_null()) continue;
        return sort_keys_[i].nulls_last ? b.is_null() : a.is_null();
      }
      const auto order = sort_keys_[i].descending ? order_of(b, a) : order_of(a, b);
      if (order != 0) return order < 0;
    }
    return false;
  });
  const size_t begin = std::min(window.offset, chosen.size());
  const size_t end = begin + std::min(window.limit, chosen.size() - begin);
  for (size_t i = begin; i < end; ++i) emit(chosen[i].row, take);
  return result_rows(chosen.size());
}

size_t SelectPlan::run_in_order(const Table::Reading& reading, Window window, const Take& take) {
  size_t taken = 0;
  if (!where_) {
    if (window.limit == 0) return result_rows(reading.size());
    reading.each(window.offset, [&](std::string_view row) {
      emit(row, take);
      return ++taken < window.limit;
    });
    return result_rows(reading.size());
  }
  size_t chosen = 0;
  reading.each(0, [&](std::string_view row) {
    if (!chooses(row)) return true;
    if (chosen++ >= window.offset && taken < window.limit) {
      emit(row, take);
      ++taken;
    }
    return limit_ > SIZE_MAX - offset_ || chosen < offset_ + limit_;
  });
  return result_rows(chosen);
}

}  // namespace kc::server::sql
