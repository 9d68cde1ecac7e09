#include "server/rows/row_text.h"

#include <charconv>
#include <deque>
#include <vector>

#include "base/error.h"
#include "data/value.h"
#include "server/expression/scalar.h"
#include "server/rows/column_defaults.h"
#include "wire/column_format.h"
#include "wire/message_json.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;
using wire::BaseType;
using wire::Json;

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

// A byte for each character, all of them below U+0100: what Python's client makes of bytes.
bool from_characters(std::string_view text, std::string& bytes) {
  for (size_t i = 0; i < text.size(); ++i) {
    auto character = static_cast<uint8_t>(text[i]);
    if (character >= 0x80) {
      // UTF-8 of two bytes, the first of which is C2 or C3.
      if ((character != 0xC2 && character != 0xC3) || ++i == text.size()) return false;
      const auto rest = static_cast<uint8_t>(text[i]);
      if ((rest & 0xC0) != 0x80) return false;
      character = static_cast<uint8_t>((character & 3) << 6 | (rest & 0x3F));
    }
    bytes.push_back(static_cast<char>(character));
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

[[noreturn]] void refuse(const wire::Column& column, std::string_view what) {
  constexpr size_t shown_max = 200;
  throw Error(Reaction::skip_record, "Column `{}` ({}) cannot take {}{}", column.name,
              wire::column_type_name(column), what.substr(0, shown_max),
              what.size() > shown_max ? "..." : "");
}

// Floats from a list: the JSON of a vector column.
bool read_floats(const Json& json, std::string& bytes) {
  for (const Json& item : json) {
    if (!item.is_number()) return false;
    const auto value = item.get<float>();
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  return true;
}

Value from_json(const wire::Column& column, const Json& json, std::deque<std::string>& texts) {
  if (json.is_null()) return {};
  if (column.type == BaseType::bytes) {
    if (json.is_string()) return value_from_text(column, json.get<std::string>(), texts);
    if (json.is_array() && read_floats(json, texts.emplace_back())) {
      return Value::bytes(texts.back());
    }
    refuse(column, json.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  if (json.is_string()) return value_from_text(column, json.get<std::string>(), texts);
  // Numbers, and the lists and objects of array and json columns.
  if (json.is_structured() && column.type != BaseType::string) refuse(column, json.dump());
  return value_from_text(column, json.dump(), texts);
}

// As a row's bytes are treated: what is no value of a column that the server fills in is replaced.
Value from_json_or_filled(const wire::Column& column, const Json& json,
                          std::deque<std::string>& texts) {
  if (!is_filled_on_insert(column)) return from_json(column, json, texts);
  try {
    return from_json(column, json, texts);
  } catch (const Error&) {
    return generated_value(column, "", texts);
  }
}

Value integer_from_text(const wire::Column& column, std::string_view text) {
  const auto format = wire::column_format(column);
  if (text == "true" || text == "false") return Value::int64(text == "true" ? 1 : 0);
  auto number = parse_number(text);
  if (!number && format.kind == wire::ColumnKind::timestamp) {
    number = scalar_as(Scalar::of_text(text), ScalarKind::instant);
  }
  if (!number || number->kind == ScalarKind::real) refuse(column, text);
  wire::Int128 value = number->number;
  for (int i = 0; i < number->scale; ++i) {
    if (value % 10 != 0) refuse(column, text);
    value /= 10;
  }
  if (value != static_cast<int64_t>(value)) refuse(column, text);
  return Value::int64(static_cast<int64_t>(value));
}

Value real_from_text(const wire::Column& column, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) refuse(column, text);
  return Value::float64(value);
}

}  // namespace

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

Value value_from_text(const wire::Column& column, std::string_view text,
                      std::deque<std::string>& texts) {
  switch (column.type) {
    case BaseType::int_:
    case BaseType::long_:
      return integer_from_text(column, text);
    case BaseType::float_:
    case BaseType::double_:
      return real_from_text(column, text);
    case BaseType::string:
      return Value::string(texts.emplace_back(text));
    case BaseType::bytes:
      break;
  }
  if (!from_hex(text, texts.emplace_back())) {
    texts.back().clear();
    if (!from_characters(text, texts.back())) refuse(column, text);
  }
  return Value::bytes(texts.back());
}

std::string row_from_json(const wire::TableType& type, std::string_view text) {
  const Json json = wire::parse_json(text);
  if (!json.is_object()) throw Error(Reaction::skip_record, "it is not a JSON object");
  return row_from_json_object(type, json);
}

std::string row_from_json_object(const wire::TableType& type, const nlohmann::ordered_json& json) {
  std::deque<std::string> texts;
  std::vector<Value> values;
  for (const wire::Column& column : type.columns()) {
    const auto found = json.find(column.name);
    values.push_back(found == json.end() ? missing_value(column, texts)
                                         : from_json_or_filled(column, *found, texts));
  }
  std::string row;
  wire::encode_row(type, values, row);
  return row;
}

}  // namespace kc::server
