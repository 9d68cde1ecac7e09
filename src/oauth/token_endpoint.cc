#include "oauth/token_endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kc::oauth {
namespace {

using base::Error;
using base::Reaction;
using Json = nlohmann::json;

constexpr std::string_view content_type = "application/x-www-form-urlencoded";
constexpr size_t answer_bytes_max = size_t{1} << 20;
constexpr size_t reason_bytes_max = 500;

// What Kafka's retriever does not ask again after.
constexpr std::array final_statuses = {400, 401, 402, 403, 404, 405, 406, 407, 409,
                                       410, 411, 412, 413, 414, 415, 501, 505};

http::ClientOptions with_credentials(const TokenRequest& request) {
  http::ClientOptions options = request.http;
  options.username = request.client_id;
  options.password = request.client_secret.reveal();
  options.bearer_token.clear();
  options.headers.push_back("Accept: application/json");
  options.response_bytes_max = answer_bytes_max;
  return options;
}

std::string form_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-_.*").find(c) != std::string_view::npos;
    if (plain) {
      result.push_back(c);
    } else {
      result += c == ' ' ? "+" : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

std::string text_in(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

TokenEndpoint::TokenEndpoint(TokenRequest request)
    : request_(std::move(request)),
      form_("grant_type=client_credentials"),
      client_(with_credentials(request_)) {
  if (!request_.scope.empty()) form_ += "&scope=" + form_encoded(request_.scope);
}

// "HTTP status 401, invalid_client: no such client"; the provider's words as RFC 6749, 5.2 has
// them.
std::string TokenEndpoint::refusal(const http::ClientResponse& response) const {
  const Json body = Json::parse(response.body, nullptr, false);
  std::string reason = text_in(body, "error");
  if (const auto more = text_in(body, "error_description"); !more.empty()) reason += ": " + more;
  const std::string& secret = request_.client_secret.reveal();
  if (!secret.empty() && reason.find(secret) != reason.npos) reason.clear();  // an echo
  if (reason.size() > reason_bytes_max) reason.resize(reason_bytes_max);
  return fmt::format("HTTP status {}{}{}", response.status, reason.empty() ? "" : ", ", reason);
}

AccessToken TokenEndpoint::fetch() {
  http::ClientResponse response;
  try {
    response = client_.post(request_.url, content_type, std::array<std::string_view, 1>{form_},
                            http::Repeat::harmless);
  } catch (const Error& error) {
    throw Error(error.reaction(), "No access token comes from the OAuth provider: {}",
                error.what());
  }
  if (response.status != 200 && response.status != 201) {
    const bool final = std::ranges::find(final_statuses, response.status) != final_statuses.end();
    if (!final) {
      throw Error(Reaction::retry, "The OAuth provider gives no access token: {}",
                  refusal(response));
    }
    throw Error(Reaction::fix_config,
                "The OAuth provider refuses an access token: {}. Hint: check the token endpoint's "
                "URL, client id, client secret and scope",
                refusal(response));
  }
  const std::string token = text_in(Json::parse(response.body, nullptr, false), "access_token");
  if (token.empty()) {
    throw Error(Reaction::retry,
                "The answer of the OAuth provider is no JSON object with a text \"access_token\"");
  }
  try {
    return parse_access_token(token, request_.subject_claim);
  } catch (const Error& error) {
    throw Error(error.reaction(), "The access token of the OAuth provider cannot be used: {}",
                error.what());
  }
}

}  // namespace kc::oauth
