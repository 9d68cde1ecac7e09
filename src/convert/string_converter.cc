#include "convert/string_converter.h"

#include "base/base64.h"
#include "base/error.h"
#include "convert/decimal.h"
#include "convert/java_text.h"
#include "convert/utf8.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Schema;
using data::Value;

constexpr int64_t day_milliseconds = 86'400'000;

const Schema* items_schema(const Schema* schema) {
  return schema == nullptr ? nullptr : schema->value_schema().get();
}

const Schema* keys_schema(const Schema* schema) {
  return schema == nullptr ? nullptr : schema->key_schema().get();
}

void append_structure(const Schema* schema, const Value& value, std::string& out) {
  const auto items = value.items();
  if (schema == nullptr || schema->fields().size() != items.size()) {
    throw Error(Reaction::skip_record,
                "Mismatching schema. A Struct can be written only with its schema");
  }
  out += "Struct{";
  std::string_view before;
  for (const data::Field& field : schema->fields()) {
    const Value& item = items[field.index];
    if (item.is_null()) continue;
    out += before;
    out += field.name;
    out += '=';
    append_java_string(field.schema.get(), item, out);
    before = ",";
  }
  out += '}';
}

void append_list(const Schema* schema, const Value& value, std::string& out) {
  std::string_view before;
  out += '[';
  for (const Value& item : value.items()) {
    out += before;
    append_java_string(items_schema(schema), item, out);
    before = ", ";
  }
  out += ']';
}

void append_map(const Schema* schema, const Value& value, std::string& out) {
  const auto entries = value.entries();
  out += '{';
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (i != 0) out += ", ";
    append_java_string(keys_schema(schema), entries[i], out);
    out += '=';
    append_java_string(items_schema(schema), entries[i + 1], out);
  }
  out += '}';
}

template <typename Number>
void append_number(Number value, char* (*write)(Number, char*), std::string& out) {
  char text[number_text_max];
  out.append(text, static_cast<size_t>(write(value, text) - text));
}

config::ConfigDef make_properties() {
  config::Property encoding;
  encoding.name = "converter.encoding";
  encoding.default_value = "UTF-8";
  encoding.importance = config::Importance::high;
  encoding.doc = "The name of the character set to use for encoding strings as byte arrays.";
  encoding.validator = config::one_of({"UTF-8", "UTF8", "utf-8", "utf8"});
  config::ConfigDef def;
  def.add(std::move(encoding));
  return def;
}

}  // namespace

void append_java_string(const Schema* schema, const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.as_boolean() ? "true" : "false";
      return;
    case Kind::int8:
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      return append_number(value.as_integer(), &write_integer, out);
    case Kind::float32:
      return append_number(static_cast<float>(value.as_real()), &write_float, out);
    case Kind::float64:
      return append_number(value.as_real(), &write_double, out);
    case Kind::string:
      out += value.as_text();
      return;
    case Kind::bytes:
      out += base::base64_encode(value.as_text());
      return;
    case Kind::array:
      return append_list(schema, value, out);
    case Kind::map:
      return append_map(schema, value, out);
    case Kind::structure:
      return append_structure(schema, value, out);
    case Kind::decimal:
      return append_decimal(value.as_text(), value.scale(), out);
    case Kind::date:
      return append_date(value.as_integer() * day_milliseconds, out);
    case Kind::time:
    case Kind::timestamp:
      return append_date(value.as_integer(), out);
  }
}

const config::ConfigDef& StringConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> StringConverter::create(const config::Properties& settings,
                                                            connect::ConverterRole) {
  properties().parse(settings);
  return std::make_unique<StringConverter>();
}

StringConverter::StringConverter()
    : schema_(data::SchemaBuilder(data::Type::string).optional().build()) {}

connect::SchemaAndValue StringConverter::to_connect(std::string_view,
                                                    std::optional<std::string_view> bytes,
                                                    data::RecordBatch& batch) {
  const Schema* const schema = batch.retain(schema_);
  if (!bytes) return {schema, {}};
  return {schema, Value::string(repaired_utf8(*bytes, batch.arena()))};
}

bool StringConverter::from_connect(std::string_view, const Schema* schema, const Value& value,
                                   std::string& out) {
  if (value.is_null()) return false;
  append_java_string(schema, value, out);
  return true;
}

}  // namespace kc::convert
