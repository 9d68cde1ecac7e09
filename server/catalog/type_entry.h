// A type as /create/type made it. Immutable and shared: by the catalog and the tables of the type.
#pragma once

#include <string>

#include "wire/message_json.h"
#include "wire/table_type.h"

namespace kc::server {

struct TypeEntry {
  std::string id;
  std::string definition;  // as its creator wrote it
  std::string label;
  wire::TableType::ColumnProperties properties;
  wire::TableType type;
};

// As --data-dir keeps it.
wire::Json to_json(const TypeEntry& type);
// Throws Error(fix_config) when it is not what to_json() gave.
TypeEntry type_entry_from_json(const wire::Json& json);

}  // namespace kc::server
