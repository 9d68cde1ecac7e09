#include "convert/protobuf/protobuf_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace kc::convert {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier(std::string_view name) {
  return !name.empty() && !is_digit(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// java.net.URLEncoder, then '_' for what is still no identifier; 'x' before a digit or '_'.
std::string scrubbed(std::string_view name) {
  if (is_identifier(name) && name.front() != '_') return std::string(name);
  std::string encoded;
  for (const char c : name) {
    if (is_letter(c) || is_digit(c)) {
      encoded.push_back(c);
    } else if (c == '_' || c == '.' || c == '*' || c == '-' || c == ' ') {
      encoded.push_back('_');
    } else {
      encoded += fmt::format("_{:02X}", static_cast<unsigned char>(c));
    }
  }
  const bool prefixed = !encoded.empty() && (is_digit(encoded.front()) || name.front() == '_');
  return prefixed ? "x" + encoded : encoded;
}

}  // namespace

std::string protobuf_identifier(std::string_view name, bool scrub) {
  if (scrub) return scrubbed(name);
  if (is_identifier(name)) return std::string(name);
  throw base::Error(base::Reaction::skip_record,
                    "The name {} is none that Protobuf takes: letters, digits and _. Hint: set "
                    "scrub.invalid.names=true",
                    name);
}

std::string protobuf_entry_name(const std::string& map_name) {
  if (map_name.find('_') == std::string::npos) return map_name + "Entry";
  std::string name;
  bool first = true;
  for (const char c : map_name) {
    if (c == '_') {
      first = true;
      continue;
    }
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    if (first && lower) {
      name.push_back(static_cast<char>(c - 'a' + 'A'));
    } else if (!first && upper) {
      name.push_back(static_cast<char>(c - 'A' + 'a'));
    } else {
      name.push_back(c);
    }
    first = false;
  }
  return name + "Entry";
}

std::string protobuf_map_name(std::string_view entry_name) {
  entry_name.remove_suffix(std::string_view("Entry").size());
  std::string name;
  for (const char c : entry_name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !name.empty()) name.push_back('_');
    name.push_back(upper ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return name;
}

}  // namespace kc::convert
