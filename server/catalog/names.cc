#include "server/catalog/names.h"

#include <algorithm>

#include "base/error.h"
#include "wire/value_text.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t name_bytes_max = 200;

bool is_letter_or_digit(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80;
}

}  // namespace

TableName split_table_name(const std::string& name) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

void check_name(std::string_view what, std::string_view name, std::string_view extra) {
  if (name.empty()) throw Error(Reaction::fail_task, "The name of a {} is empty", what);
  if (name.size() > name_bytes_max) {
    throw Error(Reaction::fail_task, "The name of a {} has {} bytes; {} are allowed: `{:.60}...`",
                what, name.size(), name_bytes_max, name);
  }
  const auto fits = [&](char c) {
    return is_letter_or_digit(c) || std::string_view("_# {}[]():-").find(c) != name.npos ||
           extra.find(c) != name.npos;
  };
  const char first = name.front();
  if (!wire::is_utf8(name) || !std::ranges::all_of(name, fits) ||
      !(is_letter_or_digit(first) || first == '_' || first == '#')) {
    throw Error(Reaction::fail_task,
                "`{}` is not the name of a {}: it begins with a letter, a digit, _ or #, and goes "
                "on with these, spaces and {{ }} [ ] ( ) : - {}",
                name, what, extra);
  }
}

}  // namespace kc::server
