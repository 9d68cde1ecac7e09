#include "kinetica/url.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/error.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;

namespace {

constexpr std::string_view remedy = "; write it as http://host:9191";

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  const auto same = [](char left, char right) {
    return std::tolower(static_cast<unsigned char>(left)) == right;
  };
  if (text.size() < prefix.size() ||
      !std::equal(prefix.begin(), prefix.end(), text.begin(),
                  [&](char right, char left) { return same(left, right); })) {
    return false;
  }
  text.remove_prefix(prefix.size());
  return true;
}

uint16_t parse_port(std::string_view digits, std::string_view url) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535) {
    throw Error(Reaction::fix_config,
                "The port `{}` of the Kinetica URL {} is not within 1 to 65535", digits, url);
  }
  return static_cast<uint16_t>(port);
}

Url parse_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (take_prefix(rest, "https://")) {
    url.https = true;
  } else if (!take_prefix(rest, "http://")) {
    throw Error(Reaction::fix_config,
                "The Kinetica URL `{}` does not begin with http:// or https://{}", text, remedy);
  }
  const size_t slash = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  if (url.path.find_first_of("?# ") != std::string::npos) {
    throw Error(Reaction::fix_config, "The Kinetica URL `{}` has a query, fragment or blank{}",
                text, remedy);
  }
  while (!url.path.empty() && url.path.back() == '/') url.path.pop_back();
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = authority.substr(0, colon);
  if (url.host.empty() || url.host.find(' ') != std::string::npos) {
    throw Error(Reaction::fix_config, "The Kinetica URL `{}` has no valid host{}", text, remedy);
  }
  if (colon != std::string_view::npos) url.port = parse_port(authority.substr(colon + 1), text);
  return url;
}

}  // namespace

std::string Url::address() const {
  return fmt::format("{}://{}:{}", https ? "https" : "http", host, port);
}

std::vector<Url> parse_urls(std::string_view text) {
  // Anywhere, because a password may hold any of the characters that end a host.
  if (text.find('@') != std::string_view::npos) {
    throw Error(Reaction::fix_config,
                "The Kinetica URL holds a user name or password; give them as kinetica.username "
                "and kinetica.password instead");
  }
  std::vector<Url> urls;
  while (true) {
    const size_t comma = text.find(',');
    const std::string_view item = trim(text.substr(0, comma));
    if (item.empty()) {
      throw Error(Reaction::fix_config, "The Kinetica URL is empty{}", remedy);
    }
    urls.push_back(parse_url(item));
    if (comma == std::string_view::npos) return urls;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace kc::kinetica
