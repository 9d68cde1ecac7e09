// What the parser makes of a SQL statement. Expressions are trees as they were written; what their
// names mean is found when the statement runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/expression/expression_tree.h"
#include "wire/table_type.h"

namespace kc::server::sql {

// A constant, as written or as a parameter gives it.
struct Literal {
  enum class Kind { null, boolean, number, text, bytes, parameter } kind = Kind::null;
  std::string text{};                // a number with its sign; "true" or "false"; text; bytes
  size_t parameter = 0;              // from 0
  std::optional<size_t> position{};  // in the statement, from 0
};

struct TableName {
  std::string name;  // with its schema if one was given
  size_t position = 0;
};

struct SelectItem {
  NodePtr value;         // none: *, all columns
  std::string header{};  // after AS; empty: none given
  size_t position = 0;
};

// An expression, or the place of one in the select list.
struct ItemReference {
  NodePtr value;     // none: by `place`
  size_t place = 0;  // ORDER BY 2: in the select list, from 0
  size_t position = 0;
};

struct OrderItem {
  ItemReference item;
  bool descending = false;
  std::optional<bool> nulls_last{};
};

struct Select {
  bool distinct = false;
  std::vector<SelectItem> items;
  std::optional<TableName> table;
  std::string alias;
  NodePtr where;  // none: every row
  std::vector<ItemReference> group;
  NodePtr having;  // none: every group
  std::vector<OrderItem> order;
  std::optional<Literal> limit;
  std::optional<Literal> offset;
};

struct Insert {
  TableName table;
  std::vector<std::string> columns;  // empty: all, in the table's order
  std::vector<std::vector<Literal>> rows;
};

struct Assignment {
  std::string column;
  Literal value;
  size_t position = 0;
};

struct Update {
  TableName table;
  std::vector<Assignment> assignments;
  NodePtr where;
};

struct Delete {
  TableName table;
  NodePtr where;
};

struct Truncate {
  TableName table;
};

struct CreateTable {
  TableName table;
  std::vector<wire::Column> columns;
  bool or_replace = false;
  bool if_not_exists = false;
};

struct DropTable {
  TableName table;
  bool if_exists = false;
};

struct CreateSchema {
  std::string name;
  bool if_not_exists = false;
};

struct DropSchema {
  std::string name;
  bool if_exists = false;
  bool cascade = false;
};

using Statement = std::variant<Select, Insert, Update, Delete, Truncate, CreateTable, DropTable,
                               CreateSchema, DropSchema>;

}  // namespace kc::server::sql
