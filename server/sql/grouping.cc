#include "server/sql/grouping.h"

#include <algorithm>
#include <map>
#include <utility>

#include "server/sql/tokens.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using data::Value;
using Kind = Node::Kind;

constexpr size_t measures_max = 1000;

std::string key_name(size_t index) { return "key " + std::to_string(index); }
std::string measure_name(size_t index) { return "aggregate " + std::to_string(index); }

NodePtr column_node(std::string name, const Node& in_place_of) {
  return std::make_unique<Node>(
      Node{.kind = Kind::column, .text = std::move(name), .position = in_place_of.position});
}

struct Less {
  bool operator()(const std::vector<Scalar>& left, const std::vector<Scalar>& right) const {
    return std::ranges::lexicographical_compare(
        left, right, [](const Scalar& a, const Scalar& b) { return order_of(a, b) < 0; });
  }
};

struct Group {
  std::string_view first_row;
  std::vector<Aggregate::State> states;
};

}  // namespace

NodePtr copy_of(const Node& tree) {
  auto copy = std::make_unique<Node>(Node{
      .kind = tree.kind, .text = tree.text, .inverted = tree.inverted, .position = tree.position});
  for (const NodePtr& part : tree.parts) copy->parts.push_back(copy_of(*part));
  return copy;
}

bool has_aggregate(const Node& tree) {
  return Aggregate::is_aggregate(tree) ||
         std::ranges::any_of(tree.parts, [](const NodePtr& part) { return has_aggregate(*part); });
}

Grouping::Grouping(std::vector<NodePtr> keys, const wire::TableType& type) : type_(type) {
  constexpr size_t keys_max = 256;
  if (keys.size() > keys_max) fail_at(keys.back()->position, "these are more than 256 keys");
  for (NodePtr& key : keys) {
    if (has_aggregate(*key)) fail_at(key->position, "there can be no aggregate in a group's key");
    Expression expression(*key, type);
    keys_.push_back({std::move(key), std::move(expression)});
  }
}

bool Grouping::is_same(const Node& left, const Node& right) const {
  if (left.kind != right.kind) return false;
  if (left.kind == Kind::column) {  // which may differ in case
    return Expression(left, type_).column() == Expression(right, type_).column();
  }
  return left.text == right.text && left.inverted == right.inverted &&
         std::ranges::equal(left.parts, right.parts,
                            [this](const NodePtr& a, const NodePtr& b) { return is_same(*a, *b); });
}

NodePtr Grouping::lift(const Node& tree) {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (is_same(tree, *keys_[i].tree)) return column_node(key_name(i), tree);
  }
  if (Aggregate::is_aggregate(tree)) {
    size_t i = 0;
    while (i < measures_.size() && !is_same(tree, *measures_[i].tree)) ++i;
    if (i == measures_max) fail_at(tree.position, "these are more than 1,000 aggregates");
    if (i == measures_.size()) measures_.push_back({copy_of(tree), Aggregate(tree, type_)});
    return column_node(measure_name(i), tree);
  }
  if (tree.kind == Kind::column) {
    fail_at(tree.position,
            "`" + tree.text + "` is neither in GROUP BY nor the argument of an aggregate");
  }
  NodePtr lifted = copy_of(tree);
  for (size_t i = 0; i < tree.parts.size(); ++i) lifted->parts[i] = lift(*tree.parts[i]);
  return lifted;
}

wire::TableType Grouping::type() const {
  std::vector<wire::Column> columns;
  for (size_t i = 0; i < keys_.size(); ++i) {
    columns.push_back(keys_[i].expression.result_column(key_name(i)));
  }
  for (size_t i = 0; i < measures_.size(); ++i) {
    columns.push_back(measures_[i].aggregate.column(measure_name(i)));
  }
  return wire::TableType(std::move(columns));
}

std::vector<std::string> Grouping::groups(const RowSource& rows, const Expression* where) const {
  std::map<std::vector<Scalar>, Group, Less> groups;
  const std::vector<Aggregate::State> fresh(measures_.size());
  if (keys_.empty()) groups.try_emplace({}, Group{{}, fresh});
  std::vector<Value> values;
  std::vector<Scalar> key(keys_.size());
  rows.each(0, [&](std::string_view row) {
    wire::decode_row(type_, row, values);
    if (where != nullptr && !where->chooses(std::span<const Value>(values))) return true;
    std::ranges::transform(keys_, key.begin(),
                           [&](const Key& k) { return k.expression.value(values); });
    auto group = groups.find(key);
    if (group == groups.end()) group = groups.try_emplace(key, Group{row, fresh}).first;
    for (size_t i = 0; i < measures_.size(); ++i) {
      measures_[i].aggregate.add(values, row, group->second.states[i]);
    }
    return true;
  });

  const wire::TableType result_type = type();
  std::vector<std::string> results;
  std::vector<std::string> texts(result_type.columns().size());
  std::vector<Value> result(result_type.columns().size());
  for (const auto& [scalars, group] : groups) {
    if (!keys_.empty()) wire::decode_row(type_, group.first_row, values);
    size_t column = 0;
    for (const Key& k : keys_) {
      result[column] = k.expression.result(values, texts[column]);
      ++column;
    }
    for (size_t i = 0; i < measures_.size(); ++i, ++column) {
      result[column] = measures_[i].aggregate.result(group.states[i], texts[column]);
    }
    wire::encode_row(result_type, result, results.emplace_back());
  }
  return results;
}

}  // namespace kc::server::sql
