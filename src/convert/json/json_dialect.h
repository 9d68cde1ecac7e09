// What differs between the payloads of JsonConverter and those of JsonSchemaConverter.
#pragma once

#include <cstdint>
#include <string_view>

#include "convert/sum_types.h"
#include "data/schema.h"

namespace kc::convert {

//               connect                      json_schema
//   maps        objects when keys are texts  objects when keys are texts and not optional
//   other maps  [[key, value], ...]          [{"key":..., "value":...}, ...]
//   oneOf       none                         the value of the one field that is set
//   missing     null                         null, also where null itself is refused
enum class JsonDialect : uint8_t { connect, json_schema };

// Names that Confluent's JsonSchemaData gives to what Connect has no word for: a structure of which
// one field is set, and the parameters of a text that is one of several.
inline constexpr std::string_view json_one_of_name = "io.confluent.connect.json.OneOf";
inline constexpr std::string_view json_enum_parameter = "io.confluent.connect.json.Enum";

// The members of an entry of a map whose keys are no texts.
inline constexpr std::string_view json_entry_key = "key";
inline constexpr std::string_view json_entry_value = "value";

inline bool is_one_of(const data::Schema& schema) {
  return (schema.type() == data::Type::structure && schema.name() == json_one_of_name) ||
         is_generalized_union(schema);
}

inline bool is_symbols(const data::Schema& schema) {
  return schema.type() == data::Type::string &&
         !enum_parameter_of(schema, json_enum_parameter).empty();
}

// Whether maps of `schema` are written as objects.
inline bool is_object_map(const data::Schema& schema, JsonDialect dialect) {
  return schema.key_schema()->type() == data::Type::string &&
         (dialect == JsonDialect::connect || !schema.key_schema()->optional());
}

}  // namespace kc::convert
