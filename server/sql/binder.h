// Makes the expressions of a statement ready for its table and one list of parameters.
#pragma once

#include <string>
#include <vector>

#include "server/expression/expression_tree.h"
#include "server/sql/parameters.h"
#include "server/sql/statement.h"
#include "server/sql/tokens.h"

namespace kc::server::sql {

class Binder {
 public:
  // `parameters` may be nullptr: each is null then, to describe a statement that is not run yet.
  // `table` may be nullptr; columns may be qualified with its name or the alias. All outlive the
  // binder.
  Binder(const Tokens& tokens, const Parameters* parameters, const TableName* table,
         std::string alias = "");

  // A copy with constants for parameters, and columns without qualifiers. Throws Error(fail_task)
  // for a qualifier that is none of the table's, and for a parameter that is bytes.
  NodePtr bind(const Node& tree) const;
  // The literal, or the parameter that it stands for.
  Literal resolve(const Literal& literal) const;

 private:
  NodePtr constant(const Node& parameter, size_t index) const;
  void check_qualifier(const Node& column) const;

  const Tokens& tokens_;
  const Parameters* const parameters_;
  const TableName* const table_;
  const std::string alias_;
};

}  // namespace kc::server::sql
