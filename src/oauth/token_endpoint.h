// The token endpoint of an OAuth provider, asked with client credentials (RFC 6749, 4.4) as Kafka's
// HttpAccessTokenRetriever does.
#pragma once

#include <string>

#include "config/secret.h"
#include "http/client.h"
#include "oauth/access_token.h"

namespace kc::oauth {

struct TokenRequest {
  std::string url;
  std::string client_id;
  config::Secret client_secret;
  std::string scope{};  // empty: the provider's default
  std::string subject_claim = "sub";
  // Timeouts, whom to trust, a proxy. Its credentials are not used.
  http::ClientOptions http{};
};

// One thread, abort() apart.
class TokenEndpoint {
 public:
  explicit TokenEndpoint(TokenRequest request);

  // One exchange, within the request's timeouts. Throws Error(retry) where the next may succeed,
  // Error(fix_config) where the endpoint refuses the credentials or is not trusted. No text holds
  // the secret or a token.
  AccessToken fetch();

  // From any thread: fetch() ends at once, and so does every later one.
  void abort() { client_.abort(); }

 private:
  std::string refusal(const http::ClientResponse& response) const;

  TokenRequest request_;
  std::string form_;  // the body of each request
  http::Client client_;
};

}  // namespace kc::oauth
