#include "convert/avro/avro_schema_writer.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/avro/avro_json_value.h"
#include "convert/avro/avro_reader.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Logical;
using data::Schema;
using data::Type;
using Json = nlohmann::ordered_json;

class SchemaWriter {
 public:
  explicit SchemaWriter(const AvroWriteOptions& options) : options_(options) {}

  Json write(const Schema& schema) {
    if (is_avro_union(schema)) return write_union(schema);
    Json type = write_type(schema);
    if (type.is_object() && type.size() == 1) type = type["type"];
    if (!schema.optional()) return type;
    // The default of a field is of its union's first branch.
    return schema.default_value() ? Json::array({std::move(type), "null"})
                                  : Json::array({"null", std::move(type)});
  }

 private:
  Json write_union(const Schema& schema) {
    Json branches = Json::array();
    if (schema.optional()) branches.push_back("null");
    for (const data::Field& field : schema.fields()) {
      Json type = write_type(*field.schema);
      branches.push_back(type.is_object() && type.size() == 1 ? type["type"] : std::move(type));
    }
    return branches;
  }

  // {"type": ..., attributes}, or the name of a record that stands before.
  Json write_type(const Schema& schema) {
    const std::string name = full_name(schema);
    if (!name.empty()) {
      const auto [known, is_new] = named_.emplace(name, &schema);
      if (!is_new) {
        if (same_but_optional(*known->second, schema)) return name;
        throw Error(Reaction::skip_record, "Can't redefine: {}", name);
      }
    }
    Json type = Json::object();
    switch (schema.type()) {
      case Type::int8:
      case Type::int16:
      case Type::int32:
        type["type"] = "int";
        break;
      case Type::int64:
        type["type"] = "long";
        break;
      case Type::float32:
        type["type"] = "float";
        break;
      case Type::float64:
        type["type"] = "double";
        break;
      case Type::boolean:
        type["type"] = "boolean";
        break;
      case Type::string:
        write_text(schema, name, type);
        break;
      case Type::bytes:
        type["type"] = "bytes";
        break;
      case Type::array:
        type["type"] = "array";
        type["items"] = write(*schema.value_schema());
        break;
      case Type::map:
        write_map(schema, type);
        break;
      case Type::structure:
        write_record(schema, name, type);
        break;
    }
    add_logical(schema, type);
    if (options_.connect_meta_data) add_meta_data(schema, type);
    return type;
  }

  // Each part between dots.
  std::string scrubbed(std::string_view name) const {
    if (!options_.scrub_invalid_names) return std::string(name);
    std::string result;
    for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
      result += scrubbed_avro_name(name.substr(0, dot)) + '.';
      name.remove_prefix(dot + 1);
    }
    return result + scrubbed_avro_name(name);
  }

  // Of what becomes a named type; else empty.
  std::string full_name(const Schema& schema) {
    if (schema.type() == Type::structure) {
      if (schema.name() && !schema.name()->starts_with(avro_default_name)) {
        return scrubbed(*schema.name());
      }
      return ++unnamed_ > 1 ? fmt::format("{}{}", avro_default_name, unnamed_)
                            : std::string(avro_default_name);
    }
    const bool keeps_enums = options_.enhanced_schema_support || options_.generalized_sum_types;
    if (schema.type() != Type::string || !keeps_enums) return {};
    const std::string_view parameter = enum_parameter_of(schema, avro_enum_parameter);
    return parameter.empty() ? std::string() : scrubbed(*schema.find_parameter(parameter));
  }

  static bool same_but_optional(const Schema& left, const Schema& right) {
    return &left == &right || (left.type() == right.type() && left.version() == right.version() &&
                               left.parameters() == right.parameters() &&
                               left.fields().size() == right.fields().size() &&
                               std::equal(left.fields().begin(), left.fields().end(),
                                          right.fields().begin(), [](const auto& a, const auto& b) {
                                            return a.name == b.name && *a.schema == *b.schema;
                                          }));
  }

  static void put_name(const std::string& full, Json& type) {
    const size_t dot = full.rfind('.');
    type["name"] = full.substr(dot + 1);  // the whole name when there is no dot
    // An empty namespace keeps a bare name from inheriting that of the record around it.
    type["namespace"] = dot == std::string::npos ? "" : full.substr(0, dot);
  }

  static void write_text(const Schema& schema, const std::string& name, Json& type) {
    if (name.empty()) {
      type["type"] = "string";
      return;
    }
    type["type"] = "enum";
    put_name(name, type);
    const std::string prefix = fmt::format("{}.", enum_parameter_of(schema, avro_enum_parameter));
    type["symbols"] = Json::array();
    for (const auto& [parameter_name, value] : schema.parameters()) {
      if (parameter_name.starts_with(prefix)) {
        type["symbols"].push_back(parameter_name.substr(prefix.size()));
      }
    }
  }

  void write_map(const Schema& schema, Json& type) {
    const Schema& key = *schema.key_schema();
    if (key.type() == Type::string && (!key.optional() || options_.allow_optional_map_keys)) {
      type["type"] = "map";
      type["values"] = write(*schema.value_schema());
      return;
    }
    Json entry{{"type", "record"}};
    const std::string name = schema.name()
                                 ? scrubbed(*schema.name())
                                 : fmt::format("{}.{}", avro_namespace, avro_map_entry_name);
    const auto used = ++entry_names_[name];
    put_name(used > 1 ? fmt::format("{}{}", name, used) : name, entry);
    entry["fields"] = Json::array({{{"name", "key"}, {"type", write(key)}},
                                   {{"name", "value"}, {"type", write(*schema.value_schema())}}});
    entry["connect.internal.type"] = avro_map_entry_name;
    type["type"] = "array";
    type["items"] = std::move(entry);
  }

  void write_record(const Schema& schema, const std::string& name, Json& type) {
    type["type"] = "record";
    put_name(name, type);
    if (schema.doc()) type["doc"] = *schema.doc();
    Json fields = Json::array();
    for (const data::Field& field : schema.fields()) {
      Json entry{
          {"name", options_.scrub_invalid_names ? scrubbed_avro_name(field.name) : field.name},
          {"type", write(*field.schema)}};
      if (field.schema->doc()) entry["doc"] = *field.schema->doc();
      if (field.schema->default_value()) {
        entry["default"] = avro_json(*field.schema->default_value(), *field.schema);
      } else if (field.schema->optional()) {
        entry["default"] = nullptr;
      }
      fields.push_back(std::move(entry));
    }
    type["fields"] = std::move(fields);
  }

  static void add_logical(const Schema& schema, Json& type) {
    switch (schema.logical()) {
      case Logical::none:
        return;
      case Logical::decimal: {
        int precision = avro_default_precision;
        if (const std::string* given = schema.find_parameter(data::decimal_precision_parameter)) {
          std::from_chars(given->data(), given->data() + given->size(), precision);
        }
        type["logicalType"] = "decimal";
        type["precision"] = precision;
        type["scale"] = schema.scale();
        return;
      }
      case Logical::date:
        type["logicalType"] = "date";
        return;
      case Logical::time:
        type["logicalType"] = "time-millis";
        return;
      case Logical::timestamp:
        type["logicalType"] = "timestamp-millis";
        return;
    }
  }

  static void add_meta_data(const Schema& schema, Json& type) {
    if (schema.type() == Type::int8) type["connect.type"] = "int8";
    if (schema.type() == Type::int16) type["connect.type"] = "int16";
    if (schema.doc()) type["connect.doc"] = *schema.doc();
    if (schema.version()) type["connect.version"] = *schema.version();
    if (!schema.parameters().empty()) {
      Json parameters = Json::object();
      for (const auto& [name, value] : schema.parameters()) parameters[name] = value;
      type["connect.parameters"] = std::move(parameters);
    }
    if (schema.default_value()) {
      type["connect.default"] = avro_json(*schema.default_value(), schema);
    }
    if (schema.name()) type["connect.name"] = *schema.name();
  }

  const AvroWriteOptions& options_;
  std::unordered_map<std::string, const Schema*> named_;
  std::unordered_map<std::string, int> entry_names_;
  int unnamed_ = 0;
};

}  // namespace

bool is_avro_union(const Schema& schema) {
  return (schema.type() == Type::structure && schema.name() == avro_union_name) ||
         is_generalized_union(schema);
}

std::string scrubbed_avro_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string result;
  for (const char c : name) {
    const bool kept = is_letter(c) || is_digit(c);
    // What URLEncoder keeps, or writes as +, becomes one _; everything else %XX.
    if (kept || c == '.' || c == '-' || c == '*' || c == ' ') {
      result.push_back(kept ? c : '_');
    } else {
      result += fmt::format("_{:02X}", static_cast<unsigned char>(c));
    }
  }
  const bool starts = !name.empty() && is_letter(name.front());
  return name.empty() || starts ? result : "x" + result;
}

std::string avro_schema_text(const Schema& schema, const AvroWriteOptions& options) {
  return SchemaWriter(options).write(schema).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace kc::convert
