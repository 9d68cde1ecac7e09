// The rows of a table that a call asks for: chosen by an expression (by the key index where it
// demands one key), sorted, and cut to a page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/expression/expression.h"
#include "server/tables/table.h"
#include "wire/messages/message_types.h"

namespace kc::server {

// How many rows to pass over and to take.
struct Page {
  size_t offset = 0;
  size_t limit = SIZE_MAX;
  size_t bytes_max = size_t{1} << 30;  // of its rows together, as of a body
};
// Of a request: a limit of wire::end_of_set or beyond `most` is `most`. Throws Error(fail_task) for
// what is not a range.
Page read_page(int64_t offset, int64_t limit, int64_t most);

// "x desc, y": option order_by, which is not empty.
struct OrderBy {
  NodePtr tree;
  bool descending;
};
std::vector<OrderBy> parse_order(std::string_view order_by, const wire::TableType& type);

// Nulls are smaller than anything else.
class RowOrder {
 public:
  struct Item {
    Expression expression;
    bool descending;
  };
  // Of the option order_by. Nothing when it is empty.
  static std::optional<RowOrder> parse(const std::string& order_by, const wire::TableType& type);
  explicit RowOrder(std::vector<Item> items) : items_(std::move(items)) {}

  // Rows that are equal keep their order.
  void sort(std::vector<std::string_view>& rows, const wire::TableType& type) const;

 private:
  std::vector<Item> items_;
};

struct SelectedRows {
  std::vector<std::string_view> rows;  // the page; they live as long as the reading
  size_t total = 0;                    // rows chosen in all
  bool more = false;                   // behind the page
};

// `filter` and `order` may be nullptr.
SelectedRows select_rows(const Table::Reading& reading, const wire::TableType& type,
                         Expression* filter, const RowOrder* order, const Page& page);

// The rows of a table of this type that the filter may choose; every one for nullptr.
Scope scope_of(const TypeEntry& type, const Expression* filter);

// Options expression, order_by, and the older sort_by with sort_order.
std::optional<Expression> read_filter(const std::string& expression, const wire::TableType& type);
std::optional<RowOrder> read_order(const wire::Options& options, const wire::TableType& type);

}  // namespace kc::server
