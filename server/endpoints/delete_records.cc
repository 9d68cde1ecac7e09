// /delete/records by expressions or all at once. Left out: options global_expression and record_id,
// which are refused.
#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression.h"

namespace kc::server {

namespace {

wire::DeleteRecordsResponse delete_records(Call& call, const wire::DeleteRecordsRequest& request) {
  refuse_option(request.options, "global_expression");
  refuse_option(request.options, "record_id");
  const auto table = call.database.catalog.table(request.table_name);
  wire::DeleteRecordsResponse response;
  if (flag(request.options, "delete_all_records")) {
    response.count_deleted = table->erase_all();
    return response;
  }
  if (request.expressions.empty()) {
    throw base::Error(base::Reaction::fail_task,
                      "No expressions say what to delete from `{}`. Hint: option "
                      "delete_all_records deletes everything",
                      request.table_name);
  }
  // All are understood before anything is deleted.
  std::vector<Expression> expressions;
  const auto type = table->type();
  for (const auto& text : request.expressions) expressions.emplace_back(text, type->type);
  for (Expression& expression : expressions) {
    const int64_t deleted =
        table->erase([&](std::string_view row) { return expression.chooses(row); }, type.get());
    response.counts_deleted.push_back(deleted);
    response.count_deleted += deleted;
  }
  return response;
}

}  // namespace

std::vector<Endpoint> delete_endpoints() { return {endpoint<delete_records>}; }

}  // namespace kc::server
