#include "convert/avro/avro_json_value.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/whole_number.h"
#include "convert/avro/avro_reader.h"
#include "convert/utf8.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Schema;
using data::Value;
using Json = nlohmann::ordered_json;

[[noreturn]] void misfit(const Json& json, const Schema& schema) {
  throw Error(Reaction::skip_record, "a JSON {} does not fit the type {}", json.type_name(),
              data::type_name(schema.type()));
}

int64_t integer(const Json& json, const Schema& schema, int64_t minimum, int64_t maximum) {
  const auto value = json.is_number_integer() ? base::as_whole_number<int64_t>(json) : std::nullopt;
  if (!value || *value < minimum || *value > maximum) misfit(json, schema);
  return *value;
}

// U+0000 to U+00FF -> bytes.
std::string_view bytes_of(const Json& json, const Schema& schema, base::Arena& arena) {
  if (!json.is_string()) misfit(json, schema);
  std::string_view text = json.get_ref<const std::string&>();
  std::string bytes;
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (c > 0xFF) misfit(json, schema);
    bytes.push_back(static_cast<char>(c));
  }
  return arena.copy(bytes);
}

std::string characters_of(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    char buffer[4];
    text.append(buffer, put_character(static_cast<unsigned char>(byte), buffer));
  }
  return text;
}

Value structure(const Json& json, const Schema& schema, base::Arena& arena) {
  const size_t count = schema.fields().size();
  Value* const values = arena.allocate_array<Value>(count);
  std::fill_n(values, count, Value());
  // A union's default is of its first branch.
  if (schema.name() == avro_union_name && count > 0) {
    values[0] = avro_json_value(json, *schema.fields()[0].schema, arena);
    return Value::structure({values, count});
  }
  if (!json.is_object()) misfit(json, schema);
  for (size_t i = 0; i < count; ++i) {
    const data::Field& field = schema.fields()[i];
    const auto found = json.find(field.name);
    if (found != json.end() && !found->is_null()) {
      values[i] = avro_json_value(*found, *field.schema, arena);
    } else if (field.schema->default_value()) {
      values[i] = *field.schema->default_value();
    } else if (!field.schema->optional()) {
      misfit(json, schema);
    }
  }
  return Value::structure({values, count});
}

Value map(const Json& json, const Schema& schema, base::Arena& arena) {
  Value* const entries = arena.allocate_array<Value>(2 * json.size());
  size_t next = 0;
  if (json.is_object() && schema.key_schema()->type() == data::Type::string) {
    for (const auto& [key, value] : json.items()) {
      entries[next++] = Value::string(arena.copy(key));
      entries[next++] = avro_json_value(value, *schema.value_schema(), arena);
    }
  } else if (json.is_array()) {
    for (const Json& entry : json) {
      if (!entry.is_object() || !entry.contains("key") || !entry.contains("value")) {
        misfit(json, schema);
      }
      entries[next++] = avro_json_value(entry["key"], *schema.key_schema(), arena);
      entries[next++] = avro_json_value(entry["value"], *schema.value_schema(), arena);
    }
  } else {
    misfit(json, schema);
  }
  return Value::map({entries, next});
}

double real(const Json& json, const Schema& schema) {
  if (!json.is_number()) misfit(json, schema);
  return json.get<double>();
}

}  // namespace

Value avro_json_value(const Json& json, const Schema& schema, base::Arena& arena) {
  if (json.is_null() && schema.optional()) return {};
  switch (schema.value_kind()) {
    case Kind::boolean:
      if (!json.is_boolean()) misfit(json, schema);
      return Value::boolean(json.get<bool>());
    case Kind::int8:
      return Value::int8(static_cast<int8_t>(integer(json, schema, INT8_MIN, INT8_MAX)));
    case Kind::int16:
      return Value::int16(static_cast<int16_t>(integer(json, schema, INT16_MIN, INT16_MAX)));
    case Kind::int32:
      return Value::int32(static_cast<int32_t>(integer(json, schema, INT32_MIN, INT32_MAX)));
    case Kind::date:
      return Value::date(static_cast<int32_t>(integer(json, schema, INT32_MIN, INT32_MAX)));
    case Kind::time:
      return Value::time(static_cast<int32_t>(integer(json, schema, INT32_MIN, INT32_MAX)));
    case Kind::int64:
      return Value::int64(integer(json, schema, INT64_MIN, INT64_MAX));
    case Kind::timestamp:
      return Value::timestamp(integer(json, schema, INT64_MIN, INT64_MAX));
    case Kind::float32:
      return Value::float32(static_cast<float>(real(json, schema)));
    case Kind::float64:
      return Value::float64(real(json, schema));
    case Kind::string:
      if (!json.is_string()) misfit(json, schema);
      return Value::string(arena.copy(json.get_ref<const std::string&>()));
    case Kind::bytes:
      return Value::bytes(bytes_of(json, schema, arena));
    case Kind::decimal:
      return Value::decimal(bytes_of(json, schema, arena), schema.scale());
    case Kind::array: {
      if (!json.is_array()) misfit(json, schema);
      Value* const items = arena.allocate_array<Value>(json.size());
      for (size_t i = 0; i < json.size(); ++i) {
        items[i] = avro_json_value(json[i], *schema.value_schema(), arena);
      }
      return Value::array({items, json.size()});
    }
    case Kind::map:
      return map(json, schema, arena);
    default:
      return structure(json, schema, arena);
  }
}

Json avro_json(const Value& value, const Schema& schema) {
  switch (value.kind()) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return value.as_boolean();
    case Kind::float32:
    case Kind::float64:
      return std::isfinite(value.as_real()) ? Json(value.as_real()) : Json();
    case Kind::string:
      return std::string(value.as_text());
    case Kind::bytes:
    case Kind::decimal:
      return characters_of(value.as_text());
    case Kind::array: {
      Json items = Json::array();
      for (const Value& item : value.items()) {
        items.push_back(avro_json(item, *schema.value_schema()));
      }
      return items;
    }
    case Kind::map: {
      const bool by_text = schema.key_schema()->type() == data::Type::string;
      Json entries = by_text ? Json::object() : Json::array();
      for (size_t i = 0; i < value.entries().size(); i += 2) {
        Json item = avro_json(value.entries()[i + 1], *schema.value_schema());
        if (by_text) {
          entries[std::string(value.entries()[i].as_text())] = std::move(item);
        } else {
          entries.push_back({{"key", avro_json(value.entries()[i], *schema.key_schema())},
                             {"value", std::move(item)}});
        }
      }
      return entries;
    }
    case Kind::structure: {
      Json fields = Json::object();
      for (const data::Field& field : schema.fields()) {
        fields[field.name] = avro_json(value.items()[field.index], *field.schema);
      }
      return fields;
    }
    default:
      return value.as_integer();
  }
}

}  // namespace kc::convert
