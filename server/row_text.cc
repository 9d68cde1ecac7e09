#include "server/row_text.h"

#include <charconv>
#include <deque>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "data/value.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;
using Json = nlohmann::ordered_json;

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return hex;
}

bool from_hex(std::string_view hex, std::string& bytes) {
  if (hex.size() % 2 != 0) return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    uint8_t byte = 0;
    const char* const end = hex.data() + i + 2;
    if (std::from_chars(hex.data() + i, end, byte, 16).ptr != end) return false;
    bytes.push_back(static_cast<char>(byte));
  }
  return true;
}

Json to_json(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return nullptr;
    case Kind::int32:
    case Kind::int64:
      return value.as_integer();
    case Kind::float32:
    case Kind::float64:
      return value.as_real();
    case Kind::bytes:
      return to_hex(value.as_text());
    default:
      return std::string(value.as_text());
  }
}

// Texts that the values point to are kept in `texts`.
Value from_json(const wire::Column& column, const Json& json, std::deque<std::string>& texts) {
  using wire::BaseType;
  if (json.is_null()) return {};
  switch (column.type) {
    case BaseType::int_:
    case BaseType::long_:
      if (json.is_number_integer()) return Value::int64(json.get<int64_t>());
      if (json.is_boolean()) return Value::int64(json.get<bool>() ? 1 : 0);
      break;
    case BaseType::float_:
    case BaseType::double_:
      if (json.is_number()) return Value::float64(json.get<double>());
      break;
    case BaseType::string:
      if (json.is_string()) return Value::string(texts.emplace_back(json.get<std::string>()));
      if (json.is_structured() || json.is_number()) {  // json, array, decimal columns
        return Value::string(texts.emplace_back(json.dump()));
      }
      break;
    case BaseType::bytes:
      if (json.is_string() && from_hex(json.get<std::string>(), texts.emplace_back())) {
        return Value::bytes(texts.back());
      }
      break;
  }
  throw Error(Reaction::skip_record, "Column `{}` ({}) cannot take {}", column.name,
              wire::base_type_name(column.type), json.dump());
}

}  // namespace

std::string json_text(const Value& value) {
  return to_json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string row_to_json(const wire::TableType& type, std::string_view row) {
  std::vector<Value> values;
  wire::decode_row(type, row, values);
  Json json = Json::object();
  for (size_t i = 0; i < values.size(); ++i) json[type.columns()[i].name] = to_json(values[i]);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string row_from_json(const wire::TableType& type, std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Error(Reaction::skip_record, "it is not a JSON object");
  std::deque<std::string> texts;
  std::vector<Value> values;
  for (const wire::Column& column : type.columns()) {
    const auto found = json.find(column.name);
    values.push_back(found == json.end() ? Value() : from_json(column, *found, texts));
  }
  std::string row;
  wire::encode_row(type, values, row);
  return row;
}

}  // namespace kc::server
