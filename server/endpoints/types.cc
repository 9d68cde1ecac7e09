// /create/type, /show/types, /has/schema, /create/schema. Left out: type definitions as a list of
// columns (7.2), which are refused.
#include "base/error.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

wire::CreateTypeResponse create_type(Call& call, const wire::CreateTypeRequest& request) {
  const auto type =
      call.database.catalog.create_type(request.type_definition, request.label, request.properties);
  return {.type_id = type->id,
          .type_definition = type->definition,
          .label = type->label,
          .properties = type->properties};
}

wire::ShowTypesResponse show_types(Call& call, const wire::ShowTypesRequest& request) {
  wire::ShowTypesResponse response;
  for (const auto& type : call.database.catalog.types()) {
    const bool by_id = request.type_id.empty() || request.type_id == type->id;
    const bool by_label = request.label.empty() || request.label == type->label;
    if (!by_id || !by_label) continue;
    response.type_ids.push_back(type->id);
    response.type_schemas.push_back(type->definition);
    response.labels.push_back(type->label);
    response.properties.push_back(type->properties);
  }
  if (response.type_ids.empty() && !request.type_id.empty()) {
    throw base::Error(base::Reaction::fail_task, "Type `{}` does not exist", request.type_id);
  }
  return response;
}

wire::HasSchemaResponse has_schema(Call& call, const wire::HasSchemaRequest& request) {
  return {.schema_name = request.schema_name,
          .schema_exists = call.database.catalog.has_schema(request.schema_name)};
}

wire::CreateSchemaResponse create_schema(Call& call, const wire::CreateSchemaRequest& request) {
  const bool created = call.database.catalog.create_schema(request.schema_name);
  if (!created && !flag(request.options, "no_error_if_exists")) {
    throw base::Error(base::Reaction::fail_task, "Schema `{}` exists already", request.schema_name);
  }
  return {.schema_name = request.schema_name};
}

}  // namespace

std::vector<Endpoint> type_endpoints() {
  return {endpoint<create_type>, endpoint<show_types>, endpoint<has_schema>,
          endpoint<create_schema>};
}

}  // namespace kc::server
