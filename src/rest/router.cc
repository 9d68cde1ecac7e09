#include "rest/router.h"

#include <fmt/ranges.h>
#include <strings.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/text.h"
#include "rest/answer.h"
#include "rest/route_table.h"

namespace kc::rest {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// The decoded segments of a request's target.
std::vector<std::string> segments(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  std::vector<std::string> result;
  for (const auto segment : base::split(target, '/')) result.push_back(decode(segment));
  if (!result.empty()) result.erase(result.begin());  // before the first slash
  if (!result.empty() && result.back().empty()) result.pop_back();
  return result;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool is_json(std::string_view media_type) {
  return equal_ignoring_case(base::trim(media_type.substr(0, media_type.find(';'))),
                             "application/json");
}

bool accepts_json(const http::ServerRequest& request) {
  const auto* accept = request.header("Accept");
  if (!accept || base::trim(*accept).empty()) return true;
  const auto ranges = base::split(*accept, ',');
  return std::ranges::any_of(ranges, [](std::string_view range) {
    const auto type = base::trim(range.substr(0, range.find(';')));
    return type == "*/*" || type == "application/*" || type == "*" || is_json(type);
  });
}

// A number as task ids are: small enough for an int.
bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::vector<std::string>> match(const std::vector<std::string>& pattern,
                                              const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::vector<std::string> parameters;
  for (size_t i = 0; i < path.size(); ++i) {
    if (pattern[i] == "{}" || (pattern[i] == "{n}" && is_number(path[i]))) {
      parameters.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return parameters;
}

}  // namespace

std::string Call::query(std::string_view name) const {
  for (const auto& [key, value] : request_.query) {
    if (key == name) return value;
  }
  return {};
}

bool Call::has_query(std::string_view name, std::string_view value) const {
  return std::ranges::any_of(request_.query, [&](const auto& parameter) {
    return parameter.first == name && parameter.second == value;
  });
}

bool Call::flag(std::string_view name, bool otherwise) const {
  for (const auto& [key, value] : request_.query) {
    if (key == name) return equal_ignoring_case(value, "true");
  }
  return otherwise;
}

void Router::add(std::string method, std::string_view pattern, Handler handler) {
  add({std::move(method), segments(pattern), std::move(handler)}, pattern);
}

void Router::add_text(std::string_view pattern, Handler handler) {
  add({"GET", segments(pattern), std::move(handler), false}, pattern);
}

void Router::add(Route route, std::string_view pattern) {
  if (!is_declared(route.method, pattern)) {
    throw std::logic_error(fmt::format("{} {} is not in route_table.cc", route.method, pattern));
  }
  routes_.push_back(std::move(route));
}

http::ServerResponse Router::answer(const http::ServerRequest& request) const {
  const auto path = segments(request.target);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  std::vector<std::string> allowed;
  for (const Route& route : routes_) {
    auto parameters = match(route.pattern, path);
    if (!parameters) continue;
    if (route.method == method) {
      const auto* content_type = request.header("Content-Type");
      if (!request.body.empty() && content_type && !is_json(*content_type)) {
        return error_answer(415);
      }
      if (route.is_json && !accepts_json(request)) return error_answer(406);
      return route.handler(Call(request, std::move(*parameters)));
    }
    if (route.method == "GET") allowed.emplace_back("HEAD");
    allowed.push_back(route.method);
  }
  if (allowed.empty()) return error_answer(404);
  allowed.emplace_back("OPTIONS");
  auto answer = error_answer(405);
  if (method == "OPTIONS") {
    answer = {200, "text/plain", fmt::format("{}", fmt::join(allowed, ", ")), {}};
  }
  answer.headers.emplace_back("Allow", fmt::format("{}", fmt::join(allowed, ",")));
  return answer;
}

}  // namespace kc::rest
