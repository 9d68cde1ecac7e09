#include "server/rows/value_forms.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "wire/value_text.h"

namespace kc::server {

namespace {

using Json = nlohmann::json;

template <typename T>
bool is_in_range(const Json& json) {
  if (json.is_number_unsigned()) return std::in_range<T>(json.get<uint64_t>());
  return json.is_number_integer() && std::in_range<T>(json.get<int64_t>());
}

bool is_element(ArrayElement element, const Json& json) {
  if (json.is_null()) return true;
  switch (element) {
    case ArrayElement::int32:
      return is_in_range<int32_t>(json);
    case ArrayElement::int64:
      return is_in_range<int64_t>(json);
    case ArrayElement::real:
      return json.is_number();
    case ArrayElement::truth:
      return json.is_boolean() || json == 0 || json == 1;
    case ArrayElement::text:
      return json.is_string();
    case ArrayElement::ulong:
      return json.is_string() ? wire::parse_ulong(json.get_ref<const std::string&>()).has_value()
                              : json.is_number_unsigned();
    case ArrayElement::uuid:
      return json.is_string() && wire::parse_uuid(json.get_ref<const std::string&>());
    case ArrayElement::any:
      break;
  }
  return true;
}

// [a,b]
bool is_bare_list(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         text.substr(1, text.size() - 2).find_first_of("[]{}\"\\") == text.npos;
}

bool closes(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return false;
  }
  return depth == 0;
}

}  // namespace

ArrayElement array_element(std::string_view property) {
  const size_t begin = property.find('(');
  if (begin == property.npos) return ArrayElement::any;
  std::string_view name = property.substr(begin + 1);
  name = name.substr(0, name.find_first_of(",( )"));
  if (name == "int") return ArrayElement::int32;
  if (name == "long") return ArrayElement::int64;
  if (name == "float" || name == "double") return ArrayElement::real;
  if (name == "boolean") return ArrayElement::truth;
  if (name == "string") return ArrayElement::text;
  if (name == "ulong") return ArrayElement::ulong;
  if (name == "uuid") return ArrayElement::uuid;
  return ArrayElement::any;
}

bool is_json(std::string_view text) { return Json::accept(text); }

bool is_array_of(ArrayElement element, std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return element == ArrayElement::text && is_bare_list(text);
  return json.is_array() &&
         std::ranges::all_of(json, [&](const Json& item) { return is_element(element, item); });
}

bool is_wkt(std::string_view text) {
  constexpr std::array<std::string_view, 8> geometries = {
      "POINT",        "LINESTRING",         "POLYGON",   "MULTIPOINT", "MULTILINESTRING",
      "MULTIPOLYGON", "GEOMETRYCOLLECTION", "LINEARRING"};
  if (const size_t id = text.find(';'); id != text.npos && text.starts_with("SRID=")) {
    text.remove_prefix(id + 1);
  }
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  std::string name;
  while (!text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    text.remove_prefix(1);
  }
  if (std::ranges::find(geometries, name) == geometries.end()) return false;
  const size_t begin = text.find_first_not_of(" \t\r\nZMzm");
  if (begin == text.npos) return false;
  text.remove_prefix(begin);
  if (text.front() == '(') return closes(text);
  return text.starts_with("EMPTY") || text.starts_with("empty");
}

bool is_wkb(std::string_view bytes) {
  constexpr size_t head_bytes = 5;
  if (bytes.size() < head_bytes || (bytes[0] != 0 && bytes[0] != 1)) return false;
  const auto* const kind = reinterpret_cast<const uint8_t*>(bytes.data()) + 1;
  // The low 16 bits; flags of dimensions and the reference system stand above them.
  const unsigned low = bytes[0] == 1 ? kind[0] | kind[1] << 8U : kind[3] | kind[2] << 8U;
  const unsigned geometry = low % 1000;
  return geometry >= 1 && geometry <= 17;
}

}  // namespace kc::server
