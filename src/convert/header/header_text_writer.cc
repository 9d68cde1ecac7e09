#include <string>

#include "base/base64.h"
#include "base/error.h"
#include "convert/header/header_text.h"
#include "convert/iso_time.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using data::Kind;
using data::Schema;
using data::Value;

constexpr int64_t day_milliseconds = 86'400'000;

void append_embedded(const Schema* schema, const Value& value, std::string& out);

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_items(const Schema* schema, const Value& value, std::string& out) {
  const Schema* const item_schema = schema == nullptr ? nullptr : schema->value_schema().get();
  const char* before = "";
  out += '[';
  for (const Value& item : value.items()) {
    out += before;
    append_embedded(item_schema, item, out);
    before = ",";
  }
  out += ']';
}

void append_entries(const Schema* schema, const Value& value, std::string& out) {
  const Schema* const key_schema = schema == nullptr ? nullptr : schema->key_schema().get();
  const Schema* const value_schema = schema == nullptr ? nullptr : schema->value_schema().get();
  const auto entries = value.entries();
  out += '{';
  for (size_t i = 0; i < entries.size(); i += 2) {
    if (i != 0) out += ',';
    append_embedded(key_schema, entries[i], out);
    out += ':';
    append_embedded(value_schema, entries[i + 1], out);
  }
  out += '}';
}

// As Struct.get gives its fields: the default in place of null.
void append_fields(const Schema* schema, const Value& value, std::string& out) {
  const auto items = value.items();
  if (schema == nullptr || schema->fields().size() != items.size()) {
    throw base::Error(base::Reaction::skip_record,
                      "Mismatching schema. A Struct can be written only with its schema");
  }
  out += '{';
  for (const data::Field& field : schema->fields()) {
    if (field.index != 0) out += ',';
    append_quoted(field.name, out);
    out += ':';
    const auto& otherwise = field.schema->default_value();
    const Value& item = items[field.index];
    append_embedded(field.schema.get(), item.is_null() && otherwise ? *otherwise : item, out);
  }
  out += '}';
}

void append_embedded(const Schema* schema, const Value& value, std::string& out) {
  if (value.kind() == Kind::string) {
    append_quoted(value.as_text(), out);
  } else if (value.kind() == Kind::bytes) {
    append_quoted(base::base64_encode(value.as_text()), out);
  } else {
    append_header_text(schema, value, out);
  }
}

}  // namespace

void append_header_text(const Schema* schema, const Value& value, std::string& out) {
  switch (value.kind()) {
    case Kind::array:
      return append_items(schema, value, out);
    case Kind::map:
      return append_entries(schema, value, out);
    case Kind::structure:
      return append_fields(schema, value, out);
    case Kind::date:
      return append_iso(value.as_integer() * day_milliseconds, out);
    case Kind::time:
    case Kind::timestamp:
      return append_iso(value.as_integer(), out);
    default:
      return append_java_string(schema, value, out);
  }
}

}  // namespace kc::convert
