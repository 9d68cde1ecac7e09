#include "kafka/oauth_login.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <utility>

#include "base/backoff.h"
#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"

namespace kc::kafka {

using base::Error;
using base::Reaction;
using std::chrono::system_clock;

OAuthLogin::OAuthLogin(OAuthSettings settings, std::string name)
    : settings_(std::move(settings)), name_(std::move(name)), endpoint_(settings_.request) {}

void OAuthLogin::stop() {
  stopped_.request_stop();
  endpoint_.abort();
}

std::optional<oauth::AccessToken> OAuthLogin::fetch() {
  const auto begun = system_clock::now();
  const bool renewal = begun < expires_;
  const auto give_up = renewal ? expires_ : begun + settings_.retry_backoff_max;
  base::Backoff backoff(settings_.retry_backoff, settings_.retry_backoff_max);
  for (bool told = false;; told = true) {
    try {
      return endpoint_.fetch();
    } catch (const Error& error) {
      if (stopped_.stop_requested()) return std::nullopt;
      // While the last token is good, even a refusal may be mended in time.
      const bool may_pass = renewal || error.reaction() == Reaction::retry;
      const auto wait = backoff.next();
      if (!may_pass || system_clock::now() + wait >= give_up) throw;
      if (!told) base::log_warn("{}: {}. Trying again", name_, error.what());
      if (!base::wait_unless_stopped(stopped_.get_token(), wait)) return std::nullopt;
    }
  }
}

void OAuthLogin::give(rd_kafka_t* handle, const oauth::AccessToken& token) {
  std::vector<const char*> extensions;
  for (const std::string& text : settings_.extensions) extensions.push_back(text.c_str());
  const auto expires =
      std::chrono::duration_cast<std::chrono::milliseconds>(token.expires.time_since_epoch());
  char reason[512];
  if (rd_kafka_oauthbearer_set_token(handle, token.text.reveal().c_str(), expires.count(),
                                     token.subject.c_str(), extensions.data(), extensions.size(),
                                     reason, sizeof reason) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::fix_config, "The access token cannot be used: {}", reason);
  }
  expires_ = token.expires;
}

void OAuthLogin::refresh(rd_kafka_t* handle) {
  try {
    if (const auto token = fetch()) give(handle, *token);
  } catch (const std::exception& error) {
    rd_kafka_oauthbearer_set_token_failure(handle, error.what());
  }
}

}  // namespace kc::kafka
