// A token endpoint's token, kept until shortly before it expires.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "oauth/token_endpoint.h"

namespace kc::oauth {

// One thread.
class TokenCache {
 public:
  // A token is renewed when `early` of its time is left, or a fifth where that is less. `clock`
  // outlives the cache.
  TokenCache(TokenRequest request, std::chrono::seconds early, const base::Clock& clock);

  // The token, for this request. May ask the endpoint, and throws as it does; not where a renewal
  // fails while the token still has time: then it is tried again, at most every 10 s.
  const std::string& token();
  // The token was refused: the next token() asks for another one.
  void forget() { token_.reset(); }

 private:
  void fetch();

  TokenEndpoint endpoint_;
  std::chrono::seconds early_;
  const base::Clock& clock_;
  std::optional<AccessToken> token_;
  base::Clock::steady_time renew_;  // of token_
  base::Clock::steady_time end_;
};

}  // namespace kc::oauth
