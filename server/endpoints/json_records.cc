// Records as plain JSON, apart from the protocol's JSON mode: /insert/records/json and
// /get/records/json with their parameters in the URL, and /insert/records/frompayload for payloads
// of JSON. A table that is missing is created from the records: whole numbers become long, others
// double, true and false boolean, lists and objects json, all nullable. Left out: payloads of other
// kinds (CSV, Avro, Parquet), their options, and `having`; they are refused.
#include <algorithm>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/rows/row_text.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using wire::BaseType;
using wire::Json;

// A record, or a list of them.
std::vector<Json> read_records(std::string_view text) {
  Json json = wire::parse_json(text);
  if (json.is_discarded() || !json.is_structured()) {
    throw Error(Reaction::fail_task,
                "The payload is neither a JSON object nor a list of them, or is nested too deeply");
  }
  if (json.is_object()) return {std::move(json)};
  return {json.begin(), json.end()};
}

// Properties that the release lacks are left out: a boolean is then a number, an object a text.
wire::Column column_of(const std::string& name, const Json& value, Release release) {
  wire::Column column{name, BaseType::string, {"nullable"}};
  if (value.is_number_integer()) column.type = BaseType::long_;
  if (value.is_number_float()) column.type = BaseType::double_;
  if (value.is_structured() && release >= Release::v7_2) column.properties.emplace_back("json");
  if (value.is_boolean()) {
    column.type = BaseType::int_;
    if (release >= Release::v7_1) column.properties.emplace_back("boolean");
  }
  return column;
}

wire::TableType infer_type(const std::vector<Json>& records, Release release) {
  std::vector<wire::Column> columns;
  for (const Json& record : records) {
    if (!record.is_object()) continue;
    for (const auto& [name, value] : record.items()) {
      if (value.is_null()) continue;
      wire::Column column = column_of(name, value, release);
      const auto known = std::ranges::find(columns, name, &wire::Column::name);
      if (known == columns.end()) {
        columns.push_back(std::move(column));
      } else if (*known != column) {
        const auto is_number = [](const wire::Column& of) {
          return of.type == BaseType::long_ || of.type == BaseType::double_;
        };
        const bool numbers = is_number(*known) && is_number(column);
        *known = {name, numbers ? BaseType::double_ : BaseType::string, {"nullable"}};
      }
    }
  }
  if (columns.empty()) {
    throw Error(Reaction::fail_task, "The payload has no values to create a table from");
  }
  return wire::TableType(std::move(columns));
}

std::shared_ptr<Table> open_table(Call& call, const std::string& name,
                                  const wire::Options& create_options,
                                  const std::vector<Json>& records) {
  Catalog& catalog = call.database.catalog;
  if (catalog.find_table(name)) return catalog.table_to_write(name);
  std::string type_id = option(create_options, "type_id");
  if (type_id.empty()) {
    const wire::TableType type = infer_type(records, call.database.options.kinetica.release);
    type_id = catalog.create_type(type.definition(), "", type.properties())->id;
  }
  return catalog.create_table(name, type_id, option(create_options, "collection_name"), true);
}

wire::InsertRecordsFromPayloadResponse insert_json(Call& call, const std::string& table_name,
                                                   std::string_view payload,
                                                   const wire::Options& create_options,
                                                   const wire::Options& given) {
  const std::vector<Json> records = read_records(payload);
  InsertOptions options = read_insert_options(call, given);
  const auto table = open_table(call, table_name, create_options, records);
  if (flag(given, "truncate_table") || flag(create_options, "truncate_table")) table->erase_all();
  const auto type = table->type();
  std::vector<std::string> rows;
  std::vector<RowError> errors;
  for (size_t i = 0; i < records.size(); ++i) {
    try {
      if (!records[i].is_object()) throw Error(Reaction::skip_record, "it is not a JSON object");
      rows.push_back(row_from_json_object(type->type, records[i]));
    } catch (const Error& e) {
      if (!options.allow_partial_batch) {
        throw Error(Reaction::fail_task, "Record {} is refused: {}", i, e.what());
      }
      errors.push_back({i, e.what()});
    }
  }
  const std::vector<std::string_view> all(rows.begin(), rows.end());
  const auto taken = rows_to_take(call, all);
  wire::InsertRecordsFromPayloadResponse response{.table_name = table_name,
                                                  .type_id = type->id,
                                                  .type_definition = type->definition,
                                                  .type_label = type->label,
                                                  .type_properties = type->properties};
  const InsertResult result = table->insert(taken, options, type.get());
  count_at_rank(call, *table, taken, result, options, response.info);
  response.count_inserted = result.inserted;
  response.count_updated = result.updated;
  response.count_skipped = static_cast<int64_t>(records.size()) - result.inserted - result.updated;
  return response;
}

std::string plain_body(std::string_view data_type, Json data) {
  const Json body = {
      {"status", "OK"}, {"message", ""}, {"data_type", data_type}, {"data", std::move(data)}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string table_of_query(const Call& call) {
  std::string name = option(call.query, "table_name");
  if (name.empty()) throw Error(Reaction::fail_task, "The URL has no parameter table_name");
  return name;
}

std::string insert_records_json(Call& call, std::string_view body, bool) {
  const auto response = insert_json(call, table_of_query(call), body, call.query, call.query);
  return plain_body(response.name, wire::to_json_value(response));
}

int64_t number_of_query(const Call& call, const std::string& name, int64_t missing) {
  const std::string text = option(call.query, name);
  if (text.empty()) return missing;
  const auto number = parse_number(text);
  if (!number || number->kind != ScalarKind::number || number->scale != 0 ||
      number->number != static_cast<int64_t>(number->number)) {
    throw Error(Reaction::fail_task, "The URL's parameter {} is `{}`, which is no whole number",
                name, text);
  }
  return static_cast<int64_t>(number->number);
}

// The named columns of a record, in the order of their names; all where none is named.
Json chosen_columns(const Json& record, const std::vector<std::string>& names) {
  if (names.empty()) return record;
  Json chosen = Json::object();
  for (const std::string& name : names) chosen[name] = record[name];
  return chosen;
}

std::vector<std::string> column_names(const Call& call, const wire::TableType& type) {
  std::vector<std::string> names;
  const std::string list = option(call.query, "column_names");
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    std::string name = list.substr(begin, end - begin);
    begin = end + 1;
    if (name == "*") return {};
    if (!type.find(name)) throw Error(Reaction::fail_task, "`{}` is not a column", name);
    names.push_back(std::move(name));
  }
  return names;
}

std::string get_records_json(Call& call, std::string_view, bool) {
  refuse_option(call.query, "having");
  const Page page = read_page(number_of_query(call, "offset", 0),
                              number_of_query(call, "limit", wire::end_of_set),
                              call.database.options.get_records_max);
  open_to_read(call, table_of_query(call));
  const auto type = call.reading->type();
  auto filter = read_filter(option(call.query, "expression"), type->type);
  const auto order = read_order(call.query, type->type);
  const auto names = column_names(call, type->type);
  const auto selected = select_rows(*call.reading, type->type, filter ? &*filter : nullptr,
                                    order ? &*order : nullptr, page);
  Json records = Json::array();
  for (const std::string_view row : selected.rows) {
    records.push_back(chosen_columns(Json::parse(row_to_json(type->type, row)), names));
  }
  return plain_body("get_records_json_response", {{"records", std::move(records)},
                                                  {"has_more_records", selected.more},
                                                  {"total_number_of_records", selected.total}});
}

wire::InsertRecordsFromPayloadResponse insert_from_payload(
    Call& call, const wire::InsertRecordsFromPayloadRequest& request) {
  const std::string kind = option(request.options, "file_type");
  if (kind != "json" || request.data_text.empty()) {
    throw Error(Reaction::fail_task,
                "This server takes payloads of JSON only, as data_text with the option file_type "
                "`json` (it is `{}`)",
                kind);
  }
  return insert_json(call, request.table_name, request.data_text, request.create_table_options,
                     request.options);
}

}  // namespace

std::vector<Endpoint> json_record_endpoints() {
  return {{"/insert/records/json", insert_records_json},
          {"/get/records/json", get_records_json},
          endpoint<insert_from_payload>};
}

}  // namespace kc::server
