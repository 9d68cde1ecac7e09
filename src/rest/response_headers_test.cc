#include "rest/response_headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "rest/cross_origin.h"

namespace kc::rest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Pair;
using namespace std::chrono_literals;

TEST(ResponseHeaders, AreSetAndAdded) {
  const ResponseHeaders headers(
      R"(set X-Frame-Options: DENY, "add Cache-Control: no-cache, no-store", setDate Expires: 1000)");
  http::ServerResponse answer;
  answer.headers = {{"x-frame-options", "SAMEORIGIN"}, {"Cache-Control", "private"}};
  headers.add_to(answer, std::chrono::system_clock::time_point(0s));
  EXPECT_THAT(answer.headers,
              ElementsAre(Pair("Cache-Control", "private"), Pair("X-Frame-Options", "DENY"),
                          Pair("Cache-Control", "no-cache, no-store"),
                          Pair("Expires", "Thu, 01 Jan 1970 00:00:01 GMT")));
}

TEST(ResponseHeaders, WrongRulesAreRefused) {
  for (const char* rule : {"X-Frame-Options: DENY", "set X-Frame-Options", "set : x",
                           "addDate Expires: soon", "put A: b", "set A B: c"}) {
    EXPECT_THROW(ResponseHeaders{rule}, base::Error) << rule;
  }
  EXPECT_NO_THROW(ResponseHeaders{"  "});
}

http::ServerRequest request_of(std::string method, std::string origin) {
  http::ServerRequest request;
  request.method = std::move(method);
  request.headers = {{"Origin", std::move(origin)}};
  return request;
}

TEST(CrossOrigin, AllowedOriginsAreTold) {
  CrossOrigin cross_origin;
  cross_origin.origins = {"https://*.example.com", "http://ui"};
  http::ServerResponse answer;
  cross_origin.add_headers(request_of("GET", "https://a.example.com"), answer);
  EXPECT_THAT(answer.headers,
              Contains(Pair("Access-Control-Allow-Origin", "https://a.example.com")));
  http::ServerResponse other;
  cross_origin.add_headers(request_of("GET", "https://example.org"), other);
  EXPECT_THAT(other.headers, ElementsAre(Pair("Vary", "Origin")));
}

TEST(CrossOrigin, PreflightIsAnsweredForAllowedOrigins) {
  CrossOrigin cross_origin;
  cross_origin.origins = {"*"};
  cross_origin.methods = {"GET", "PUT"};
  auto request = request_of("OPTIONS", "http://ui");
  http::ServerResponse answer;
  EXPECT_FALSE(cross_origin.answers(request, answer));
  request.headers.emplace_back("Access-Control-Request-Method", "PUT");
  EXPECT_TRUE(cross_origin.answers(request, answer));
  EXPECT_THAT(answer.headers, Contains(Pair("Access-Control-Allow-Methods", "GET,PUT")));
  cross_origin.origins.clear();
  EXPECT_FALSE(cross_origin.answers(request, answer));
}

}  // namespace
}  // namespace kc::rest
