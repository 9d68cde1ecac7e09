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
const std::string no_table_rows[] = {"\2"};

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

}  // namespace

SelectPlan::SelectPlan(const Select& select, const Binder& binder, const wire::TableType* type)
    : has_table_(type != nullptr), table_type_(has_table_ ? *type : no_table_type()) {
  std::vector<Item> items = read_items(select, binder);
  std::vector<NodePtr> keys;
  for (const ItemReference& key : select.group) keys.push_back(resolve(key, items, binder));
  std::vector<NodePtr> order;
  for (const OrderItem& key : select.order) order.push_back(resolve(key.item, items, binder));
  NodePtr having = select.having ? binder.bind(*select.having) : nullptr;
  const bool aggregates =
      std::ranges::any_of(items, [](const Item& item) { return has_aggregate(*item.tree); }) ||
      std::ranges::any_of(order, [](const NodePtr& tree) { return has_aggregate(*tree); });
  if (select.where) where_.emplace(*binder.bind(*select.where), table_type_);
  if (aggregates || having || select.distinct || !keys.empty()) {
    if (select.distinct && (aggregates || having || !keys.empty())) {
      fail_at(items[0].position, "DISTINCT beside groups or aggregates is not known here");
    }
    if (select.distinct) {
      for (const Item& item : items) keys.push_back(copy_of(*item.tree));
    }
    grouping_.emplace(std::move(keys), table_type_);
    for (Item& item : items) item.tree = grouping_->lift(*item.tree);
    for (NodePtr& tree : order) tree = grouping_->lift(*tree);
    if (having) having = grouping_->lift(*having);
  }
  type_ = grouping_ ? grouping_->type() : table_type_;
  if (having) having_.emplace(*having, type_);
  for (Item& item : items) add_column(*item.tree, std::move(item.header));
  for (size_t i = 0; i < order.size(); ++i) {
    const bool descending = select.order[i].descending;
    sort_keys_.push_back({Expression(*order[i], type_), descending,
                          select.order[i].nulls_last.value_or(descending)});
  }
  offset_ = read_count(binder, select.offset, 0);
  limit_ = read_count(binder, select.limit, SIZE_MAX);
  results_.resize(columns_.size());
  texts_.resize(columns_.size());
}

// With the columns that * stands for.
std::vector<SelectPlan::Item> SelectPlan::read_items(const Select& select,
                                                     const Binder& binder) const {
  std::vector<Item> items;
  for (const SelectItem& item : select.items) {
    if (item.value) {
      NodePtr tree = binder.bind(*item.value);
      std::string header = item.header.empty() ? default_header(*tree, items.size()) : item.header;
      items.push_back({std::move(tree), std::move(header), item.position});
      continue;
    }
    if (!has_table_) fail_at(item.position, "`*` needs a table");
    for (const wire::Column& column : table_type_.columns()) {
      items.push_back(
          {std::make_unique<Node>(
               Node{.kind = Node::Kind::column, .text = column.name, .position = item.position}),
           column.name, item.position});
    }
  }
  return items;
}

// An item by its place or its header, or an expression of its own.
NodePtr SelectPlan::resolve(const ItemReference& reference, std::span<const Item> items,
                            const Binder& binder) const {
  if (!reference.value) {
    if (reference.place >= items.size()) {
      fail_at(reference.position, "there is no such place in the select list");
    }
    return copy_of(*items[reference.place].tree);
  }
  const Node& tree = *reference.value;
  if (tree.kind == Node::Kind::column && tree.qualifier.empty()) {
    const auto named = std::ranges::find(items, tree.text, &Item::header);
    if (named != items.end()) return copy_of(*named->tree);
  }
  return binder.bind(tree);
}

void SelectPlan::add_column(const Node& tree, std::string header) {
  Expression& expression = expressions_.emplace_back(tree, type_);
  auto column = constant_column(tree);
  if (!column) column = result_column(expression.result_column(header));
  column->header = std::move(header);
  columns_.push_back(std::move(*column));
  // Kinetica's SQL gives times with their milliseconds, and JDBC cannot read them otherwise.
  const ResultColumn& added = columns_.back();
  auto& form = formed_.emplace_back();
  if (added.type_name == "time" || added.type_name == "datetime") {
    form = wire::column_format({added.header, added.type, {added.type_name}});
  }
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
  return filter_ == nullptr || filter_->chooses(std::span<const Value>(values_));
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
  const auto pointer = [](const auto& maybe) { return maybe ? &*maybe : nullptr; };
  window = clip(window);
  RowSource rows = reading != nullptr ? RowSource(*reading) : RowSource(no_table_rows);
  std::vector<std::string> groups;
  if (grouping_) {
    groups = grouping_->groups(rows, pointer(where_));
    rows = RowSource(groups);
  }
  filter_ = pointer(grouping_ ? having_ : where_);
  return sort_keys_.empty() ? run_in_order(rows, window, take) : run_sorted(rows, window, take);
}

size_t SelectPlan::run_sorted(const RowSource& rows, Window window, const Take& take) {
  struct Sorted {
    std::string_view row;
    size_t keys;  // where they begin in `keys`
  };
  std::vector<Scalar> keys;
  std::vector<Sorted> chosen;
  rows.each(0, [&](std::string_view row) {
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

size_t SelectPlan::run_in_order(const RowSource& rows, Window window, const Take& take) {
  size_t taken = 0;
  if (filter_ == nullptr) {
    if (window.limit == 0) return result_rows(rows.size());
    rows.each(window.offset, [&](std::string_view row) {
      emit(row, take);
      return ++taken < window.limit;
    });
    return result_rows(rows.size());
  }
  size_t chosen = 0;
  rows.each(0, [&](std::string_view row) {
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
