// What several readers of somebody else's text do with it.
#pragma once

#include <string_view>
#include <vector>

namespace kc::base {

// Java's String.trim: without the characters up to U+0020 at both ends. Connect trims names, values
// of properties and header texts with it.
inline std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// What stands between the separators, empty parts included: "a,,b" has three, "" has one.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

}  // namespace kc::base
