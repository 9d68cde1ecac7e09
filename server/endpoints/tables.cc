// /has/table, /show/table, /create/table, /clear/table. Collections of 7.0 are schemas. Left out:
// views, time to live, partitions, replication, clearing every table by an empty name.
#include "base/error.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

wire::HasTableResponse has_table(Call& call, const wire::HasTableRequest& request) {
  return {.table_name = request.table_name,
          .table_exists = call.database.catalog.find_table(request.table_name) != nullptr};
}

wire::CreateTableResponse create_table(Call& call, const wire::CreateTableRequest& request) {
  const bool existing_is_fine = flag(request.options, "no_error_if_exists");
  if (flag(request.options, "is_collection")) {
    if (!call.database.catalog.create_schema(request.table_name) && !existing_is_fine) {
      throw Error(Reaction::fail_task, "Schema `{}` exists already", request.table_name);
    }
    return {.table_name = request.table_name, .is_collection = true};
  }
  const auto table = call.database.catalog.create_table(request.table_name, request.type_id,
                                                        option(request.options, "collection_name"),
                                                        existing_is_fine);
  return {.table_name = request.table_name,
          .type_id = table->type()->id,
          .info = {{"qualified_table_name", table->qualified_name()}}};
}

wire::ClearTableResponse clear_table(Call& call, const wire::ClearTableRequest& request) {
  if (request.table_name.empty()) {
    throw Error(Reaction::fail_task, "Clearing all tables at once is not allowed");
  }
  // A result that was kept for a client to page through.
  if (call.database.paged_results.drop(request.table_name)) {
    return {.table_name = request.table_name};
  }
  const bool dropped = call.database.catalog.drop_table(request.table_name);
  if (!dropped && !flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Table `{}` does not exist", request.table_name);
  }
  return {.table_name = request.table_name};
}

void add_sizes(wire::ShowTableResponse& response, int64_t rows) {
  response.sizes.push_back(rows);
  response.full_sizes.push_back(rows);
  response.join_sizes.push_back(static_cast<double>(rows));
  response.total_size += rows;
  response.total_full_size += rows;
}

void add_table(wire::ShowTableResponse& response, const std::string& name, const Table& table,
               bool sizes) {
  const auto held_type = table.type();
  const TypeEntry& type = *held_type;
  response.table_names.push_back(name);
  response.table_descriptions.emplace_back();
  response.type_ids.push_back(type.id);
  response.type_schemas.push_back(type.definition);
  response.type_labels.push_back(type.label);
  response.properties.push_back(type.properties);
  // Python's client needs collection_names.
  response.additional_info.push_back(
      {{"schema_name", table.schema()}, {"collection_names", table.schema()}});
  if (sizes) add_sizes(response, static_cast<int64_t>(table.read().size()));
}

// COLLECTION is what clients of 7.0 look for.
void add_schema(wire::ShowTableResponse& response, const std::string& name, bool sizes) {
  response.table_names.push_back(name);
  response.table_descriptions.push_back({"COLLECTION", "SCHEMA"});
  response.type_ids.emplace_back();
  response.type_schemas.emplace_back();
  response.type_labels.emplace_back("<collection>");
  response.properties.emplace_back();
  response.additional_info.push_back({{"schema_name", name}, {"collection_names", ""}});
  if (sizes) add_sizes(response, 0);
}

wire::ShowTableResponse show_table(Call& call, const wire::ShowTableRequest& request) {
  const Catalog& catalog = call.database.catalog;
  const bool sizes = flag(request.options, "get_sizes");
  const bool children = flag(request.options, "show_children", true);
  wire::ShowTableResponse response;
  response.table_name = request.table_name;
  response.total_size = response.total_full_size = sizes ? 0 : -1;

  const std::string& name = request.table_name;
  const bool all = name.empty() || name == "*";
  if (const auto table = all ? nullptr : catalog.find_table(name)) {
    add_table(response, name, *table, sizes);
  } else if (all || catalog.has_schema(name)) {
    if (!children) {
      for (const auto& schema : all ? catalog.schemas() : wire::Strings{name}) {
        add_schema(response, schema, sizes);
      }
      return response;
    }
    for (const auto& child : catalog.tables(all ? "" : name)) {
      add_table(response, child->qualified_name(), *child, sizes);
    }
  } else if (!flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Table `{}` does not exist", name);
  }
  return response;
}

}  // namespace

std::vector<Endpoint> table_endpoints() {
  return {endpoint<has_table>, endpoint<show_table>, endpoint<create_table>, endpoint<clear_table>};
}

}  // namespace kc::server
