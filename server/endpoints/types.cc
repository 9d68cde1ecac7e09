// /create/type, /has/type, /show/types. Nobody can drop a type: those that no table has are
// forgotten when there are very many.
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

wire::HasTypeResponse has_type(Call& call, const wire::HasTypeRequest& request) {
  return {.type_id = request.type_id,
          .type_exists = call.database.catalog.find_type(request.type_id) != nullptr};
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
    throw base::Error(base::Reaction::fail_task, "Type not found: {}", request.type_id);
  }
  return response;
}

}  // namespace

std::vector<Endpoint> type_endpoints() {
  return {endpoint<create_type>, endpoint<has_type>, endpoint<show_types>};
}

}  // namespace kc::server
