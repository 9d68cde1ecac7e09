#include "server/sql/binder.h"

#include <utility>

namespace kc::server::sql {

namespace {

NodePtr make(Node::Kind kind, std::string text, size_t position) {
  return std::make_unique<Node>(Node{.kind = kind, .text = std::move(text), .position = position});
}

NodePtr number(std::string_view text, size_t position) {
  if (!text.starts_with('-')) return make(Node::Kind::number, std::string(text), position);
  NodePtr minus = make(Node::Kind::minus, "", position);
  minus->parts.push_back(make(Node::Kind::number, std::string(text.substr(1)), position));
  return minus;
}

}  // namespace

Binder::Binder(const Tokens& tokens, const Parameters* parameters, const TableName* table,
               std::string alias)
    : tokens_(tokens), parameters_(parameters), table_(table), alias_(std::move(alias)) {}

Literal Binder::resolve(const Literal& literal) const {
  if (literal.kind != Literal::Kind::parameter) return literal;
  return parameters_ == nullptr ? Literal{} : parameters_->at(literal.parameter);
}

NodePtr Binder::constant(const Node& parameter, size_t index) const {
  const size_t position = parameter.position;
  const Literal literal = resolve({.kind = Literal::Kind::parameter, .parameter = index});
  switch (literal.kind) {
    case Literal::Kind::boolean:
      return make(Node::Kind::truth, literal.text, position);
    case Literal::Kind::number:
      return number(literal.text, position);
    case Literal::Kind::text:
      return make(Node::Kind::text, literal.text, position);
    case Literal::Kind::bytes:
      fail_at(position, "a parameter of bytes cannot be part of an expression");
    default:
      return make(Node::Kind::null, "", position);
  }
}

void Binder::check_qualifier(const Node& column) const {
  const std::string& qualifier = column.qualifier;
  if (table_ != nullptr && (qualifier == alias_ || qualifier == table_->name ||
                            table_->name.ends_with("." + qualifier))) {
    return;
  }
  fail_at(column.position, "`" + qualifier + "` is not the table of this statement");
}

NodePtr Binder::bind(const Node& tree) const {
  if (const auto found = tokens_.parameters.find(tree.position);
      found != tokens_.parameters.end() && tree.parts.empty()) {
    return constant(tree, found->second);
  }
  NodePtr copy = make(tree.kind, tree.text, tree.position);
  copy->inverted = tree.inverted;
  if (!tree.qualifier.empty()) check_qualifier(tree);
  for (const NodePtr& part : tree.parts) copy->parts.push_back(bind(*part));
  return copy;
}

}  // namespace kc::server::sql
