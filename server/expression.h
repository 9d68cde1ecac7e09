// Filter expressions, as far as Kinetica's key lookups and this project's tests use them. What is
// not understood is an error, never a wrong answer. (Kinetica documentation, "Expressions".)
//
//   or      = and { "or" and }              and   = unary { "and" unary }
//   unary   = "not" unary | "(" or ")" | "is_null" "(" column ")" | operand op operand
//   operand = column | number | "text" | 'text'
//   op      = "=" | "==" | "!=" | "<>" | "<" | "<=" | ">" | ">="
//
// A comparison with null is neither true nor false, and such a row is not chosen. Numbers are
// compared as numbers, texts byte by byte.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "wire/table_type.h"

namespace kc::server {

class Expression {
 public:
  // Throws Error(fail_task) saying what is not understood. `type` outlives the expression.
  Expression(std::string_view text, const wire::TableType& type);
  ~Expression();
  Expression(Expression&&) noexcept;

  // Not thread-safe.
  bool chooses(std::string_view row);

  struct Node;

 private:
  const wire::TableType& type_;
  std::unique_ptr<Node> root_;
  std::vector<data::Value> values_;
};

}  // namespace kc::server
