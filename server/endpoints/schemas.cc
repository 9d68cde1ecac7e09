// /create/schema, /has/schema, /show/schema, /alter/schema, /drop/schema, of 7.1 and later. A
// schema holds tables and nothing else; comments on schemas are taken, and shown nowhere, as in
// the real database.
#include "base/error.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

wire::HasSchemaResponse has_schema(Call& call, const wire::HasSchemaRequest& request) {
  return {.schema_name = request.schema_name,
          .schema_exists = call.database.catalog.has_schema(request.schema_name)};
}

wire::CreateSchemaResponse create_schema(Call& call, const wire::CreateSchemaRequest& request) {
  const bool created = call.database.catalog.create_schema(request.schema_name);
  if (!created && !flag(request.options, "no_error_if_exists")) {
    throw Error(Reaction::fail_task, "Schema `{}` exists already", request.schema_name);
  }
  return {.schema_name = request.schema_name};
}

wire::DropSchemaResponse drop_schema(Call& call, const wire::DropSchemaRequest& request) {
  const bool dropped =
      call.database.catalog.drop_schema(request.schema_name, flag(request.options, "cascade"));
  if (!dropped && !flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Schema not found: {}", request.schema_name);
  }
  return {.schema_name = request.schema_name};
}

wire::ShowSchemaResponse show_schema(Call& call, const wire::ShowSchemaRequest& request) {
  Catalog& catalog = call.database.catalog;
  wire::ShowSchemaResponse response{.schema_name = request.schema_name};
  wire::Strings names;
  if (request.schema_name.empty()) {
    names = catalog.schemas();
  } else if (catalog.has_schema(request.schema_name)) {
    names = {request.schema_name};
  } else if (!flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Schema not found: {}", request.schema_name);
  }
  for (auto& name : names) {
    wire::Strings tables;
    for (const auto& table : catalog.tables(name)) tables.push_back(table->name());
    response.schema_names.push_back(std::move(name));
    response.schema_tables.push_back(std::move(tables));
    response.additional_info.emplace_back();
  }
  return response;
}

wire::AlterSchemaResponse alter_schema(Call& call, const wire::AlterSchemaRequest& request) {
  Catalog& catalog = call.database.catalog;
  if (request.action == "rename_schema") {
    catalog.rename_schema(request.schema_name, request.value);
  } else if (request.action != "add_comment") {
    throw Error(Reaction::fail_task,
                "Action `{}` on a schema is not known; rename_schema and add_comment are",
                request.action);
  } else if (!catalog.has_schema(request.schema_name)) {
    throw Error(Reaction::fail_task, "Schema not found: {}", request.schema_name);
  }
  return {.schema_name = request.schema_name};
}

}  // namespace

std::vector<Endpoint> schema_endpoints() {
  return {endpoint<has_schema>, endpoint<create_schema>, endpoint<drop_schema>,
          endpoint<show_schema>, endpoint<alter_schema>};
}

}  // namespace kc::server
