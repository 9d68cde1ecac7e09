// What a JSON schema says, as far as Connect's types go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "convert/json_schema/json_schema_document.h"

namespace kc::convert {

// One of the schemas that a JSON schema's object makes when it is taken by what it says: an object
// with `type` and `enum` is two of them, of which both hold.
struct JsonSchemaShape {
  enum class Kind {
    null,
    boolean,
    integer,
    number,
    string,
    symbols,   // enum
    constant,  // const
    array,
    object,
    reference,
    one_of,  // anyOf too
    all_of
  };
  Kind kind = Kind::null;
  JsonSchemaDocument::Place place;
  std::vector<JsonSchemaShape> of;  // one_of, all_of
  bool attributes = true;           // title, default and so on of `place` are this shape's
};

// The shape of the schema in `place`; references in it are not followed. Throws Error(skip_record)
// for a schema that says no type.
JsonSchemaShape json_schema_shape(const JsonSchemaDocument::Place& place);

struct JsonSchemaProperty {
  JsonSchemaDocument::Place place;
  bool required = false;
};
using JsonSchemaProperties = std::vector<std::pair<std::string, JsonSchemaProperty>>;

// The properties of the object schema in `place`, in the text's order.
JsonSchemaProperties json_schema_properties(const JsonSchemaDocument::Place& place);

// Members of a schema's object; nothing when absent or of another type.
const nlohmann::ordered_json* json_member(const nlohmann::ordered_json& json, const char* name);
const std::string* json_text(const nlohmann::ordered_json& json, const char* name);
std::optional<int32_t> json_int32(const nlohmann::ordered_json& json, const char* name);

}  // namespace kc::convert
