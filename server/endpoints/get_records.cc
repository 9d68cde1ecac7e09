// /get/records: the rows of a table as Avro or as JSON texts, chosen by an expression (server/
// expression.h) and sorted by sort_by. The key index serves every expression that demands a primary
// key, with fast_index_lookup and without. Left out: the encodings geojson and arrow; they are
// refused.
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/rows/row_text.h"

namespace kc::server {

namespace {

wire::GetRecordsResponse get_records(Call& call, const wire::GetRecordsRequest& request) {
  const ResultEncoding encoding = result_encoding(request.encoding);
  const Page page = read_page(request.offset, request.limit, call.database.options.get_records_max);
  open_to_read(call, request.table_name);
  const auto held_type = call.reading->type();
  const TypeEntry& type = *held_type;
  auto filter = read_filter(option(request.options, "expression"), type.type);
  const auto order = read_order(request.options, type.type);

  wire::GetRecordsResponse response{
      .table_name = request.table_name, .type_name = type.id, .type_schema = type.definition};
  auto selected = select_rows(*call.reading, type.type, filter ? &*filter : nullptr,
                              order ? &*order : nullptr, page);
  response.total_number_of_records = static_cast<int64_t>(selected.total);
  response.has_more_records = selected.more;
  if (encoding == ResultEncoding::binary) {
    response.records_binary = std::move(selected.rows);
  } else {
    for (const std::string_view row : selected.rows) {
      response.records_json.push_back(row_to_json(type.type, row));
    }
  }
  return response;
}

}  // namespace

std::vector<Endpoint> read_endpoints() { return {endpoint<get_records>}; }

}  // namespace kc::server
