// An OAuth provider's token endpoint in this process, for tests of who asks one: it gives tokens
// without a signature, and tells what it was asked.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"
#include "base/guarded.h"
#include "http/server.h"

namespace kc::oauth {

// A JWT with these claims, as JSON.
inline std::string test_token(std::string_view claims) {
  const auto part = [](std::string_view text) {
    std::string encoded = base::base64_encode(text);
    std::ranges::replace(encoded, '+', '-');
    std::ranges::replace(encoded, '/', '_');
    std::erase(encoded, '=');
    return encoded;
  };
  return part(R"({"alg":"none"})") + "." + part(claims) + ".";
}

class TestTokenEndpoint {
 public:
  explicit TestTokenEndpoint(http::ServerOptions options = {})
      : server_(std::move(options),
                [this](const http::ServerRequest& request) { return answer(request); }) {}

  std::string url() const { return server_.url() + "/token"; }
  // Of the tokens to come; each has the number of the request in its claim "number".
  void set_lifetime(std::chrono::seconds lifetime) {
    state_.with([&](State& state) { state.lifetime = lifetime; });
  }
  // Answers with this from now on; with 200 and no body, properly again.
  void set_answer(int status, std::string body = {}) {
    state_.with([&](State& state) {
      state.status = status;
      state.body = std::move(body);
    });
  }

  // The bodies of the requests so far.
  std::vector<std::string> requests() const { return state_.copy().requests; }
  std::string authorization() const { return state_.copy().authorization; }  // the last one's
  std::string token() const { return state_.copy().token; }                  // the last one

 private:
  struct State {
    std::chrono::seconds lifetime{3600};
    int status = 200;
    std::string body;
    std::vector<std::string> requests;
    std::string authorization;
    std::string token;
  };

  http::ServerResponse answer(const http::ServerRequest& request) {
    return state_.with([&](State& state) {
      state.requests.push_back(request.body);
      const std::string* const authorization = request.header("Authorization");
      state.authorization = authorization == nullptr ? "" : *authorization;
      http::ServerResponse response;
      const std::string* const accept = request.header("Accept");
      if (accept == nullptr || *accept != "application/json") {
        response.status = 406;
        return response;
      }
      response.status = state.status;
      response.body = state.body;
      if (state.status != 200 || !state.body.empty()) return response;
      const auto expires = std::chrono::system_clock::now() + state.lifetime;
      state.token = test_token(fmt::format(
          R"({{"sub":"alice","number":{},"exp":{}}})", state.requests.size(),
          std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count()));
      response.body = fmt::format(R"({{"access_token":"{}","token_type":"Bearer"}})", state.token);
      return response;
    });
  }

  base::Guarded<State> state_;
  http::Server server_;
};

}  // namespace kc::oauth
