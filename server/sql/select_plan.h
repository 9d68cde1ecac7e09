// A SELECT made ready for one table and one list of parameters.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/expression/expression.h"
#include "server/rows/dynamic_result.h"
#include "server/sql/binder.h"
#include "server/sql/grouping.h"
#include "server/sql/row_source.h"
#include "server/sql/statement.h"
#include "server/tables/table.h"
#include "wire/column_format.h"

namespace kc::server::sql {

// Which rows of a result are wanted.
struct Window {
  size_t offset = 0;
  size_t limit = SIZE_MAX;
};

// Belongs to one thread.
class SelectPlan {
 public:
  // `type` is the table's, or nothing for a query without one; it outlives the plan. Throws
  // Error(fail_task) for what is not understood.
  SelectPlan(const Select& select, const Binder& binder, const wire::TableType* type);
  SelectPlan(const SelectPlan&) = delete;
  SelectPlan& operator=(const SelectPlan&) = delete;

  const std::vector<ResultColumn>& columns() const { return columns_; }

  // Calls `take` with the values of each row of the window, in order, and returns how many rows
  // the whole result has. `reading` is nullptr without a table.
  using Take = std::function<void(std::span<const data::Value>)>;
  size_t run(const Table::Reading* reading, Window window, const Take& take);

 private:
  struct Item {
    NodePtr tree;
    std::string header;
    size_t position;
  };
  struct SortKey {
    Expression expression;
    bool descending;
    bool nulls_last;
  };

  std::vector<Item> read_items(const Select& select, const Binder& binder) const;
  NodePtr resolve(const ItemReference& reference, std::span<const Item> items,
                  const Binder& binder) const;
  void add_column(const Node& tree, std::string header);
  Window clip(Window window) const;
  size_t result_rows(size_t chosen) const;
  bool chooses(std::string_view row);
  void emit(std::string_view row, const Take& take);
  size_t run_sorted(const RowSource& rows, Window window, const Take& take);
  size_t run_in_order(const RowSource& rows, Window window, const Take& take);

  const bool has_table_;
  const wire::TableType& table_type_;
  std::optional<Expression> where_;  // of the table's rows
  std::optional<Grouping> grouping_;
  // From here on of the groups' rows where there is a grouping, else of the table's.
  wire::TableType type_;
  std::optional<Expression> having_;
  const Expression* filter_ = nullptr;
  std::vector<ResultColumn> columns_;
  std::vector<Expression> expressions_;
  // Of the columns whose texts are brought into one form.
  std::vector<std::optional<wire::ColumnFormat>> formed_;
  std::vector<SortKey> sort_keys_;
  size_t offset_ = 0;
  size_t limit_ = SIZE_MAX;
  std::vector<data::Value> values_;   // of the row at hand
  std::vector<data::Value> results_;  // of its result
  std::vector<std::string> texts_;
};

}  // namespace kc::server::sql
