// An expression ready to be evaluated: a tree with columns instead of names, and constants of the
// kind that they are compared with. Between server/expression/expression_compiler.cc, which makes
// it, and server/expression/expression.cc, which runs it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "server/expression/expression.h"
#include "server/expression/scalar.h"
#include "wire/column_format.h"

namespace kc::server {

struct Expression::Code {
  enum class Op : uint8_t {
    column,
    constant,
    both,
    either,
    negated,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    in,
    between,
    like,
    is_null,
    add,
    subtract,
    multiply,
    divide,
    minus
  };
  Op op;
  ScalarKind result = ScalarKind::number;
  bool inverted = false;
  bool whole = false;  // a number without a fraction
  // Of `in`: all parts but the first are constants of one kind in ascending order, and whether null
  // was among them, which is left out.
  bool sorted = false;
  bool null_item = false;
  size_t column = 0;
  wire::ColumnFormat format{};
  Scalar constant{};
  std::string source{};  // the constant as it was written; its text
  std::vector<std::unique_ptr<Code>> parts{};
};

// Throws Error(fail_task) with the position of what means nothing for the type.
std::unique_ptr<Expression::Code> compile_expression(const Node& tree, const wire::TableType& type);

// Numbers, of which conditions are some, and null.
inline bool is_truth(const Expression::Code& code) {
  return code.result == ScalarKind::number || code.result == ScalarKind::real ||
         code.result == ScalarKind::null;
}

}  // namespace kc::server
