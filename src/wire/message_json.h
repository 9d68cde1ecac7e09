// Any message of messages/ to JSON and back: the protocol's JSON mode (Content-Type
// application/json), for people with curl and for clients that ask for it. Not for the data path.
//
// A field that is absent keeps its default, but for those that say how records are encoded: who
// writes JSON has records as JSON. Fields that are not the message's are ignored. Bytes are written
// as Avro's JSON encoding has them, a character below U+0100 for each, and must be empty when read:
// records travel as text beside them, as in `list_str`.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "base/whole_number.h"

// A union of string and null.
template <>
struct nlohmann::adl_serializer<std::optional<std::string>> {
  template <typename Json>
  static void to_json(Json& json, const std::optional<std::string>& value) {
    json = nullptr;
    if (value) json = *value;
  }
  template <typename Json>
  static void from_json(const Json& json, std::optional<std::string>& value) {
    value.reset();
    if (!json.is_null()) value = json.template get<std::string>();
  }
};

namespace kc::wire {

// Keeps the order of the fields.
using Json = nlohmann::ordered_json;

// A JSON value of somebody else's; is_discarded() when the text is none, or nests so deeply that
// walking through it could exhaust the stack.
Json parse_json(std::string_view text);

// A character below U+0100 for each byte, in UTF-8.
std::string bytes_as_text(std::string_view bytes);
// "type must be array, but is string": the library's words without its numbers.
std::string_view json_complaint(std::string_view what);

template <typename T>
Json value_to_json(const T& value) {
  return value;
}
inline Json value_to_json(std::string_view bytes) { return bytes_as_text(bytes); }
inline Json value_to_json(const std::vector<std::string_view>& items) {
  Json json = Json::array();
  for (const std::string_view bytes : items) json.push_back(bytes_as_text(bytes));
  return json;
}

template <typename T>
void value_from_json(const Json& json, T& value) {
  if constexpr (std::same_as<T, std::string_view>) {
    if (json != "") throw base::Error(base::Reaction::fail_task, "binary data in JSON mode");
  } else if constexpr (std::same_as<T, std::vector<std::string_view>>) {
    if (!json.empty()) throw base::Error(base::Reaction::fail_task, "binary data in JSON mode");
  } else if constexpr (std::same_as<T, std::vector<int32_t>> ||
                       std::same_as<T, std::vector<int64_t>>) {
    for (const Json& item : json) {
      value.push_back(base::whole_number<typename T::value_type>(item, "an item"));
    }
  } else if constexpr (std::integral<T> && !std::same_as<T, bool>) {
    value = base::whole_number<T>(json, "it");
  } else {
    value = json.get<T>();
  }
}

template <typename Message>
Json to_json_value(const Message& message) {
  Json json = Json::object();
  Message::fields(message, [&](std::string_view name, const auto& value) {
    json[std::string(name)] = value_to_json(value);
  });
  return json;
}

template <typename Message>
std::string encode_json(const Message& message) {
  // Text that is not UTF-8 is replaced rather than refused: it is the row's, not the protocol's.
  // ASCII alone: Python's client takes each byte of a JSON answer for a character.
  return to_json_value(message).dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Throws Error(fail_task) naming the field when the text is not that message.
template <typename Message>
Message decode_json(std::string_view text) {
  const Json json = parse_json(text);
  if (!json.is_object()) {
    throw base::Error(base::Reaction::fail_task, "The body is not a JSON object");
  }
  Message message;
  Message::fields(message, [&](std::string_view name, auto& value) {
    const auto found = json.find(std::string(name));
    if constexpr (std::same_as<std::remove_reference_t<decltype(value)>, std::string>) {
      if (found == json.end() && name.ends_with("encoding")) value = "json";
    }
    if (found == json.end()) return;
    try {
      value_from_json(*found, value);
    } catch (const std::exception& e) {
      throw base::Error(base::Reaction::fail_task, "Field `{}` is not what it should be: {}", name,
                        json_complaint(e.what()));
    }
  });
  return message;
}

}  // namespace kc::wire
