#include "server/catalog/type_entry.h"

#include "base/error.h"

namespace kc::server {

wire::Json to_json(const TypeEntry& type) {
  return {{"id", type.id},
          {"label", type.label},
          {"definition", type.definition},
          {"properties", type.properties}};
}

TypeEntry type_entry_from_json(const wire::Json& json) {
  try {
    TypeEntry type;
    json.at("id").get_to(type.id);
    json.at("label").get_to(type.label);
    json.at("definition").get_to(type.definition);
    json.at("properties").get_to(type.properties);
    type.type = wire::TableType::parse(type.definition, type.properties);
    return type;
  } catch (const std::exception& e) {
    throw base::Error(base::Reaction::fix_config, "A stored type is not understood: {}", e.what());
  }
}

}  // namespace kc::server
