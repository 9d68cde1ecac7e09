// /get/records/bycolumn: columns, `*` and expressions of a table, each with or without an alias, as
// a dynamic result. With an empty table name the expressions are evaluated once. Left out: window
// and aggregate functions, and option convert_wkts_to_wkbs, which is refused.
#include <deque>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;

struct Output {
  Expression expression;
  ResultColumn column;
};

Output read_output(const std::string& text, const wire::TableType& type) {
  NamedExpression named = parse_named_expression(text, type);
  Expression expression(*named.tree, type);
  // A column in other letters or quotes keeps its name.
  if (!named.has_alias && expression.column()) {
    named.name = type.columns()[*expression.column()].name;
  }
  const wire::Column column = expression.result_column(std::move(named.name));
  return {std::move(expression), result_column(column)};
}

std::vector<Output> read_outputs(const wire::Strings& names, const wire::TableType& type) {
  std::vector<Output> outputs;
  for (const std::string& name : names) {
    if (name != "*") {
      outputs.push_back(read_output(name, type));
      continue;
    }
    for (const wire::Column& column : type.columns()) {
      outputs.push_back(read_output(column.name, type));
    }
  }
  if (outputs.empty()) throw Error(Reaction::fail_task, "column_names is empty. Hint: `*`");
  return outputs;
}

// The row of the virtual table without a name.
const wire::TableType& nothing_type() {
  static const wire::TableType type({{"", wire::BaseType::string, {"nullable"}}});
  return type;
}

void add_row(std::span<const Output> outputs, std::span<const Value> row, DynamicResult& result) {
  std::deque<std::string> texts;
  std::vector<Value> values;
  for (const Output& output : outputs) {
    values.push_back(output.expression.result(row, texts.emplace_back()));
  }
  result.add_row(values);
}

void fill(std::span<const Output> outputs, std::span<const std::string_view> rows,
          const wire::TableType& type, DynamicResult& result) {
  std::vector<Value> row;
  for (const std::string_view bytes : rows) {
    wire::decode_row(type, bytes, row);
    add_row(outputs, row, result);
  }
}

std::vector<ResultColumn> columns_of(const std::vector<Output>& outputs) {
  std::vector<ResultColumn> columns;
  for (const Output& output : outputs) columns.push_back(output.column);
  return columns;
}

wire::GetRecordsByColumnResponse get_records_by_column(
    Call& call, const wire::GetRecordsByColumnRequest& request) {
  refuse_option(request.options, "convert_wkts_to_wkbs");
  const ResultEncoding encoding = result_encoding(request.encoding);
  const Page page = read_page(request.offset, request.limit, call.database.options.get_records_max);
  std::shared_ptr<const TypeEntry> held_type;
  if (!request.table_name.empty()) {
    open_to_read(call, request.table_name);
    held_type = call.reading->type();
  }
  const wire::TableType& type = held_type ? held_type->type : nothing_type();
  const auto outputs = read_outputs(request.column_names, type);
  DynamicResult result(columns_of(outputs), encoding);
  wire::GetRecordsByColumnResponse response{.table_name = request.table_name};
  if (!held_type) {
    add_row(outputs, std::vector<Value>(1), result);
    response.total_number_of_records = 1;
  } else {
    auto filter = read_filter(option(request.options, "expression"), type);
    const auto order = read_order(request.options, type);
    const auto selected = select_rows(*call.reading, type, filter ? &*filter : nullptr,
                                      order ? &*order : nullptr, page);
    fill(outputs, selected.rows, type, result);
    response.total_number_of_records = static_cast<int64_t>(selected.total);
    response.has_more_records = selected.more;
  }
  put_result(call, result, response);
  return response;
}

}  // namespace

std::vector<Endpoint> column_read_endpoints() { return {endpoint<get_records_by_column>}; }

}  // namespace kc::server
