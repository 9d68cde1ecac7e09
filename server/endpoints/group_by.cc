// /aggregate/groupby: a SELECT with GROUP BY in Kinetica's words. Columns and expressions without
// an aggregate are the key. Left out: results in a table of their own, which are refused.
#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/sql/select_plan.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

void read_items(const wire::Strings& names, const wire::TableType& type, sql::Select& select) {
  for (const std::string& name : names) {
    NamedExpression named = parse_named_expression(name, type);
    if (!sql::has_aggregate(*named.tree)) {
      select.group.push_back({.value = nullptr, .place = select.items.size()});
    }
    select.items.push_back({std::move(named.tree), std::move(named.name)});
  }
  if (select.items.empty()) throw Error(Reaction::fail_task, "column_names is empty");
}

// Option order_by, else sort_by: the columns of the key or (as if nothing is said) the aggregates.
void read_order(const wire::Options& options, const wire::TableType& type, sql::Select& select) {
  if (const std::string order_by = option(options, "order_by"); !order_by.empty()) {
    for (auto& [tree, descending] : parse_order(order_by, type)) {
      select.order.push_back({{.value = std::move(tree)}, descending, descending});
    }
    return;
  }
  const std::string sort_by = option(options, "sort_by");
  if (sort_by != "" && sort_by != "key" && sort_by != "value") {
    throw Error(Reaction::fail_task, "Option sort_by is `{}`; it is key or value", sort_by);
  }
  const bool descending = option(options, "sort_order") == "descending";
  for (size_t i = 0; i < select.items.size(); ++i) {
    if (sql::has_aggregate(*select.items[i].value) == (sort_by == "key")) continue;
    select.order.push_back({{.value = nullptr, .place = i}, descending, descending});
  }
}

wire::AggregateGroupByResponse aggregate_group_by(Call& call,
                                                  const wire::AggregateGroupByRequest& request) {
  refuse_option(request.options, "result_table");
  refuse_option(request.options, "create_temp_table");
  const ResultEncoding encoding = result_encoding(request.encoding);
  const Page page = read_page(request.offset, request.limit, call.database.options.get_records_max);
  open_to_read(call, request.table_name);
  const auto held_type = call.reading->type();
  const wire::TableType& type = held_type->type;

  sql::Select select;
  read_items(request.column_names, type, select);
  read_order(request.options, type, select);
  const Dialect dialect{.type = &type};
  if (const std::string where = option(request.options, "expression"); !where.empty()) {
    select.where = parse_expression(where, dialect);
  }
  if (const std::string having = option(request.options, "having"); !having.empty()) {
    select.having = parse_expression(having, dialect);
  }
  const sql::Tokens no_tokens;
  const sql::TableName table{request.table_name};
  const sql::Binder binder(no_tokens, nullptr, &table);
  sql::SelectPlan plan(select, binder, &type);
  DynamicResult result(plan.columns(), encoding);
  const size_t total = plan.run(&*call.reading, {page.offset, page.limit},
                                [&](auto values) { result.add_row(values); });
  wire::AggregateGroupByResponse response;
  response.total_number_of_records = static_cast<int64_t>(total);
  response.has_more_records = page.offset < total && total - page.offset > result.rows();
  put_result(call, result, response);
  return response;
}

}  // namespace

std::vector<Endpoint> group_by_endpoints() { return {endpoint<aggregate_group_by>}; }

}  // namespace kc::server
