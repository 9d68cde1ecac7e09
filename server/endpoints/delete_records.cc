// /delete/records: by expressions (an empty one means every record), by option record_id, or all at
// once; option global_expression narrows the expressions down.
#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/rows/record_id.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// The three ways to say which exclude each other.
void check_ways(const wire::DeleteRecordsRequest& request, bool all, const std::string& id) {
  const int ways = (all ? 1 : 0) + (id.empty() ? 0 : 1) + (request.expressions.empty() ? 0 : 1);
  if (ways == 1) return;
  throw Error(Reaction::fail_task,
              "What to delete from `{}` is said in {} ways. Hint: give either expressions, or the "
              "option record_id, or the option delete_all_records",
              request.table_name, ways);
}

wire::DeleteRecordsResponse delete_records(Call& call, const wire::DeleteRecordsRequest& request) {
  const auto table = call.database.catalog.table_to_write(request.table_name);
  const auto type = table->type();
  const bool all = flag(request.options, "delete_all_records");
  const std::string id = option(request.options, "record_id");
  check_ways(request, all, id);
  wire::DeleteRecordsResponse response;
  if (all) {
    response.count_deleted = table->erase_all();
    return response;
  }
  if (!id.empty()) {
    response.count_deleted = table->erase(is_record(id, type->type), {.type = type.get()});
    return response;
  }
  // All are understood before anything is deleted.
  auto global = read_filter(option(request.options, "global_expression"), type->type);
  std::vector<std::optional<Expression>> filters;
  for (const auto& text : request.expressions) filters.push_back(read_filter(text, type->type));
  for (auto& filter : filters) {
    const int64_t deleted = table->erase(
        [&](std::string_view row) {
          return (!global || global->chooses(row)) && (!filter || filter->chooses(row));
        },
        scope_of(*type, filter ? &*filter : nullptr));
    response.counts_deleted.push_back(deleted);
    response.count_deleted += deleted;
  }
  return response;
}

}  // namespace

std::vector<Endpoint> delete_endpoints() { return {endpoint<delete_records>}; }

}  // namespace kc::server
