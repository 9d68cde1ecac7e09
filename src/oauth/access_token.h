// An access token, as Kafka's and Confluent's clients take it: a JWT whose claims are read, and
// whose signature is the business of who it is shown to.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "config/secret.h"

namespace kc::oauth {

struct AccessToken {
  config::Secret text;
  std::string subject;  // who logs in
  std::chrono::system_clock::time_point expires;
};

// `subject_claim`: "sub", or where the provider has the user. Throws Error(retry) saying what is
// wrong with the token, and never the token: it is another party's answer, and may be another one
// the next time.
AccessToken parse_access_token(std::string text, std::string_view subject_claim);

}  // namespace kc::oauth
