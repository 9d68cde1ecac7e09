// GROUP BY: the rows that a query chooses become one row for each group, of a type of their own:
// the keys, then the results of the aggregates. The rest of the query, HAVING and ORDER BY
// included, runs on these as on a table's rows.
#pragma once

#include <string>
#include <vector>

#include "server/expression/expression.h"
#include "server/sql/aggregate.h"
#include "server/sql/row_source.h"
#include "wire/table_type.h"

namespace kc::server::sql {

NodePtr copy_of(const Node& tree);

// Is there a call of an aggregate in the expression?
bool has_aggregate(const Node& tree);

class Grouping {
 public:
  // Without keys all rows are one group, also when there are none. The rows' type outlives this.
  Grouping(std::vector<NodePtr> keys, const wire::TableType& type);

  // The expression as one over the groups: keys and aggregates become columns. Throws
  // Error(fail_task) for a column that is neither.
  NodePtr lift(const Node& tree);

  // Of the groups' rows, after the last lift().
  wire::TableType type() const;

  // One row for each group, in the order of the keys, nulls first. `where` may be nullptr.
  std::vector<std::string> groups(const RowSource& rows, const Expression* where) const;

 private:
  struct Key {
    NodePtr tree;
    Expression expression;
  };
  struct Measure {
    NodePtr tree;
    Aggregate aggregate;
  };
  bool is_same(const Node& left, const Node& right) const;

  const wire::TableType& type_;
  std::vector<Key> keys_;
  std::vector<Measure> measures_;
};

}  // namespace kc::server::sql
