// /insert/records: rows as Avro or as JSON texts, with every option of Kinetica 7.1 and with
// error_handling. Left out are the options that only 7.2 has: request_schema_str, transformations,
// pk_conflict_predicate_higher and _lower, and enable_inplace_updates = false; they are refused.
#include <algorithm>
#include <map>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/rows/row_text.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// error_handling is the newer word for allow_partial_batch, and outweighs it.
void read_error_handling(const wire::Options& options, InsertOptions& result) {
  const std::string handling = option(options, "error_handling");
  if (handling.empty()) return;
  if (handling != "permissive" && handling != "skip" && handling != "abort") {
    throw Error(Reaction::fail_task,
                "error_handling `{}` is not known; permissive, skip and abort are", handling);
  }
  const bool partial = handling != "abort";
  if (options.contains("allow_partial_batch") && result.allow_partial_batch != partial) {
    throw Error(Reaction::fail_task, "error_handling `{}` contradicts allow_partial_batch `{}`",
                handling, option(options, "allow_partial_batch"));
  }
  result.allow_partial_batch = partial;
  result.permissive = handling == "permissive";
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
    } catch (const Error& e) {
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

// Rows where nobody looks for them would be lost without a word.
void check_list(const wire::InsertRecordsRequest& request) {
  const bool binary = request.list_encoding == "binary";
  if (binary ? request.list_str.empty() : request.list.empty()) return;
  throw Error(Reaction::fail_task, "list_encoding is `{}`, but there are records in {}. Hint: `{}`",
              request.list_encoding, binary ? "list_str" : "list", binary ? "json" : "binary");
}

wire::InsertRecordsResponse insert_records(Call& call, const wire::InsertRecordsRequest& request) {
  check_list(request);
  const auto table = call.database.catalog.table_to_write(request.table_name);
  const InsertOptions options = read_insert_options(call, request.options);
  wire::InsertRecordsResponse response;
  InsertResult result;
  TextRows texts;
  if (request.list_encoding == "binary") {
    const auto rows = rows_to_take(call, request.list);
    result = table->insert(rows, options);
    count_at_rank(call, *table, rows, result, options, response.info);
  } else if (request.list_encoding == "json") {
    const auto type = table->type();
    texts = read_texts(type->type, request.list_str);
    if (!texts.reasons.empty() && !options.return_individual_errors &&
        !options.allow_partial_batch) {
      const auto& [row, reason] = *texts.reasons.begin();
      throw Error(Reaction::fail_task, "Record {} is refused: {}", row, reason);
    }
    const std::vector<std::string_view> all(texts.rows.begin(), texts.rows.end());
    const auto rows = rows_to_take(call, all);
    result = table->insert(rows, options, type.get());
    count_at_rank(call, *table, rows, result, options, response.info);
  } else {
    throw Error(Reaction::fail_task, "list_encoding `{}` is not known; binary and json are",
                request.list_encoding);
  }
  response.record_ids = std::move(result.record_ids);
  response.count_inserted = result.inserted;
  response.count_updated = result.updated;
  describe_errors(result.errors, texts.reasons, response.info);
  return response;
}

}  // namespace

InsertOptions read_insert_options(Call& call, const wire::Options& options) {
  for (const char* unknown : {"request_schema_str", "transformations",
                              "pk_conflict_predicate_higher", "pk_conflict_predicate_lower"}) {
    refuse_option(options, unknown);
  }
  if (!flag(options, "enable_inplace_updates", true)) {
    throw Error(Reaction::fail_task,
                "This server does not know enable_inplace_updates = false: it has no views that "
                "would show the difference");
  }
  InsertOptions result;
  result.update_on_existing_pk = flag(options, "update_on_existing_pk");
  result.ignore_existing_pk =
      flag(options, "ignore_existing_pk") || !call.database.options.kinetica.duplicate_key_is_error;
  result.return_individual_errors = flag(options, "return_individual_errors");
  result.allow_partial_batch = flag(options, "allow_partial_batch");
  result.truncate_strings = flag(options, "truncate_strings");
  result.dry_run = flag(options, "dry_run");
  result.return_record_ids = flag(options, "return_record_ids");
  result.user = user_of(call);
  read_error_handling(options, result);
  result.refused_row = call.faults.refused_row;
  return result;
}

std::vector<Endpoint> insert_endpoints() { return {endpoint<insert_records>}; }

}  // namespace kc::server
