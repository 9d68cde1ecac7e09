#include "convert/json_schema/json_schema_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "base/whole_number.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using Json = JsonSchemaDocument::Json;
using Place = JsonSchemaDocument::Place;
using Shape = JsonSchemaShape;
using Kind = Shape::Kind;

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

Kind kind_of(std::string_view type) {
  static constexpr std::pair<std::string_view, Kind> kinds[] = {
      {"null", Kind::null},     {"boolean", Kind::boolean}, {"integer", Kind::integer},
      {"number", Kind::number}, {"string", Kind::string},   {"array", Kind::array},
      {"object", Kind::object}};
  for (const auto& [name, kind] : kinds) {
    if (name == type) return kind;
  }
  fail("Unknown type {} in the JSON schema", type);
}

// What a schema without `type` is by the keywords it has.
std::optional<Kind> sniffed(const Json& json) {
  static constexpr std::pair<const char*, Kind> keywords[] = {
      {"properties", Kind::object},
      {"required", Kind::object},
      {"additionalProperties", Kind::object},
      {"patternProperties", Kind::object},
      {"items", Kind::array},
      {"minItems", Kind::array},
      {"maxItems", Kind::array},
      {"minLength", Kind::string},
      {"maxLength", Kind::string},
      {"pattern", Kind::string},
      {"minimum", Kind::number},
      {"maximum", Kind::number},
      {"multipleOf", Kind::number}};
  for (const auto& [keyword, kind] : keywords) {
    if (json.contains(keyword)) return kind;
  }
  return std::nullopt;
}

Shape shape_of(const Place& place, int depth);

Shape combined(Kind kind, const Place& place, const Json& schemas, int depth) {
  if (!schemas.is_array() || schemas.empty()) {
    fail("allOf, anyOf and oneOf of a JSON schema must be lists of schemas");
  }
  Shape shape{kind, place, {}, true};
  for (const Json& schema : schemas) {
    shape.of.push_back(shape_of(JsonSchemaDocument::inner(place, schema), depth + 1));
  }
  return shape;
}

std::vector<Shape> parts_of(const Place& place, int depth) {
  const Json& json = *place.json;
  std::vector<Shape> parts;
  const auto add = [&](Kind kind) { parts.push_back({kind, place, {}, true}); };
  if (const Json* schemas = json_member(json, "allOf")) {
    parts.push_back(combined(Kind::all_of, place, *schemas, depth));
  }
  for (const char* keyword : {"anyOf", "oneOf"}) {
    const Json* schemas = json_member(json, keyword);
    if (schemas != nullptr) parts.push_back(combined(Kind::one_of, place, *schemas, depth));
  }
  if (json_text(json, "$ref") != nullptr) add(Kind::reference);
  if (json.contains("enum")) add(Kind::symbols);
  if (json.contains("const")) add(Kind::constant);
  const Json* type = json_member(json, "type");
  if (type == nullptr) {
    if (const auto kind = sniffed(json)) add(*kind);
  } else if (type->is_string()) {
    add(kind_of(type->get_ref<const std::string&>()));
  } else if (type->is_array()) {
    Shape any{Kind::one_of, place, {}, true};
    for (const Json& one : *type) {
      if (!one.is_string()) fail("The type of the JSON schema is {}, not a text", one.type_name());
      any.of.push_back({kind_of(one.get_ref<const std::string&>()), place, {}, false});
    }
    parts.push_back(std::move(any));
  } else {
    fail("The type of the JSON schema is {}, not a text", type->type_name());
  }
  return parts;
}

Shape shape_of(const Place& place, int depth) {
  if (depth > JsonSchemaDocument::depth_max) fail("The JSON schema is nested too deep");
  if (!place.json->is_object()) fail("Unsupported schema type: a JSON schema is no object");
  std::vector<Shape> parts = parts_of(place, depth);
  if (parts.empty()) fail("Unsupported schema type: a JSON schema says no type");
  if (parts.size() == 1) return std::move(parts.front());
  for (Shape& part : parts) part.attributes = false;
  return {Kind::all_of, place, std::move(parts), true};
}

}  // namespace

const Json* json_member(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nullptr : &*found;
}

const std::string* json_text(const Json& json, const char* name) {
  const Json* found = json_member(json, name);
  return found == nullptr ? nullptr : found->get_ptr<const Json::string_t*>();
}

std::optional<int32_t> json_int32(const Json& json, const char* name) {
  const Json* found = json_member(json, name);
  return found == nullptr ? std::nullopt : base::as_whole_number<int32_t>(*found);
}

JsonSchemaShape json_schema_shape(const Place& place) { return shape_of(place, 0); }

JsonSchemaProperties json_schema_properties(const Place& place) {
  JsonSchemaProperties result;
  const Json* properties = json_member(*place.json, "properties");
  if (properties == nullptr) return result;
  if (!properties->is_object()) fail("The properties of a JSON schema must be an object");
  const Json* required = json_member(*place.json, "required");
  for (const auto& [name, schema] : properties->items()) {
    const bool is_required = required != nullptr && required->is_array() &&
                             std::ranges::find(*required, Json(name)) != required->end();
    result.emplace_back(name,
                        JsonSchemaProperty{JsonSchemaDocument::inner(place, schema), is_required});
  }
  return result;
}

}  // namespace kc::convert
