// Every property that a column can have, by name, and which go together.
// (Kinetica documentation, "Types" / "Column Properties".)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/table_type.h"

namespace kc::wire {

enum class PropertyRole : uint8_t {
  format,    // what the values are: int8, char16, timestamp, decimal(18,4), vector(3) ...
  key,       // primary_key, soft_primary_key, shard_key
  nullable,  // nullable
  storage,  // how they are kept: data, store_only, disk_optimized, text_search, dict, compress(...)
  fill      // what the database writes: init_with_now, update_with_user, default(...) ...
};

// Nothing for a property that is not known, or not for columns of this base type.
std::optional<PropertyRole> property_role(BaseType type, std::string_view property);

// Throws Error(fail_task) naming column, property and remedy: for an unknown property, one that
// does not fit the base type, two formats, a nullable primary key, or a key of a type that has
// none. For types that are about to be made; types that a database shows are taken as they are.
void check_column(const Column& column);

}  // namespace kc::wire
