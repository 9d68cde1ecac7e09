// /insert/records: rows as Avro or as JSON texts, upsert, errors by row. Left out: record ids,
// init_with_now and its like (what is sent is stored), request_schema_str and what else came with
// 7.2; options that would change what is stored are refused.
#include <algorithm>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/row_text.h"

namespace kc::server {

namespace {

InsertOptions read_options(const Call& call, const wire::Options& options) {
  for (const char* unknown : {"return_record_ids", "request_schema_str", "transformations",
                              "pk_conflict_predicate_higher", "pk_conflict_predicate_lower"}) {
    refuse_option(options, unknown);
  }
  InsertOptions result;
  result.update_on_existing_pk = flag(options, "update_on_existing_pk");
  result.ignore_existing_pk = flag(options, "ignore_existing_pk");
  result.return_individual_errors = flag(options, "return_individual_errors");
  result.allow_partial_batch = flag(options, "allow_partial_batch");
  result.truncate_strings = flag(options, "truncate_strings");
  result.dry_run = flag(options, "dry_run");
  // The newer option outweighs the older one.
  if (const std::string handling = option(options, "error_handling"); !handling.empty()) {
    result.allow_partial_batch = handling == "permissive" || handling == "skip";
  }
  result.refused_row = call.faults.refused_row;
  return result;
}

// Rows from texts, with an empty row (which is refused later) and its reason for a bad one.
struct TextRows {
  std::vector<std::string> rows;
  std::map<size_t, std::string> reasons;
};

TextRows read_texts(const wire::TableType& type, const wire::Strings& texts) {
  TextRows result;
  for (const std::string& text : texts) {
    try {
      result.rows.push_back(row_from_json(type, text));
    } catch (const base::Error& e) {
      result.reasons.emplace(result.rows.size(), e.what());
      result.rows.emplace_back();
    }
  }
  return result;
}

void describe_errors(const std::vector<RowError>& errors,
                     const std::map<size_t, std::string>& reasons, wire::Options& info) {
  if (errors.empty()) return;
  std::string indices;
  for (const RowError& error : errors) {
    const std::string index = std::to_string(error.row);
    const auto reason = reasons.find(error.row);
    info["error_" + index] = reason == reasons.end() ? error.message : reason->second;
    indices += (indices.empty() ? "" : ",") + index;
  }
  info["bad_record_indices"] = indices;
}

wire::InsertRecordsResponse insert_records(Call& call, const wire::InsertRecordsRequest& request) {
  const auto table = call.database.catalog.table(request.table_name);
  const InsertOptions options = read_options(call, request.options);
  wire::InsertRecordsResponse response;
  InsertResult result;
  TextRows texts;
  if (request.list_encoding == "binary") {
    const auto rows = rows_to_take(call, request.list);
    result = table->insert(rows, options);
    count_at_rank(call, *table, rows, result, options, response.info);
  } else if (request.list_encoding == "json") {
    texts = read_texts(table->type()->type, request.list_str);
    if (!texts.reasons.empty() && !options.return_individual_errors &&
        !options.allow_partial_batch) {
      const auto& [row, reason] = *texts.reasons.begin();
      throw base::Error(base::Reaction::fail_task, "Record {} is refused: {}", row, reason);
    }
    const std::vector<std::string_view> all(texts.rows.begin(), texts.rows.end());
    const auto rows = rows_to_take(call, all);
    result = table->insert(rows, options);
    count_at_rank(call, *table, rows, result, options, response.info);
  } else {
    throw base::Error(base::Reaction::fail_task,
                      "list_encoding `{}` is not known; binary and json are",
                      request.list_encoding);
  }
  response.count_inserted = result.inserted;
  response.count_updated = result.updated;
  describe_errors(result.errors, texts.reasons, response.info);
  return response;
}

}  // namespace

std::vector<Endpoint> insert_endpoints() { return {endpoint<insert_records>}; }

}  // namespace kc::server
