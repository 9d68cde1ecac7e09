// A client's login with tokens of an OAuth provider, as Kafka's OAuthBearerLoginCallbackHandler
// fetches them. librdkafka has an own fetcher, which trusts the system's authorities only.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "oauth/token_endpoint.h"

struct rd_kafka_s;

namespace kc::kafka {

struct OAuthSettings {
  oauth::TokenRequest request;
  // SASL extensions (KIP-342), name and value in turn.
  std::vector<std::string> extensions{};
  // sasl.login.retry.backoff.ms, and what it grows to; the first token is waited for as long.
  std::chrono::milliseconds retry_backoff{100};
  std::chrono::milliseconds retry_backoff_max{10000};
};

// Outlives the librdkafka handle; one thread of librdkafka's, stop() apart.
class OAuthLogin {
 public:
  // `name`: of the client, for the log.
  OAuthLogin(OAuthSettings settings, std::string name);

  // Gives the handle another token. Asks again while the provider is away: until the token before
  // it has expired, or for retry_backoff_max where there is none. Then the handle is told that
  // there is no token, which is an error event of the client. Blocks; to be called where librdkafka
  // asks for a token. Throws nothing.
  void refresh(rd_kafka_s* handle);

  // From any thread: refresh() ends soon, and gives no token any more.
  void stop();

 private:
  // Nothing where it was stopped. Throws as TokenEndpoint::fetch().
  std::optional<oauth::AccessToken> fetch();
  void give(rd_kafka_s* handle, const oauth::AccessToken& token);

  OAuthSettings settings_;
  std::string name_;
  oauth::TokenEndpoint endpoint_;
  std::stop_source stopped_;
  std::chrono::system_clock::time_point expires_{};  // of the last token
};

}  // namespace kc::kafka
