#include "convert/protobuf/protobuf_schema_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <vector>

#include "base/error.h"
#include "convert/protobuf/protobuf_known_types.h"
#include "convert/protobuf/protobuf_names.h"
#include "convert/protobuf/protobuf_reader.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Logical;
using data::Schema;
using data::Type;

constexpr size_t depth_max = 30;  // readers of .proto files take no more
constexpr std::string_view default_name = "ConnectDefault";

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(Reaction::skip_record, format, std::forward<Args>(args)...);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string indented(const std::string& text) {
  std::string result;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    result.append("  ").append(text, begin, end - begin + 1);
    begin = end + 1;
  }
  return result;
}

// A field's type, with what Confluent's converter adds to its options.
struct FieldType {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters{};
};

// One message under construction.
struct Message {
  std::string fields;
  std::map<std::string, std::string> types{};  // nested messages and enums, by name
  std::vector<std::string> order{};            // of `types`
};

// The number that the field had where it comes from.
std::optional<int32_t> given_number(const Schema& schema) {
  const std::string* text = schema.find_parameter(protobuf_tag_parameter);
  if (text == nullptr) return std::nullopt;
  int32_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    fail("{} = {} is no field number", protobuf_tag_parameter, *text);
  }
  return number;
}

// Numbers for the fields that have none: the lowest that are free, in turn.
class Numbers {
 public:
  explicit Numbers(const Schema& structure) { take(structure); }

  int32_t of(const Schema& schema) {
    if (const auto number = given_number(schema)) return *number;
    while (taken_.contains(next_)) ++next_;
    return next_++;
  }

 private:
  void take(const Schema& structure) {
    for (const data::Field& field : structure.fields()) {
      if (is_protobuf_union(*field.schema)) {
        take(*field.schema);
      } else if (const auto number = given_number(*field.schema)) {
        taken_.insert(*number);
      }
    }
  }

  std::set<int32_t> taken_;
  int32_t next_ = 1;
};

class Writer {
 public:
  explicit Writer(const ProtobufWriteOptions& options) : options_(options) {}

  ProtobufSchemaText file(const Schema& schema) {
    std::string full_name = given_name(schema);
    std::string package;
    for (size_t dot = full_name.find('.'); dot != std::string::npos; dot = full_name.find('.')) {
      if (!package.empty()) package.push_back('.');
      package += identifier(full_name.substr(0, dot));
      full_name.erase(0, dot + 1);
    }
    const std::string name = identifier(full_name);
    const std::string root = message(name, schema);
    std::string text = "syntax = \"proto3\";\n";
    if (!package.empty()) text += fmt::format("package {};\n", package);
    text += '\n';
    for (const std::string& import : imports_) text += fmt::format("import \"{}\";\n", import);
    if (!imports_.empty()) text += '\n';
    return {text + root, package.empty() ? name : package + "." + name};
  }

 private:
  std::string given_name(const Schema& schema) {
    if (schema.name() && !schema.name()->empty()) return *schema.name();
    return fmt::format("{}{}", default_name, ++unnamed_);
  }

  std::string identifier(std::string_view name) const {
    return protobuf_identifier(name, options_.scrub_invalid_names);
  }

  // Without a namespace.
  std::string simple_name(const Schema& schema) {
    const std::string name = given_name(schema);
    return identifier(std::string_view(name).substr(name.rfind('.') + 1));
  }

  std::string message(const std::string& name, const Schema& schema) {
    Message text;
    Numbers numbers(schema);
    for (const data::Field& field : schema.fields()) {
      if (is_protobuf_union(*field.schema)) {
        add_oneof(*field.schema, numbers, text);
      } else {
        add_field(field.name, *field.schema, numbers.of(*field.schema), text);
      }
    }
    return declared(name, text);
  }

  static std::string declared(const std::string& name, const Message& message) {
    std::string text = fmt::format("message {} {{\n{}", name, indented(message.fields));
    for (const std::string& type : message.order) {
      text += '\n' + indented(message.types.at(type));
    }
    return text + "}\n";
  }

  static std::string_view oneof_name(const Schema& schema) {
    std::string_view name;
    if (const std::string* given = schema.find_parameter(generalized_union_parameter)) {
      name = *given;
    } else {
      name = *schema.name();
      name.remove_prefix(std::min(name.size(), protobuf_union_name.size() + 1));
    }
    return name.substr(name.rfind('.') + 1);
  }

  void add_oneof(const Schema& schema, Numbers& numbers, Message& message) {
    const std::string_view name = oneof_name(schema);
    Message members{{}, std::move(message.types), std::move(message.order)};
    for (const data::Field& field : schema.fields()) {
      if (field.schema->type() == Type::array || field.schema->type() == Type::map ||
          is_protobuf_union(*field.schema)) {
        fail("The field {} of the union {} is one that a oneof cannot have", field.name, name);
      }
      add_field(field.name, *field.schema, numbers.of(*field.schema), members, true);
    }
    message.types = std::move(members.types);
    message.order = std::move(members.order);
    message.fields +=
        fmt::format("oneof {} {{\n{}}}\n", identifier(name), indented(members.fields));
  }

  void add_field(const std::string& field_name, const Schema& schema, int32_t number,
                 Message& message, bool in_oneof = false) {
    const bool array = schema.type() == Type::array;
    const Schema& single = array ? *schema.value_schema() : schema;
    if (array && (single.type() == Type::array || single.type() == Type::map)) {
      fail("Array cannot be nested: the field {} is an array of {}", field_name,
           data::type_name(single.type()));
    }
    const std::string name = identifier(field_name);
    const FieldType type = type_of(single, name, message);
    const char* label = "";
    if (array || single.type() == Type::map) {
      label = "repeated ";
    } else if (options_.optional_for_nullables && schema.optional() && !in_oneof) {
      label = "optional ";
    }
    message.fields += fmt::format("{}{} {} = {}", label, type.name, name, number);
    if (!type.parameters.empty()) {
      imports_.insert(std::string(protobuf_meta_file));
      std::string parameters;
      for (const auto& [key, value] : type.parameters) {
        parameters += fmt::format("{}    {{\n      key: \"{}\",\n      value: \"{}\"\n    }}",
                                  parameters.empty() ? "" : ",\n", key, value);
      }
      message.fields +=
          fmt::format(" [(confluent.field_meta) = {{\n  params: [\n{}\n  ]\n}}]", parameters);
    }
    message.fields += ";\n";
  }

  FieldType type_of(const Schema& schema, const std::string& field, Message& message) {
    if (schema.logical() != Logical::none) return logical_type(schema);
    const bool may_be_enum = schema.type() == Type::string || schema.type() == Type::int32;
    const auto enum_parameter = enum_parameter_of(schema, protobuf_enum_parameter);
    if (may_be_enum && !enum_parameter.empty()) {
      return {enum_type(schema, enum_parameter, message)};
    }
    switch (schema.type()) {
      case Type::int8:
        return {scalar(schema, "int32", "Int32"), {{"connect.type", "int8"}}};
      case Type::int16:
        return {scalar(schema, "int32", "Int32"), {{"connect.type", "int16"}}};
      case Type::int32:
        return {scalar(schema, given_type(schema, "int32"), "Int32")};
      case Type::int64: {
        const std::string type = given_type(schema, "int64");
        const char* wrapper = type == "uint32" || type == "fixed32"   ? "UInt32"
                              : type == "uint64" || type == "fixed64" ? "UInt64"
                                                                      : "Int64";
        return {scalar(schema, type, wrapper)};
      }
      case Type::float32:
        return {scalar(schema, "float", "Float")};
      case Type::float64:
        return {scalar(schema, "double", "Double")};
      case Type::boolean:
        return {scalar(schema, "bool", "Bool")};
      case Type::string:
        return {scalar(schema, "string", "String")};
      case Type::bytes:
        return {scalar(schema, "bytes", "Bytes")};
      case Type::map:
        return {map_type(schema, message)};
      case Type::structure:
        return {structure_type(schema, field, message)};
      case Type::array:
        break;
    }
    fail("Array cannot be nested");
  }

  FieldType logical_type(const Schema& schema) {
    const auto imported = [&](std::string_view file, std::string_view name) {
      imports_.insert(std::string(file));
      return FieldType{fmt::format(".{}", name)};
    };
    switch (schema.logical()) {
      case Logical::date:
        return imported(protobuf_date_file, protobuf_date_message);
      case Logical::time:
        return imported(protobuf_time_file, protobuf_time_message);
      case Logical::timestamp:
        return imported(protobuf_timestamp_file, protobuf_timestamp_message);
      default:
        break;
    }
    FieldType type = imported(protobuf_decimal_file, protobuf_decimal_message);
    const std::string* precision = schema.find_parameter(data::decimal_precision_parameter);
    if (precision != nullptr && !precision->empty() && std::ranges::all_of(*precision, is_digit)) {
      type.parameters.emplace_back("precision", *precision);
    }
    type.parameters.emplace_back("scale", std::to_string(schema.scale()));
    return type;
  }

  // The type that the field had where it comes from, of those that hold the same numbers.
  static std::string given_type(const Schema& schema, const char* otherwise) {
    static constexpr std::string_view types32[] = {"sint32", "sfixed32"};
    static constexpr std::string_view types64[] = {"uint32",  "fixed32", "uint64",
                                                   "fixed64", "sint64",  "sfixed64"};
    const std::string* given = schema.find_parameter(protobuf_type_parameter);
    const std::span<const std::string_view> types =
        schema.type() == Type::int32 ? std::span<const std::string_view>(types32) : types64;
    return given != nullptr && std::ranges::find(types, *given) != types.end() ? *given : otherwise;
  }

  std::string scalar(const Schema& schema, std::string type, const char* wrapper) {
    if (!options_.wrapper_for_nullables || !schema.optional()) return type;
    imports_.insert(std::string(protobuf_wrappers_file));
    return fmt::format(".google.protobuf.{}Value", wrapper);
  }

  // `parameter`: the one that has its name.
  std::string enum_type(const Schema& schema, std::string_view parameter, Message& message) {
    const std::string& given = *schema.find_parameter(parameter);
    const std::string name = identifier(given.substr(given.rfind('.') + 1));
    const std::string prefix = fmt::format("{}.", parameter);
    std::string values;
    std::set<std::string> numbers;
    bool alias = false;
    for (const auto& [key, number] : schema.parameters()) {
      if (!key.starts_with(prefix)) continue;
      int32_t parsed = 0;
      const auto end = number.data() + number.size();
      if (const auto [at, error] = std::from_chars(number.data(), end, parsed);
          error != std::errc() || at != end) {
        fail("{} = {} is no number of an enum", key, number);
      }
      alias |= !numbers.insert(number).second;
      values += fmt::format("  {} = {};\n", protobuf_identifier(key.substr(prefix.size()), false),
                            parsed);
    }
    add_type(name,
             fmt::format("enum {} {{\n{}{}}}\n", name,
                         alias ? "  option allow_alias = true;\n" : "", values),
             message);
    return name;
  }

  std::string map_type(const Schema& schema, Message& outer) {
    const std::string name = protobuf_entry_name(simple_name(schema));
    Message entry;
    add_field("key", *schema.key_schema(), 1, entry);
    add_field("value", *schema.value_schema(), 2, entry);
    add_type(name, declared(name, entry), outer);
    return name;
  }

  std::string structure_type(const Schema& schema, const std::string& field, Message& outer) {
    std::string name = simple_name(schema);
    if (name == field) name += "Message";  // a type and a field cannot share a name
    if (++depth_ > depth_max) fail("Structures are nested more than {} deep", depth_max);
    add_type(name, message(name, schema), outer);
    --depth_;
    return name;
  }

  static void add_type(const std::string& name, std::string text, Message& message) {
    const auto [known, added] = message.types.emplace(name, text);
    if (added) {
      message.order.push_back(name);
    } else if (known->second != text) {
      fail(
          "Two different types in one message are called {}. Hint: name the structures of the "
          "schema",
          name);
    }
  }

  const ProtobufWriteOptions& options_;
  std::set<std::string> imports_;
  int unnamed_ = 0;
  size_t depth_ = 0;
};

// The message of google/protobuf/wrappers.proto for a primitive at the top.
std::string_view wrapper_of(Type type) {
  switch (type) {
    case Type::int8:
    case Type::int16:
    case Type::int32:
      return "google.protobuf.Int32Value";
    case Type::int64:
      return "google.protobuf.Int64Value";
    case Type::float32:
      return "google.protobuf.FloatValue";
    case Type::float64:
      return "google.protobuf.DoubleValue";
    case Type::boolean:
      return "google.protobuf.BoolValue";
    case Type::string:
      return "google.protobuf.StringValue";
    default:
      return "google.protobuf.BytesValue";
  }
}

}  // namespace

ProtobufSchemaText protobuf_schema_text(const Schema& schema, const ProtobufWriteOptions& options) {
  if (schema.type() == Type::structure && !is_protobuf_union(schema)) {
    return Writer(options).file(schema);
  }
  if (schema.type() == Type::array || schema.type() == Type::map ||
      schema.type() == Type::structure || schema.logical() != Logical::none) {
    fail(
        "Unsupported root schema of type {}. Hint: put the value into a structure, as "
        "HoistField does",
        schema.logical() == Logical::none ? data::type_name(schema.type())
                                          : data::kind_name(schema.value_kind()));
  }
  return {std::string(protobuf_wrappers_text()), std::string(wrapper_of(schema.type()))};
}

bool is_protobuf_union(const Schema& schema) {
  return (schema.type() == Type::structure && schema.name() &&
          schema.name()->starts_with(protobuf_union_name)) ||
         is_generalized_union(schema);
}

}  // namespace kc::convert
