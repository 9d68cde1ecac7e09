#include "sink/nested_text.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/base64.h"
#include "base/error.h"
#include "sink/value_text.h"

namespace kc::sink {
namespace {

using data::Kind;
using data::Schema;
using data::Value;

// Everything but text and what is nested.
void append_scalar(const Value& value, std::string& out) {
  char buffer[text_bytes_max];
  const char* end = buffer;
  switch (value.kind()) {
    case Kind::null:
      out.append("null");
      return;
    case Kind::boolean:
      out.append(value.as_boolean() ? "true" : "false");
      return;
    case Kind::bytes: {
      const size_t size = out.size();
      out.resize(size + base::base64_encoded_size(value.size()));
      base::base64_encode(value.as_text(), out.data() + size);
      return;
    }
    case Kind::float32:
    case Kind::float64:
      end = put_real_text(buffer, value.as_real(), value.kind() == Kind::float32);
      break;
    case Kind::decimal:
      end = put_decimal_text(buffer, value.as_text(), value.scale());
      break;
    case Kind::date:
      end = put_date_text(buffer, value.as_integer());
      break;
    case Kind::time:
      end = put_time_text(buffer, value.as_integer());
      break;
    case Kind::timestamp:
      end = put_datetime_text(buffer, value.as_integer());
      break;
    default:
      end = put_integer_text(buffer, value.as_integer());
      break;
  }
  if (end == nullptr) {
    throw base::Error(base::Reaction::skip_record,
                      "A decimal of {} bytes and scale {} is too long to be written as text",
                      value.size(), value.scale());
  }
  out.append(buffer, static_cast<size_t>(end - buffer));
}

void append_json_string(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<int>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append_json(const Value& value, const Schema* schema, std::string& out);

void append_json_array(const Value& array, const Schema* schema, std::string& out) {
  const Schema* const item_schema = schema == nullptr ? nullptr : schema->value_schema().get();
  char before = '[';
  for (const Value& item : array.items()) {
    out.push_back(std::exchange(before, ','));
    append_json(item, item_schema, out);
  }
  out.append(array.size() == 0 ? "[]" : "]");
}

void append_json_map(const Value& map, const Schema* schema, std::string& out) {
  const auto entries = map.entries();
  const Schema* const key_schema = schema == nullptr ? nullptr : schema->key_schema().get();
  const Schema* const value_schema = schema == nullptr ? nullptr : schema->value_schema().get();
  std::string key;
  char before = '{';
  for (size_t i = 0; i < entries.size(); i += 2) {
    out.push_back(std::exchange(before, ','));
    if (entries[i].kind() == Kind::string) {
      append_json_string(entries[i].as_text(), out);
    } else {
      key.clear();
      append_text(entries[i], key_schema, key);
      append_json_string(key, out);
    }
    out.push_back(':');
    append_json(entries[i + 1], value_schema, out);
  }
  out.append(map.size() == 0 ? "{}" : "}");
}

void append_json_structure(const Value& structure, const Schema& schema, std::string& out) {
  const auto items = structure.items();
  char before = '{';
  for (const data::Field& field : schema.fields()) {
    out.push_back(std::exchange(before, ','));
    append_json_string(field.name, out);
    out.push_back(':');
    append_json(items[field.index], field.schema.get(), out);
  }
  out.append(items.empty() ? "{}" : "}");
}

bool describes(const Schema* schema, const Value& structure) {
  return schema != nullptr && schema->type() == data::Type::structure &&
         schema->fields().size() == structure.size();
}

void append_json(const Value& value, const Schema* schema, std::string& out) {
  switch (value.kind()) {
    case Kind::string:
      return append_json_string(value.as_text(), out);
    case Kind::array:
      return append_json_array(value, schema, out);
    case Kind::map:
      return append_json_map(value, schema, out);
    case Kind::structure:
      if (describes(schema, value)) return append_json_structure(value, *schema, out);
      return append_json_array(value, nullptr, out);
    case Kind::float32:
    case Kind::float64:
      if (std::isfinite(value.as_real())) return append_scalar(value, out);
      break;
    case Kind::bytes:
    case Kind::date:
    case Kind::time:
    case Kind::timestamp:
      break;
    default:
      return append_scalar(value, out);
  }
  out.push_back('"');
  append_scalar(value, out);
  out.push_back('"');
}

}  // namespace

void append_text(const Value& value, const Schema* schema, std::string& out) {
  switch (value.kind()) {
    case Kind::string:
      out.append(value.as_text());
      return;
    case Kind::array:
    case Kind::map:
    case Kind::structure:
      return append_json(value, schema, out);
    default:
      return append_scalar(value, out);
  }
}

void append_joined(std::span<const Value> items, const Schema* item_schema,
                   std::string_view separator, std::string& out) {
  bool first = true;
  for (const Value& item : items) {
    if (!std::exchange(first, false)) out.append(separator);
    append_text(item, item_schema, out);
  }
}

}  // namespace kc::sink
