#include "convert/json/json_text.h"
#include "convert/json/json_writer.h"

namespace kc::convert {
namespace {

using data::Schema;
using data::Type;

std::string_view type_text(Type type) {
  static constexpr std::string_view names[] = {"int8",  "int16",  "int32",   "int64",
                                               "float", "double", "boolean", "string",
                                               "bytes", "array",  "map",     "struct"};
  return names[static_cast<size_t>(type)];
}

class SchemaWriter {
 public:
  SchemaWriter(const JsonWriter& writer, TextBuffer& out) : writer_(writer), out_(out) {}

  // `field`: the name that the schema has as a struct's field, or nullptr.
  void write(const Schema& schema, const std::string* field = nullptr) {
    out_.append("{\"type\":");
    append_json_string(type_text(schema.type()), out_);
    write_children(schema);
    out_.append(schema.optional() ? std::string_view(",\"optional\":true")
                                  : std::string_view(",\"optional\":false"));
    if (schema.name()) member("name", *schema.name());
    if (schema.version()) out_.append(",\"version\":" + std::to_string(*schema.version()));
    if (schema.doc()) member("doc", *schema.doc());
    write_parameters(schema);
    if (schema.default_value()) {
      out_.append(",\"default\":");
      writer_.write(WritePlan(schema), *schema.default_value(), out_);
    }
    if (field != nullptr) member("field", *field);
    out_.append('}');
  }

 private:
  void member(std::string_view name, std::string_view text) {
    out_.append(',');
    append_json_string(name, out_);
    out_.append(':');
    append_json_string(text, out_);
  }

  void write_children(const Schema& schema) {
    if (schema.type() == Type::structure) {
      out_.append(",\"fields\":[");
      for (const data::Field& field : schema.fields()) {
        if (field.index != 0) out_.append(',');
        write(*field.schema, &field.name);
      }
      out_.append(']');
    } else if (schema.type() == Type::array) {
      out_.append(",\"items\":");
      write_inner(schema.value_schema());
    } else if (schema.type() == Type::map) {
      out_.append(",\"keys\":");
      write_inner(schema.key_schema());
      out_.append(",\"values\":");
      write_inner(schema.value_schema());
    }
  }

  // Header texts with items of several types give lists without a schema for them.
  void write_inner(const data::SchemaPtr& schema) {
    if (schema == nullptr) {
      out_.append("null");
    } else {
      write(*schema);
    }
  }

  void write_parameters(const Schema& schema) {
    if (schema.parameters().empty()) return;
    std::string_view before = ",\"parameters\":{";
    for (const auto& [name, value] : schema.parameters()) {
      out_.append(before);
      append_json_string(name, out_);
      out_.append(':');
      append_json_string(value, out_);
      before = ",";
    }
    out_.append('}');
  }

  const JsonWriter& writer_;
  TextBuffer& out_;
};

}  // namespace

void write_connect_schema(const Schema& schema, const JsonWriter& writer, TextBuffer& out) {
  SchemaWriter(writer, out).write(schema);
}

}  // namespace kc::convert
