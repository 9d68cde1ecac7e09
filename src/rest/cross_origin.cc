#include "rest/cross_origin.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace kc::rest {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  const auto before = pattern.substr(0, star);
  const auto after = pattern.substr(star + 1);
  return text.size() >= before.size() + after.size() && text.starts_with(before) &&
         text.ends_with(after);
}

}  // namespace

const std::string* CrossOrigin::allowed_origin(const http::ServerRequest& request) const {
  const auto* origin = request.header("Origin");
  constexpr size_t origin_bytes_max = 512;
  if (origin == nullptr || origin->size() > origin_bytes_max) return nullptr;
  const bool allowed = std::ranges::any_of(
      origins, [&](const std::string& pattern) { return matches(pattern, *origin); });
  return allowed ? origin : nullptr;
}

bool CrossOrigin::answers(const http::ServerRequest& request, http::ServerResponse& answer) const {
  if (request.method != "OPTIONS" || request.header("Access-Control-Request-Method") == nullptr ||
      allowed_origin(request) == nullptr) {
    return false;
  }
  answer = {};
  answer.headers.emplace_back("Access-Control-Allow-Methods",
                              fmt::format("{}", fmt::join(methods, ",")));
  answer.headers.emplace_back("Access-Control-Allow-Headers",
                              "X-Requested-With,Content-Type,Accept,Origin");
  answer.headers.emplace_back("Access-Control-Max-Age", "1800");
  return true;
}

void CrossOrigin::add_headers(const http::ServerRequest& request,
                              http::ServerResponse& answer) const {
  if (origins.empty()) return;
  answer.headers.emplace_back("Vary", "Origin");
  if (const auto* origin = allowed_origin(request)) {
    answer.headers.emplace_back("Access-Control-Allow-Origin", *origin);
    answer.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  }
}

}  // namespace kc::rest
