#include "convert/json_schema/json_schema_compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_reader.h"
#include "convert/json_schema/json_schema_shape.h"
#include "convert/schema_draft.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using Json = JsonSchemaDocument::Json;
using Place = JsonSchemaDocument::Place;
using Properties = JsonSchemaProperties;
using Shape = JsonSchemaShape;
using Kind = Shape::Kind;

constexpr size_t nodes_max = 100'000;
constexpr std::string_view null_symbol = "<NULL>";

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

class Compiler {
 public:
  Compiler(const JsonSchemaDocument& document, const JsonSchemaReadOptions& options)
      : document_(document), options_(options) {}

  SchemaPtr compile(const Place& place, std::optional<int32_t> version, bool optional) {
    if (std::ranges::find(open_, place.json) != open_.end()) {
      fail("The JSON schema contains itself; recursive schemas are not supported");
    }
    open_.push_back(place.json);
    SchemaPtr schema = compile(json_schema_shape(place), version, optional);
    open_.pop_back();
    return schema;
  }

 private:
  SchemaPtr compile(const Shape& shape, std::optional<int32_t> version, bool optional) {
    if (++nodes_ > nodes_max) fail("The JSON schema has more than {} fields and types", nodes_max);
    if (++depth_ > JsonSchemaDocument::depth_max) fail("The JSON schema is nested too deep");
    SchemaPtr schema = compile_shape(shape, version, optional);
    --depth_;
    return schema;
  }

  SchemaPtr compile_shape(const Shape& shape, std::optional<int32_t> version, bool optional) {
    switch (shape.kind) {
      case Kind::reference:
        return compile(referred(shape), version, optional);
      case Kind::all_of:
        return compile_all(shape, version, optional);
      case Kind::one_of:
        if (const Shape* only = beside_null(shape)) {
          ++unions_;  // Confluent's converter counts it too
          return compile(*only, version, true);
        }
        break;
      default:
        break;
    }
    SchemaDraft draft;
    start(shape, draft);
    return finish(shape, version, optional, draft);
  }

  Place referred(const Shape& shape) const {
    return document_.resolve(shape.place, *json_text(*shape.place.json, "$ref"));
  }

  // Of null and one other schema: the other one.
  static const Shape* beside_null(const Shape& shape) {
    if (shape.of.size() != 2) return nullptr;
    if (shape.of[0].kind == Kind::null) return &shape.of[1];
    return shape.of[1].kind == Kind::null ? &shape.of[0] : nullptr;
  }

  // All of the schemas hold: objects give one structure with the properties of all, others the one
  // that says most.
  SchemaPtr compile_all(const Shape& shape, std::optional<int32_t> version, bool optional) {
    Properties properties;
    std::vector<const Json*> seen;
    collect(shape, properties, seen, 0);
    if (!properties.empty()) {
      SchemaDraft draft;
      draft.type = Type::structure;
      draft.version = version;
      for (const auto& [name, property] : properties) add_field(name, property, draft);
      SchemaBuilder builder = draft.start();
      return builder.optional(optional).build();
    }
    // An enum of numbers is a number.
    static constexpr Kind order[] = {Kind::one_of, Kind::all_of,   Kind::symbols, Kind::integer,
                                     Kind::number, Kind::string,   Kind::boolean, Kind::array,
                                     Kind::object, Kind::reference};
    for (const Kind kind : order) {
      const auto found = std::ranges::find(shape.of, kind, &Shape::kind);
      if (found == shape.of.end()) continue;
      const auto texts = std::ranges::find(shape.of, Kind::string, &Shape::kind);
      if (kind == Kind::symbols && texts == shape.of.end() && shape.of.size() > 1) continue;
      return compile(*found, version, optional);
    }
    fail("Unsupported criterion allOf: none of its schemas says a type");
  }

  // The last schema of a property's name counts.
  void collect(const Shape& shape, Properties& properties, std::vector<const Json*>& seen,
               int depth) {
    if (depth > JsonSchemaDocument::depth_max) fail("The JSON schema is nested too deep");
    if (shape.kind == Kind::all_of) {
      for (const Shape& one : shape.of) collect(one, properties, seen, depth + 1);
    } else if (shape.kind == Kind::reference) {
      const Place target = referred(shape);
      if (std::ranges::find(seen, target.json) != seen.end()) return;
      seen.push_back(target.json);
      collect(json_schema_shape(target), properties, seen, depth + 1);
    } else if (shape.kind == Kind::object) {
      for (auto& [name, property] : json_schema_properties(shape.place)) {
        const auto known = std::ranges::find(
            properties, name, [](const auto& entry) -> auto& { return entry.first; });
        if (known == properties.end()) {
          properties.emplace_back(name, std::move(property));
        } else {
          known->second = std::move(property);
        }
      }
    }
  }

  void add_field(const std::string& name, const JsonSchemaProperty& property, SchemaDraft& draft) {
    draft.fields.emplace_back(name,
                              compile(property.place, std::nullopt,
                                      options_.optional_unless_required && !property.required));
  }

  void start(const Shape& shape, SchemaDraft& draft) {
    const std::string* given = json_text(*shape.place.json, "connect.type");
    const std::string_view connect_type = given == nullptr ? std::string_view() : *given;
    switch (shape.kind) {
      case Kind::boolean:
        draft.type = Type::boolean;
        return;
      case Kind::integer:
      case Kind::number:
        return start_number(shape.kind, connect_type, draft);
      case Kind::string:
        draft.type = connect_type == "bytes" ? Type::bytes : Type::string;
        return;
      case Kind::symbols:
        return start_symbols(*shape.place.json, draft);
      case Kind::constant:
        return start_constant((*shape.place.json)["const"], draft);
      case Kind::array:
        return start_array(shape, connect_type == "map", draft);
      case Kind::object:
        return start_object(shape, connect_type == "map", draft);
      case Kind::one_of:
        return start_one_of(shape, draft);
      default:
        fail("Unsupported schema type: null alone");
    }
  }

  static void start_number(Kind kind, std::string_view connect_type, SchemaDraft& draft) {
    static constexpr std::pair<std::string_view, Type> types[] = {
        {"int8", Type::int8},   {"int16", Type::int16},     {"int32", Type::int32},
        {"int64", Type::int64}, {"float32", Type::float32}, {"float64", Type::float64},
        {"bytes", Type::bytes}};  // bytes: a Decimal
    draft.type = kind == Kind::integer ? Type::int64 : Type::float64;
    if (connect_type.empty()) return;
    for (const auto& [name, type] : types) {
      if (name == connect_type) {
        draft.type = type;
        return;
      }
    }
    fail("Unsupported type {}", connect_type);
  }

  void start_symbols(const Json& json, SchemaDraft& draft) const {
    const Json& symbols = json["enum"];
    if (!symbols.is_array()) fail("The enum of a JSON schema must be a list");
    draft.type = Type::string;
    const bool generalized = options_.generalized_sum_types;
    const std::string_view own = generalized ? generalized_enum_parameter : json_enum_parameter;
    draft.parameter(std::string(own), "");
    size_t number = 0;
    for (const Json& symbol : symbols) {
      const std::string text = symbol.is_null()     ? std::string(null_symbol)
                               : symbol.is_string() ? symbol.get<std::string>()
                                                    : symbol.dump();
      draft.parameter(fmt::format("{}.{}", own, text), generalized ? std::to_string(number) : text);
      ++number;
    }
  }

  static void start_constant(const Json& value, SchemaDraft& draft) {
    if (value.is_string()) {
      draft.type = Type::string;
    } else if (value.is_boolean()) {
      draft.type = Type::boolean;
    } else if (value.is_number()) {
      draft.type = value.is_number_integer() ? Type::int64 : Type::float64;
    } else {
      fail("Unsupported schema type: const {}", value.type_name());
    }
  }

  void start_array(const Shape& shape, bool map, SchemaDraft& draft) {
    const Json* items = json_member(*shape.place.json, "items");
    if (items == nullptr || !items->is_object()) {
      fail("Array schema did not specify the items type");
    }
    const Place place = JsonSchemaDocument::inner(shape.place, *items);
    if (!map) {
      draft.type = Type::array;
      draft.values = compile(place, std::nullopt, false);
      return;
    }
    draft.type = Type::map;
    for (auto& [name, property] : json_schema_properties(place)) {
      if (name == json_entry_key) draft.keys = compile(property.place, std::nullopt, false);
      if (name == json_entry_value) draft.values = compile(property.place, std::nullopt, false);
    }
    if (draft.keys == nullptr || draft.values == nullptr) {
      fail("The items of a map in the JSON schema must have the properties key and value");
    }
  }

  // An object whose members are not named is a map: a structure could hold none of them.
  void start_object(const Shape& shape, bool map, SchemaDraft& draft) {
    const Json* others = json_member(*shape.place.json, "additionalProperties");
    const bool described = others != nullptr && others->is_object() && !others->empty();
    Properties properties = json_schema_properties(shape.place);
    if (map || (properties.empty() && described)) {
      if (!described) fail("Map schema did not specify the values' type in additionalProperties");
      draft.type = Type::map;
      draft.keys = SchemaBuilder(Type::string).build();
      draft.values = compile(JsonSchemaDocument::inner(shape.place, *others), std::nullopt, false);
      return;
    }
    draft.type = Type::structure;
    // Those with a connect.index at that place, the others where they stand among all.
    std::multimap<int32_t, size_t> order;
    for (size_t i = 0; i < properties.size(); ++i) {
      const Json& schema = *properties[i].second.place.json;
      const auto index = schema.is_object() ? json_int32(schema, "connect.index") : std::nullopt;
      order.emplace(index.value_or(static_cast<int32_t>(i)), i);
    }
    for (const auto& [index, i] : order) {
      add_field(properties[i].first, properties[i].second, draft);
    }
  }

  void start_one_of(const Shape& shape, SchemaDraft& draft) {
    draft.type = Type::structure;
    const bool generalized = options_.generalized_sum_types;
    draft.name = generalized ? fmt::format(generalized_union_name, unions_++)
                             : std::string(json_one_of_name);
    if (generalized) draft.parameter(std::string(generalized_union_parameter), *draft.name);
    for (const Shape& one : shape.of) {
      if (one.kind == Kind::null) {
        draft.optional = true;
        continue;
      }
      const size_t number = draft.fields.size();
      draft.fields.emplace_back(generalized ? fmt::format(generalized_union_field_name, number)
                                            : fmt::format("{}.field.{}", json_one_of_name, number),
                                compile(one, std::nullopt, true));
    }
  }

  SchemaPtr finish(const Shape& shape, std::optional<int32_t> version, bool optional,
                   SchemaDraft& draft) {
    draft.optional |= optional;
    draft.version = version;
    static const Json none = Json::object();
    const Json& json = shape.attributes ? *shape.place.json : none;
    if (const std::string* title = json_text(json, "title"); title != nullptr && !draft.name) {
      draft.name = *title;
    }
    if (const auto own = json_int32(json, "connect.version")) draft.version = own;
    if (const Json* parameters = json_member(json, "connect.parameters");
        parameters != nullptr && parameters->is_object()) {
      for (const auto& [name, value] : parameters->items()) {
        draft.parameter(name, value.is_string() ? value.get<std::string>() : value.dump());
      }
    }
    const std::string* doc = json_text(json, "description");
    const auto build = [&] {
      SchemaBuilder builder = draft.start();
      builder.optional(draft.optional);
      if (doc != nullptr) builder.doc(*doc);
      return builder;
    };
    SchemaPtr schema = build().build();
    const Json* given = json_member(json, "default");
    if (given == nullptr || given->is_null()) return schema;
    return with_default(given->dump(), *schema, build());
  }

  static SchemaPtr with_default(const std::string& text, const data::Schema& schema,
                                SchemaBuilder builder) {
    base::Arena arena;
    JsonCursor cursor(text, arena);
    const ReadPlan plan(schema, {.dialect = JsonDialect::json_schema});
    const data::Value value = JsonReader().read(cursor, plan);
    if (!value.is_null()) builder.default_value(value);
    return builder.build();
  }

  const JsonSchemaDocument& document_;
  const JsonSchemaReadOptions& options_;
  size_t nodes_ = 0;
  size_t unions_ = 0;
  int depth_ = 0;
  std::vector<const Json*> open_;  // the schemas that the current one stands in
};

}  // namespace

SchemaPtr compile_json_schema(const JsonSchemaDocument& document,
                              const JsonSchemaReadOptions& options,
                              std::optional<int32_t> version) {
  return Compiler(document, options).compile(document.root(), version, false);
}

}  // namespace kc::convert
