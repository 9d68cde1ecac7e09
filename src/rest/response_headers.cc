#include "rest/response_headers.h"

#include <fmt/chrono.h>
#include <strings.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace kc::rest {

using base::Error;
using base::Reaction;

namespace {

// At the commas that are not between quotes.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

}  // namespace

ResponseHeaders::ResponseHeaders(std::string_view config) {
  if (base::trim(config).empty()) return;
  for (const std::string& part : split(config)) rules_.push_back(parse(base::trim(part)));
}

ResponseHeaders::Rule ResponseHeaders::parse(std::string_view text) {
  const auto refuse = [&](const char* why) {
    return Error(Reaction::fix_config,
                 "response.http.headers.config: the rule '{}' {}. Write [set|add|setDate|addDate] "
                 "name: value",
                 text, why);
  };
  const size_t blank = text.find_first_of(" \t");
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || blank > colon) throw refuse("has no name and value");
  const std::string action(text.substr(0, blank));
  const auto is = [&](const char* other) { return strcasecmp(action.c_str(), other) == 0; };
  Rule rule;
  rule.is_date = is("setDate") || is("addDate");
  rule.replaces = is("set") || is("setDate");
  if (!rule.is_date && !rule.replaces && !is("add")) throw refuse("has an unknown action");
  rule.name = base::trim(text.substr(blank, colon - blank));
  rule.value = base::trim(text.substr(colon + 1));
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
  if (rule.name.empty() || std::ranges::any_of(rule.name, is_bad)) throw refuse("has a wrong name");
  if (std::ranges::any_of(rule.value, [](char c) { return c == '\r' || c == '\n'; })) {
    throw refuse("has a line break in its value");
  }
  if (rule.is_date) {
    int64_t later = 0;
    const char* end = rule.value.data() + rule.value.size();
    const auto parsed = std::from_chars(rule.value.data(), end, later);
    if (parsed.ec != std::errc() || parsed.ptr != end)
      throw refuse("has no number of milliseconds");
    rule.later = std::chrono::milliseconds(later);
  }
  return rule;
}

void ResponseHeaders::add_to(http::ServerResponse& answer,
                             std::chrono::system_clock::time_point now) const {
  for (const Rule& rule : rules_) {
    std::string value = rule.value;
    if (rule.is_date) {
      constexpr std::chrono::hours later_max(24 * 36500);
      const auto later = std::clamp<std::chrono::milliseconds>(rule.later, -later_max, later_max);
      value = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                          fmt::gmtime(std::chrono::floor<std::chrono::seconds>(now + later)));
    }
    if (rule.replaces) {
      std::erase_if(answer.headers, [&](const auto& header) {
        return strcasecmp(header.first.c_str(), rule.name.c_str()) == 0;
      });
    }
    answer.headers.emplace_back(rule.name, std::move(value));
  }
}

}  // namespace kc::rest
