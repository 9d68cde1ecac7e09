#include "oauth/access_token.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/error.h"

namespace kc::oauth {
namespace {

using base::Error;
using base::Reaction;
using Json = nlohmann::json;

// The last second that system_clock can tell, in 2262: a token that is good for longer is as good.
constexpr auto expires_max =
    std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::duration::max()).count();

// RFC 7519: header.payload.signature, each base64url without padding.
Json payload_of(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = token.find('.', first == token.npos ? first : first + 1);
  const bool three = second != token.npos && token.find('.', second + 1) == token.npos;
  const bool plain = std::ranges::all_of(token, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!three || !plain) {
    throw Error(Reaction::retry, "it is no JWT: it has not three parts in base64url");
  }
  std::string part(token.substr(first + 1, second - first - 1));
  std::ranges::replace(part, '-', '+');
  std::ranges::replace(part, '_', '/');
  part.append((4 - part.size() % 4) % 4, '=');
  std::string text(part.size(), '\0');
  const auto size = base::base64_decode(part, text.data());
  Json payload = Json::parse(size ? std::string_view(text).substr(0, *size) : "", nullptr, false);
  if (!payload.is_object()) {
    throw Error(Reaction::retry, "it is no JWT: its second part is not a JSON object in base64url");
  }
  return payload;
}

}  // namespace

AccessToken parse_access_token(std::string text, std::string_view subject_claim) {
  const Json payload = payload_of(text);
  const auto expires = payload.find("exp");
  const bool has_end =
      expires != payload.end() && expires->is_number() && expires->get<double>() > 0;
  if (!has_end) throw Error(Reaction::retry, "it has no time \"exp\" at which it expires");
  const auto subject = payload.find(subject_claim);
  if (subject == payload.end() || !subject->is_string() || subject->get<std::string>().empty()) {
    throw Error(Reaction::retry, "it has no text \"{}\" that says whose it is", subject_claim);
  }
  const double end = std::floor(expires->get<double>());
  const auto seconds =
      end < static_cast<double>(expires_max) ? static_cast<int64_t>(end) : expires_max;
  return {config::Secret(std::move(text)), subject->get<std::string>(),
          std::chrono::system_clock::time_point(std::chrono::seconds(seconds))};
}

}  // namespace kc::oauth
