#include "server/expression/selection.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/error.h"
#include "server/rows/row_program.h"
#include "server/rows/row_text.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;

// Only the rows of the page stay.
SelectedRows cut_page(std::vector<std::string_view> rows, const Page& page) {
  SelectedRows selected{std::move(rows), 0, false};
  selected.total = selected.rows.size();
  const size_t begin = std::min(page.offset, selected.total);
  const size_t count = std::min(page.limit, selected.total - begin);
  selected.more = begin + count < selected.total;
  const auto first = selected.rows.begin() + static_cast<std::ptrdiff_t>(begin);
  selected.rows.erase(first + static_cast<std::ptrdiff_t>(count), selected.rows.end());
  selected.rows.erase(selected.rows.begin(), first);
  return selected;
}

// Without a filter the rows of the page are all that is looked at.
SelectedRows select_page(const Table::Reading& reading, const Page& page) {
  SelectedRows selected;
  selected.total = reading.size();
  if (page.limit == 0 || page.offset >= selected.total) {
    selected.more = page.offset < selected.total;
    return selected;
  }
  reading.each(page.offset, [&](std::string_view row) {
    selected.rows.push_back(row);
    return selected.rows.size() < page.limit;
  });
  selected.more = page.offset + selected.rows.size() < selected.total;
  return selected;
}

// A page also ends before its rows are too long for one answer; it has one row at least.
SelectedRows end_page(SelectedRows selected, size_t bytes_max) {
  size_t bytes = 0;
  for (size_t i = 0; i < selected.rows.size(); ++i) {
    bytes += selected.rows[i].size();
    if (bytes <= bytes_max || i == 0) continue;
    selected.rows.resize(i);
    selected.more = true;
  }
  return selected;
}

// The bytes of the primary key that the filter demands, as the table's index has them; nothing
// where it demands none.
std::optional<std::string> demanded_key_bytes(const Expression& filter,
                                              const wire::TableType& type) {
  const auto texts = filter.demanded_key();
  if (!texts) return std::nullopt;
  std::vector<wire::Column> columns;
  for (const wire::Column& column : type.columns()) {
    if (column.primary_key()) columns.push_back(column);
  }
  std::deque<std::string> kept;
  std::vector<Value> values;
  std::string row;
  std::string key;
  RowProblem problem;
  const wire::TableType key_type(std::move(columns));
  try {
    for (size_t i = 0; i < texts->size(); ++i) {
      values.push_back(value_from_text(key_type.columns()[i], (*texts)[i], kept));
    }
    wire::encode_row(key_type, values, row);
  } catch (const Error&) {
    return std::nullopt;  // no column holds such a value: the rows themselves will tell
  }
  if (!RowProgram(key_type).check(row, key, problem)) return std::nullopt;
  return key;
}

std::string option_text(const wire::Options& options, const char* name) {
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

}  // namespace

Page read_page(int64_t offset, int64_t limit, int64_t most) {
  if (offset < 0 || (limit < 0 && limit != wire::end_of_set)) {
    throw Error(Reaction::fail_task, "Offset {} and limit {} are not a range", offset, limit);
  }
  const int64_t count = limit == wire::end_of_set ? most : std::min(limit, most);
  return {static_cast<size_t>(offset), static_cast<size_t>(count)};
}

std::vector<OrderBy> parse_order(std::string_view order_by, const wire::TableType& type) {
  Lexer lexer(order_by);
  std::vector<OrderBy> items;
  do {
    NodePtr tree = parse_expression(lexer, Dialect{.double_quotes_name = true, .type = &type});
    const bool descending = lexer.skip("desc") || lexer.skip("descending");
    if (!descending && !lexer.skip("asc")) lexer.skip("ascending");
    items.push_back({std::move(tree), descending});
  } while (lexer.skip(","));
  if (!lexer.at_end()) lexer.fail("asc, desc or `,` should be here");
  return items;
}

std::optional<RowOrder> RowOrder::parse(const std::string& order_by, const wire::TableType& type) {
  if (order_by.find_first_not_of(' ') == std::string::npos) return std::nullopt;
  std::vector<Item> items;
  for (const auto& [tree, descending] : parse_order(order_by, type)) {
    items.push_back({Expression(*tree, type), descending});
  }
  return RowOrder(std::move(items));
}

void RowOrder::sort(std::vector<std::string_view>& rows, const wire::TableType& type) const {
  struct Keyed {
    std::string_view row;
    size_t key;  // where its scalars begin
  };
  std::vector<Scalar> keys;
  std::vector<Keyed> keyed;
  std::vector<Value> values;
  keys.reserve(rows.size() * items_.size());
  keyed.reserve(rows.size());
  for (const std::string_view row : rows) {
    wire::decode_row(type, row, values);
    keyed.push_back({row, keys.size()});
    for (const Item& item : items_) keys.push_back(item.expression.value(values));
  }
  std::ranges::stable_sort(keyed, [&](const Keyed& left, const Keyed& right) {
    for (size_t i = 0; i < items_.size(); ++i) {
      const auto order = order_of(keys[left.key + i], keys[right.key + i]);
      if (order < 0) return !items_[i].descending;
      if (order > 0) return items_[i].descending;
    }
    return false;
  });
  std::ranges::transform(keyed, rows.begin(), &Keyed::row);
}

SelectedRows select_rows(const Table::Reading& reading, const wire::TableType& type,
                         Expression* filter, const RowOrder* order, const Page& page) {
  if (filter == nullptr && order == nullptr) {
    return end_page(select_page(reading, page), page.bytes_max);
  }
  std::vector<std::string_view> rows;
  const auto key = filter != nullptr ? demanded_key_bytes(*filter, type) : std::nullopt;
  if (key) {
    const auto found = reading.find(*key);
    if (found && filter->chooses(*found)) rows.push_back(*found);
  } else {
    reading.each(0, [&](std::string_view row) {
      if (filter == nullptr || filter->chooses(row)) rows.push_back(row);
      return true;
    });
  }
  if (order != nullptr) order->sort(rows, type);
  return end_page(cut_page(std::move(rows), page), page.bytes_max);
}

Scope scope_of(const TypeEntry& type, const Expression* filter) {
  return {&type, filter != nullptr ? demanded_key_bytes(*filter, type.type) : std::nullopt};
}

std::optional<Expression> read_filter(const std::string& expression, const wire::TableType& type) {
  if (expression.find_first_not_of(' ') == std::string::npos) return std::nullopt;
  return Expression(expression, type);
}

std::optional<RowOrder> read_order(const wire::Options& options, const wire::TableType& type) {
  const std::string order_by = option_text(options, "order_by");
  const std::string sort_by = option_text(options, "sort_by");
  const std::string sort_order = option_text(options, "sort_order");
  if (!sort_order.empty() && sort_order != "ascending" && sort_order != "descending") {
    throw Error(Reaction::fail_task, "sort_order `{}` is not known; ascending and descending are",
                sort_order);
  }
  if (!order_by.empty() || sort_by.empty()) return RowOrder::parse(order_by, type);
  const auto column = type.find(sort_by);
  if (!column) {
    throw Error(Reaction::fail_task, "Option sort_by: `{}` is not a column", sort_by);
  }
  const Node tree{.kind = Node::Kind::column, .text = sort_by};
  std::vector<RowOrder::Item> items;
  items.push_back({Expression(tree, type), sort_order == "descending"});
  return RowOrder(std::move(items));
}

}  // namespace kc::server
