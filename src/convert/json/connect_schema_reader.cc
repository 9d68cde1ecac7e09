#include "convert/json/connect_schema_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_reader.h"
#include "convert/json/json_scalars.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;

using Text = std::optional<std::string_view>;

// The members of a schema's object that mean something, as raw JSON text; the last one of a name
// wins. What they hold is looked at only when the type asks for it.
struct Members {
  Text type, optional, name, version, doc, parameters, default_value, items, keys, values, fields,
      field;
};

Text* member(Members& members, std::string_view name) {
  static constexpr std::pair<std::string_view, Text Members::*> known[] = {
      {"type", &Members::type},     {"optional", &Members::optional},
      {"name", &Members::name},     {"version", &Members::version},
      {"doc", &Members::doc},       {"parameters", &Members::parameters},
      {"items", &Members::items},   {"default", &Members::default_value},
      {"keys", &Members::keys},     {"values", &Members::values},
      {"fields", &Members::fields}, {"field", &Members::field}};
  for (const auto& [known_name, slot] : known) {
    if (known_name == name) return &(members.*slot);
  }
  return nullptr;
}

constexpr std::pair<std::string_view, Type> scalar_types[] = {
    {"int8", Type::int8},       {"int16", Type::int16},   {"int32", Type::int32},
    {"int64", Type::int64},     {"float", Type::float32}, {"double", Type::float64},
    {"boolean", Type::boolean}, {"string", Type::string}, {"bytes", Type::bytes}};

// What a SchemaBuilder is given; kept because a default value can be read only along a finished
// schema.
struct Parts {
  Type type = Type::string;
  SchemaPtr keys;
  SchemaPtr values;
  std::vector<std::pair<std::string, SchemaPtr>> fields;
  std::vector<std::pair<std::string, std::string>> parameters;
  bool optional = false;
  Text name;
  Text doc;
  std::optional<int32_t> version;
};

SchemaBuilder start(const Parts& parts) {
  if (parts.type == Type::array) return SchemaBuilder::array(parts.values);
  if (parts.type == Type::map) return SchemaBuilder::map(parts.keys, parts.values);
  return SchemaBuilder(parts.type);
}

SchemaBuilder assemble(const Parts& parts) {
  SchemaBuilder builder = start(parts);
  for (const auto& [name, schema] : parts.fields) builder.field(name, schema);
  for (const auto& [name, value] : parts.parameters) builder.parameter(name, value);
  builder.optional(parts.optional);
  if (parts.name) builder.name(std::string(*parts.name));
  if (parts.doc) builder.doc(std::string(*parts.doc));
  if (parts.version) builder.version(*parts.version);
  return builder;
}

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

[[noreturn]] void fail_to_build(std::string_view reason) {
  throw Error(Reaction::skip_record, "{}", reason)
      .with_java_class("org.apache.kafka.connect.errors.SchemaBuilderException");
}

class SchemaReader {
 public:
  explicit SchemaReader(bool replace_null_with_default)
      : replace_null_with_default_(replace_null_with_default) {}

  SchemaPtr read(std::string_view text, int depth) { return read(split(text), depth); }

 private:
  SchemaPtr read(const Members& members, int depth);
  SchemaPtr with_default(const Parts& parts, SchemaPtr schema, std::string_view text);
  Members split(std::string_view text);
  Text string(const Text& text);
  void read_fields(const Text& text, int depth, Parts& parts);
  void read_parameters(const Text& text, Parts& parts);

  bool replace_null_with_default_;
  base::Arena arena_;
};

// For what is not an object: no members, as get() of another JsonNode gives none.
Members SchemaReader::split(std::string_view text) {
  Members members;
  JsonCursor cursor(text, arena_);
  if (!cursor.take('{') || cursor.take('}')) return members;
  do {
    Text* const slot = member(members, cursor.read_string());
    cursor.expect(':');
    cursor.peek();
    const char* const begin = cursor.position();
    cursor.skip_value();
    if (slot != nullptr) {
      *slot = std::string_view(begin, static_cast<size_t>(cursor.position() - begin));
    }
  } while (cursor.take_comma_or('}'));
  return members;
}

Text SchemaReader::string(const Text& text) {
  if (!text || text->front() != '"') return std::nullopt;
  return JsonCursor(*text, arena_).read_string();
}

void SchemaReader::read_fields(const Text& text, int depth, Parts& parts) {
  if (!text || text->front() != '[') fail("Struct schema's \"fields\" argument is not an array.");
  JsonCursor cursor(*text, arena_);
  cursor.expect('[');
  if (cursor.take(']')) return;
  do {
    cursor.peek();
    const char* const begin = cursor.position();
    cursor.skip_value();
    const Members members = split({begin, static_cast<size_t>(cursor.position() - begin)});
    const Text name = string(members.field);
    if (!name) fail("Struct schema's field name not specified properly");
    parts.fields.emplace_back(*name, read(members, depth + 1));
  } while (cursor.take_comma_or(']'));
}

void SchemaReader::read_parameters(const Text& text, Parts& parts) {
  if (!text || text->front() != '{') return;
  JsonCursor cursor(*text, arena_);
  cursor.expect('{');
  if (cursor.take('}')) return;
  do {
    const std::string name(cursor.read_string());
    cursor.expect(':');
    if (cursor.peek() != '"') fail("Schema parameters must have string values.");
    const std::string value(cursor.read_string());
    const auto same = std::ranges::find(
        parts.parameters, name, [](auto& entry) -> auto& { return entry.first; });
    if (same != parts.parameters.end()) {
      same->second = value;
    } else {
      parts.parameters.emplace_back(name, value);
    }
  } while (cursor.take_comma_or('}'));
}

SchemaPtr SchemaReader::read(const Members& members, int depth) {
  JsonCursor::check_depth(depth);
  const Text type = string(members.type);
  if (!type) fail("Schema must contain 'type' field");
  Parts parts;
  const auto scalar =
      std::ranges::find(scalar_types, *type, [](auto& entry) { return entry.first; });
  if (scalar != std::end(scalar_types)) {
    parts.type = scalar->second;
  } else if (*type == "array") {
    parts.type = Type::array;
    if (!members.items || members.items == "null") {
      fail("Array schema did not specify the element type");
    }
    parts.values = read(*members.items, depth + 1);
  } else if (*type == "map") {
    parts.type = Type::map;
    if (!members.keys) fail("Map schema did not specify the key type");
    if (!members.values) fail("Map schema did not specify the value type");
    if (members.keys == "null") fail_to_build("keySchema cannot be null.");
    parts.keys = read(*members.keys, depth + 1);
    if (members.values == "null") fail_to_build("valueSchema cannot be null.");
    parts.values = read(*members.values, depth + 1);
  } else if (*type == "struct") {
    parts.type = Type::structure;
    read_fields(members.fields, depth, parts);
  } else {
    fail("Unknown schema type: {}", *type);
  }
  parts.optional = members.optional == "true";
  parts.name = string(members.name);
  parts.doc = string(members.doc);
  if (members.version) {
    JsonCursor cursor(*members.version, arena_);
    if (starts_number(cursor.peek())) {
      const JsonNumber version = cursor.read_number();
      if (version.integral) parts.version = static_cast<int32_t>(version.low_bits());
    }
  }
  read_parameters(members.parameters, parts);
  SchemaPtr schema = assemble(parts).build();
  if (schema->name() == data::decimal_name && schema->logical() != data::Logical::decimal) {
    fail("Invalid Decimal schema: it must be of type bytes with the parameter scale");
  }
  return members.default_value ? with_default(parts, schema, *members.default_value) : schema;
}

// `schema`: what `parts` make without a default value.
SchemaPtr SchemaReader::with_default(const Parts& parts, SchemaPtr schema, std::string_view text) {
  const ReadPlan plan(*schema, JsonReadOptions{replace_null_with_default_, JsonDialect::connect});
  JsonCursor cursor(text, arena_);
  const data::Value value = JsonReader().read(cursor, plan);
  // Kafka takes no default of a struct: it compares its schema with the one being built.
  if (find_converted_null(*schema, value, "default") || value.kind() == data::Kind::structure) {
    fail_to_build("Invalid default value");
  }
  return value.is_null() ? schema : assemble(parts).default_value(value).build();
}

}  // namespace

SchemaPtr read_connect_schema(std::string_view text, bool replace_null_with_default) {
  if (text == "null") return nullptr;
  return SchemaReader(replace_null_with_default).read(text, 0);
}

}  // namespace kc::convert
