// Connect schema -> JSON Schema: JsonSchemaData.fromConnectSchema.
#include <optional>
#include <string_view>

#include "convert/json/json_text.h"
#include "convert/json_schema/json_schema_compile.h"

namespace kc::convert {
namespace {

using data::Schema;
using data::Type;

// Parameters that begin so are not written as such.
constexpr std::string_view json_namespace = "io.confluent.connect.json";
constexpr std::string_view null_symbol = "<NULL>";

class SchemaText {
 public:
  SchemaText(const JsonWriter& writer, bool additional_properties, TextBuffer& out)
      : writer_(writer), additional_properties_(additional_properties), out_(out) {}

  // `index`: the schema's place among a structure's fields.
  void write(const Schema& schema, std::optional<uint32_t> index = {}) {
    if (is_one_of(schema)) {
      begin_one_of(schema.optional());
      for (const data::Field& field : schema.fields()) {
        if (field.index != 0 || schema.optional()) out_.append(',');
        write_type(*field.schema, field.index);
      }
      end_one_of(index);
    } else if (schema.optional()) {
      begin_one_of(true);
      out_.append(',');
      write_type(schema, {});
      end_one_of(index);
    } else {
      write_type(schema, index);
    }
  }

 private:
  void begin_one_of(bool with_null) {
    out_.append("{\"oneOf\":[");
    if (with_null) out_.append("{\"type\":\"null\"}");
  }

  void end_one_of(std::optional<uint32_t> index) {
    out_.append(']');
    if (index) number("connect.index", *index);
    out_.append('}');
  }

  // As if `schema` were not optional.
  void write_type(const Schema& schema, std::optional<uint32_t> index) {
    out_.append('{');
    write_keywords(schema);
    if (schema.name()) text("title", *schema.name());
    if (schema.doc()) text("description", *schema.doc());
    if (schema.default_value()) {
      out_.append(",\"default\":");
      writer_.write(WritePlan(schema, JsonDialect::json_schema), *schema.default_value(), out_);
    }
    if (const std::string_view type = connect_type(schema); !type.empty()) {
      text("connect.type", type);
    }
    if (schema.version()) number("connect.version", *schema.version());
    write_parameters(schema);
    if (index) number("connect.index", *index);
    out_.append('}');
  }

  void write_keywords(const Schema& schema) {
    switch (schema.type()) {
      case Type::int8:
      case Type::int16:
      case Type::int32:
      case Type::int64:
        return out_.append("\"type\":\"integer\"");
      case Type::float32:
      case Type::float64:
        return out_.append("\"type\":\"number\"");
      case Type::boolean:
        return out_.append("\"type\":\"boolean\"");
      case Type::string:
        return is_symbols(schema) ? write_symbols(schema) : out_.append("\"type\":\"string\"");
      case Type::bytes:
        return out_.append(schema.logical() == data::Logical::decimal
                               ? std::string_view("\"type\":\"number\"")
                               : "\"type\":\"string\"");
      case Type::array:
        out_.append("\"type\":\"array\",\"items\":");
        return write(*schema.value_schema());
      case Type::map:
        return write_map(schema);
      case Type::structure:
        return write_properties(schema);
    }
  }

  void write_symbols(const Schema& schema) {
    const std::string_view own = enum_parameter_of(schema, json_enum_parameter);
    char before = '[';
    out_.append("\"enum\":");
    for (const auto& parameter : schema.parameters()) {
      std::string_view symbol = parameter.first;
      if (!symbol.starts_with(own)) continue;
      symbol.remove_prefix(own.size());
      if (!symbol.starts_with('.')) continue;  // the parameter of the enum itself
      symbol.remove_prefix(1);
      out_.append(before);
      if (symbol == null_symbol) {
        out_.append("null");
      } else {
        append_json_string(symbol, out_);
      }
      before = ',';
    }
    if (before == '[') out_.append('[');
    out_.append(']');
  }

  void write_map(const Schema& schema) {
    if (is_object_map(schema, JsonDialect::json_schema)) {
      out_.append("\"type\":\"object\",\"additionalProperties\":");
      return write(*schema.value_schema());
    }
    out_.append("\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"key\":");
    write(*schema.key_schema(), 0);
    out_.append(",\"value\":");
    write(*schema.value_schema(), 1);
    out_.append("}}");
  }

  void write_properties(const Schema& schema) {
    out_.append("\"type\":\"object\",\"properties\":{");
    for (const data::Field& field : schema.fields()) {
      if (field.index != 0) out_.append(',');
      append_json_string(field.name, out_);
      out_.append(':');
      write(*field.schema, field.index);
    }
    out_.append('}');
    if (!additional_properties_) out_.append(",\"additionalProperties\":false");
  }

  static std::string_view connect_type(const Schema& schema) {
    static constexpr std::string_view names[] = {
        "int8", "int16", "int32", "int64", "float32", "float64", "", "", "bytes", "", "map", ""};
    return names[static_cast<size_t>(schema.type())];
  }

  void write_parameters(const Schema& schema) {
    std::string_view before = ",\"connect.parameters\":{";
    for (const auto& [name, value] : schema.parameters()) {
      if (name.starts_with(json_namespace)) continue;
      out_.append(before);
      append_json_string(name, out_);
      out_.append(':');
      append_json_string(value, out_);
      before = ",";
    }
    if (before == ",") out_.append('}');
  }

  void text(std::string_view name, std::string_view value) {
    out_.append(',');
    append_json_string(name, out_);
    out_.append(':');
    append_json_string(value, out_);
  }

  void number(std::string_view name, int64_t value) {
    out_.append(',');
    append_json_string(name, out_);
    out_.append(":" + std::to_string(value));
  }

  const JsonWriter& writer_;
  bool additional_properties_;
  TextBuffer& out_;
};

}  // namespace

std::string json_schema_text(const Schema& schema, const JsonWriter& writer,
                             bool additional_properties) {
  TextBuffer out;
  SchemaText(writer, additional_properties, out).write(schema);
  return std::string(out.view());
}

}  // namespace kc::convert
