// /get/records: rows in the order they came, as Avro or as JSON texts, with the expressions of
// expression.h. Left out: sort_by, and the encodings geojson and arrow; they are refused.
#include <algorithm>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression.h"
#include "server/row_text.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// How many rows to pass over and to take.
struct Range {
  size_t offset;
  size_t limit;
};

Range read_range(const Database& database, const wire::GetRecordsRequest& request) {
  if (request.offset < 0 || (request.limit < 0 && request.limit != wire::end_of_set)) {
    throw Error(Reaction::fail_task, "Offset {} and limit {} are not a range", request.offset,
                request.limit);
  }
  const int64_t most = database.options.get_records_max;
  const int64_t limit = request.limit == wire::end_of_set ? most : std::min(request.limit, most);
  return {static_cast<size_t>(request.offset), static_cast<size_t>(limit)};
}

// The rows of the range; returns how many rows there are in all.
size_t collect(const Table::Reading& reading, const Range& range,
               std::vector<std::string_view>& rows) {
  reading.each(range.offset, [&](std::string_view row) {
    if (rows.size() < range.limit) rows.push_back(row);
    return rows.size() < range.limit;
  });
  return reading.size();
}

size_t collect_chosen(const Table::Reading& reading, const Range& range, Expression& expression,
                      std::vector<std::string_view>& rows) {
  size_t chosen = 0;
  reading.each(0, [&](std::string_view row) {
    if (!expression.chooses(row)) return true;
    if (chosen++ >= range.offset && rows.size() < range.limit) rows.push_back(row);
    return true;
  });
  return chosen;
}

wire::GetRecordsResponse get_records(Call& call, const wire::GetRecordsRequest& request) {
  refuse_option(request.options, "sort_by");
  if (request.encoding != "binary" && request.encoding != "json") {
    throw Error(Reaction::fail_task, "Encoding `{}` is not known; binary and json are",
                request.encoding);
  }
  const Range range = read_range(call.database, request);
  call.table = call.database.catalog.table(request.table_name);
  call.reading.emplace(call.table->read());
  const auto held_type = call.reading->type();
  const TypeEntry& type = *held_type;
  wire::GetRecordsResponse response{
      .table_name = request.table_name, .type_name = type.id, .type_schema = type.definition};
  const std::string text = option(request.options, "expression");
  std::optional<Expression> expression;
  if (!text.empty()) expression.emplace(text, type.type);

  std::vector<std::string_view> rows;
  const size_t total = expression ? collect_chosen(*call.reading, range, *expression, rows)
                                  : collect(*call.reading, range, rows);
  response.total_number_of_records = static_cast<int64_t>(total);
  response.has_more_records = range.offset + rows.size() < total;
  if (request.encoding == "binary") {
    response.records_binary = std::move(rows);
  } else {
    for (std::string_view row : rows) response.records_json.push_back(row_to_json(type.type, row));
  }
  return response;
}

}  // namespace

std::vector<Endpoint> read_endpoints() { return {endpoint<get_records>}; }

}  // namespace kc::server
