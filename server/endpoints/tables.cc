// /has/table, /create/table, /clear/table. A collection of 7.0 is made by /create/table too. Left
// out: clearing every table by an empty name, which real databases forbid as well. Partitions,
// foreign keys and storage options are remembered and shown; they change nothing here.
#include "base/error.h"
#include "server/catalog/table_options.h"
#include "server/endpoint.h"
#include "server/rows/generated_values.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr const char* temporary_schema = "sys_temp";

wire::HasTableResponse has_table(Call& call, const wire::HasTableRequest& request) {
  return {.table_name = request.table_name,
          .table_exists = call.database.catalog.find_table(request.table_name) != nullptr};
}

// With is_collection.
wire::CreateTableResponse create_collection(Call& call, const wire::CreateTableRequest& request) {
  const bool created = call.database.catalog.create_schema(request.table_name);
  if (!created && !flag(request.options, "no_error_if_exists")) {
    throw Error(Reaction::fail_task, "Schema `{}` exists already", request.table_name);
  }
  return {.table_name = request.table_name, .is_collection = true};
}

wire::CreateTableResponse create_table(Call& call, const wire::CreateTableRequest& request) {
  if (flag(request.options, "is_collection")) return create_collection(call, request);
  Catalog& catalog = call.database.catalog;
  TableDescription description = read_description(request.options);
  std::string name = request.table_name;
  std::string collection = option(request.options, "collection_name");
  if (flag(request.options, "create_temp_table")) {
    name = random_uuid();
    collection = temporary_schema;
  }
  const auto table =
      catalog.create_table(name, request.type_id, collection,
                           flag(request.options, "no_error_if_exists"), std::move(description));
  wire::CreateTableResponse response{.table_name = request.table_name,
                                     .type_id = table->type()->id};
  if (call.database.options.kinetica.schemas) {
    response.info["qualified_table_name"] = table->qualified_name();
  }
  return response;
}

// As 7.0, where the name may be that of a collection.
bool clear_collection(Call& call, const std::string& name) {
  return !call.database.options.kinetica.schemas &&
         call.database.catalog.drop_schema(name, /*cascade=*/true);
}

wire::ClearTableResponse clear_table(Call& call, const wire::ClearTableRequest& request) {
  if (request.table_name.empty()) {
    throw Error(Reaction::fail_task,
                "Clearing all tables at once is not allowed. Hint: name a table");
  }
  // A result that was kept for a client to page through.
  if (call.database.paged_results.drop(request.table_name)) {
    return {.table_name = request.table_name};
  }
  const bool dropped = call.database.catalog.drop_table(request.table_name) ||
                       clear_collection(call, request.table_name);
  if (!dropped && !flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Table not found: {}", request.table_name);
  }
  return {.table_name = request.table_name};
}

}  // namespace

std::vector<Endpoint> table_endpoints() {
  return {endpoint<has_table>, endpoint<create_table>, endpoint<clear_table>};
}

}  // namespace kc::server
