// An expression over the columns of a table: Kinetica's filter expressions, and the conditions of
// SQL. What is not understood is an error, never a wrong answer. (Kinetica documentation,
// "Expressions"; the grammar stands in server/expression/expression_tree.h.)
//
// Values are compared as what they mean: numbers exactly, dates, datetimes and timestamps as
// moments, IPv4 addresses and UUIDs by value, texts byte by byte. A quoted constant beside such a
// column is read as a value of its kind. With null a comparison is neither true nor false, and such
// a row is not chosen. Functions: is_null, now, current_timestamp, current_date, current_time.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "server/expression/expression_tree.h"
#include "server/expression/scalar.h"
#include "wire/table_type.h"

namespace kc::server {

// `type` outlives the expression. Not thread-safe.
class Expression {
 public:
  // Throws Error(fail_task) with the position of what is not understood.
  Expression(std::string_view text, const wire::TableType& type);
  // Of a tree that was parsed before. Parameters have been replaced.
  Expression(const Node& tree, const wire::TableType& type);
  ~Expression();
  Expression(Expression&&) noexcept;

  // Is it true for the row? Throws Error(fail_task) when the expression is no condition.
  bool chooses(std::string_view row);
  bool chooses(std::span<const data::Value> row) const;
  // Texts point into the row or the expression.
  Scalar value(std::span<const data::Value> row) const;

  // Set when the expression is a column and nothing else.
  std::optional<size_t> column() const;
  // The expression as a column of a result: as the table's column it names, else long for whole
  // numbers, double for others, string, ... all nullable.
  wire::Column result_column(std::string name) const;
  // The value for such a column; a new text is kept in `text`.
  data::Value result(std::span<const data::Value> row, std::string& text) const;

  // The primary key that every chosen row must have, where the expression demands one: a text for
  // each key column in the table's order, in the column's form.
  std::optional<std::vector<std::string>> demanded_key() const;

  struct Code;

 private:
  void check_condition() const;

  const wire::TableType& type_;
  std::unique_ptr<Code> root_;
  std::vector<data::Value> values_;
};

}  // namespace kc::server
