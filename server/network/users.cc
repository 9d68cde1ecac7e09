#include "server/network/users.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/base64.h"
#include "base/error.h"
#include "base/log.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr std::string_view bearer = "Bearer ";
constexpr std::string_view basic = "Basic ";

// Takes as long for a wrong secret as for the right one.
bool equal_secrets(std::string_view given, std::string_view right) {
  unsigned difference = given.size() == right.size() ? 0 : 1;
  for (size_t i = 0; i < given.size() && !right.empty(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ right[i % right.size()]);
  }
  return difference == 0;
}

bool has_scheme(std::string_view authorization, std::string_view scheme) {
  return authorization.size() >= scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

std::string_view without_spaces(std::string_view text) {
  constexpr const char* spaces = " \t\r";
  const size_t begin = text.find_first_not_of(spaces);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

}  // namespace

Users::Users(std::string_view text, const std::string& source) {
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = without_spaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with(bearer)) {
      tokens_.emplace_back(without_spaces(line.substr(bearer.size())));
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) {
      throw Error(Reaction::fix_config, "{}, line {}: give user:password or `Bearer TOKEN`", source,
                  number);
    }
    const std::string user(line.substr(0, colon));
    if (!passwords_.emplace(user, line.substr(colon + 1)).second) {
      throw Error(Reaction::fix_config, "{}, line {}: user {} is there already", source, number,
                  user);
    }
  }
  if (empty()) {
    throw Error(
        Reaction::fix_config,
        "{} names no user. Give lines of user:password, or leave it out to let everybody in",
        source);
  }
}

Users Users::from_file(const std::string& path) {
  std::ifstream in(path);
  struct stat status {};
  if (!in || ::stat(path.c_str(), &status) != 0) {
    throw Error(Reaction::fix_config, "The users' file {} cannot be read", path);
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    base::log_warn("The users' file {} is open to others than its owner (mode {:o}); chmod 600 it",
                   path, status.st_mode & 0777);
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return Users(text, path);
}

std::optional<std::string> Users::user_of(std::string_view authorization) const {
  if (has_scheme(authorization, bearer)) {
    const std::string_view token = without_spaces(authorization.substr(bearer.size()));
    const bool known = std::ranges::any_of(
        tokens_, [&](const std::string& right) { return equal_secrets(token, right); });
    return known ? std::optional<std::string>("") : std::nullopt;
  }
  if (!has_scheme(authorization, basic)) return std::nullopt;
  const std::string_view encoded = without_spaces(authorization.substr(basic.size()));
  std::string pair(encoded.size(), '\0');
  const auto size = base::base64_decode(encoded, pair.data());
  if (!size) return std::nullopt;
  pair.resize(*size);
  const size_t colon = pair.find(':');
  if (colon == pair.npos) return std::nullopt;
  const auto found = passwords_.find(pair.substr(0, colon));
  if (found == passwords_.end()) return std::nullopt;
  if (!equal_secrets(std::string_view(pair).substr(colon + 1), found->second)) return std::nullopt;
  return found->first;
}

}  // namespace kc::server
