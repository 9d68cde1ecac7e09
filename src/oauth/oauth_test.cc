#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "base/error.h"
#include "http/test_certificate.h"
#include "oauth/login_module_tls.h"
#include "oauth/test_token_endpoint.h"
#include "oauth/token_cache.h"

namespace kc::oauth {
namespace {

using base::Error;
using base::Reaction;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Error failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Reaction::skip_record, "none");
}

TokenRequest request_to(const TestTokenEndpoint& endpoint) {
  return {.url = endpoint.url(), .client_id = "me", .client_secret = config::Secret("s3cr:et")};
}

TEST(AccessToken, ItsClaimsSayWhoseItIsAndHowLong) {
  const AccessToken token = parse_access_token(
      test_token(R"({"sub":"alice","user":"carol?>","exp":1700000000.9})"), "sub");
  EXPECT_EQ(token.subject, "alice");
  EXPECT_EQ(token.expires.time_since_epoch(), seconds(1700000000));
  EXPECT_EQ(parse_access_token(token.text.reveal(), "user").subject, "carol?>");
}

TEST(AccessToken, AnEndFarAwayIsTheLastThatTheClockCanTell) {
  const auto expires = [](const char* claims) {
    return parse_access_token(test_token(claims), "sub").expires;
  };
  const auto far = expires(R"({"sub":"alice","exp":253402300799})");
  EXPECT_GT(far, std::chrono::system_clock::now() + std::chrono::years(200));
  EXPECT_EQ(expires(R"({"sub":"alice","exp":1e300})"), far);
}

TEST(AccessToken, WhatIsNoTokenIsToldWithoutShowingIt) {
  const auto fault = [](const std::string& text) {
    const Error error = failure([&] { parse_access_token(text, "sub"); });
    EXPECT_EQ(error.reaction(), Reaction::retry);
    EXPECT_TRUE(text.empty() || std::string(error.what()).find(text) == std::string::npos) << text;
    return std::string(error.what());
  };
  for (const char* text : {"", "opaque-t0ken", "a.b", "a.b.c.d", "a.b\r\nX: y.c", "a.b c.d"}) {
    EXPECT_THAT(fault(text), HasSubstr("three parts")) << text;
  }
  for (const char* text : {"a..c", "a.b.c", "a.e30x.c", "aaaa.W10.cccc"}) {
    EXPECT_THAT(fault(text), HasSubstr("not a JSON object")) << text;
  }
  for (const char* claims : {"{}", R"({"exp":"1700000000"})", R"({"exp":-1})"}) {
    EXPECT_THAT(fault(test_token(claims)), HasSubstr("\"exp\"")) << claims;
  }
  for (const char* claims : {R"({"exp":1})", R"({"exp":1,"sub":""})", R"({"exp":1,"sub":7})"}) {
    EXPECT_THAT(fault(test_token(claims)), HasSubstr("\"sub\"")) << claims;
  }
}

TEST(TokenEndpoint, IsAskedWithClientCredentials) {
  const TestTokenEndpoint provider;
  TokenRequest request = request_to(provider);
  const AccessToken token = TokenEndpoint(request).fetch();
  EXPECT_EQ(token.text.reveal(), provider.token());
  request.scope = "kafka read:ä";
  EXPECT_EQ(TokenEndpoint(request).fetch().subject, "alice");
  EXPECT_THAT(provider.requests(),
              ElementsAre("grant_type=client_credentials",
                          "grant_type=client_credentials&scope=kafka+read%3A%C3%A4"));
  EXPECT_EQ(provider.authorization(), "Basic " + base::base64_encode("me:s3cr:et"));
}

TEST(TokenEndpoint, ARefusalIsFinalAndAnOutageIsNot) {
  TestTokenEndpoint provider;
  const auto fault = [&] {
    const Error error = failure([&] { TokenEndpoint(request_to(provider)).fetch(); });
    EXPECT_THAT(error.what(), Not(HasSubstr("s3cr:et")));
    return error;
  };
  provider.set_answer(401, R"({"error":"invalid_client","error_description":"no such client"})");
  EXPECT_EQ(fault().reaction(), Reaction::fix_config);
  EXPECT_THAT(fault().what(), HasSubstr("HTTP status 401, invalid_client: no such client"));
  provider.set_answer(400, R"({"error":"invalid_client","error_description":"not s3cr:et"})");
  EXPECT_THAT(fault().what(), HasSubstr("HTTP status 400."));
  provider.set_answer(503, "<html>");
  EXPECT_EQ(fault().reaction(), Reaction::retry);
  EXPECT_THAT(fault().what(), HasSubstr("HTTP status 503"));
  for (const char* body : {"[]", "<html>", R"({"access_token":1})"}) {
    provider.set_answer(200, body);
    EXPECT_EQ(fault().reaction(), Reaction::retry);
    EXPECT_THAT(fault().what(), HasSubstr("\"access_token\""));
  }
  provider.set_answer(200, R"({"access_token":"t0ken"})");
  EXPECT_THAT(fault().what(), AllOf(HasSubstr("no JWT"), Not(HasSubstr("t0ken"))));
  TokenRequest nowhere = request_to(provider);
  nowhere.url = "http://127.0.0.1:1/token";
  EXPECT_EQ(failure([&] { TokenEndpoint(nowhere).fetch(); }).reaction(), Reaction::retry);
}

TEST(TokenEndpoint, IsTrustedAsTheLoginModuleSays) {
  const http::TestAuthority authority;
  authority.issue("server");
  http::ServerOptions options;
  options.tls = {authority.certificate_file("server"), authority.key_file("server")};
  const TestTokenEndpoint provider(options);
  TokenRequest request = request_to(provider);
  security::LoginModule module;
  module.options.emplace_back("clientId", config::Secret("me"));
  request.http.tls = login_module_tls(module);
  const Error stranger = failure([&] { TokenEndpoint(request).fetch(); });
  EXPECT_EQ(stranger.reaction(), Reaction::fix_config);
  EXPECT_THAT(stranger.what(), HasSubstr("certificate"));

  module.options.emplace_back("ssl.truststore.location", config::Secret(authority.file()));
  request.http.tls = login_module_tls(module);
  EXPECT_EQ(TokenEndpoint(request).fetch().subject, "alice");

  module.options.back().second = config::Secret("/no/such.jks");
  EXPECT_THAT(failure([&] { login_module_tls(module); }).what(),
              AllOf(HasSubstr("sasl.jaas.config"), HasSubstr("ssl.truststore.location"),
                    HasSubstr("/no/such.jks")));
}

class HandClock : public base::Clock {
 public:
  steady_time now() const override { return now_; }
  void advance(seconds by) { now_ += by; }

 private:
  steady_time now_ = std::chrono::steady_clock::now();
};

class TokenCacheTest : public testing::Test {
 protected:
  size_t asked() const { return provider_.requests().size(); }

  TestTokenEndpoint provider_;
  HandClock clock_;
  TokenCache cache_{request_to(provider_), seconds(300), clock_};
};

TEST_F(TokenCacheTest, ATokenIsKeptUntilShortlyBeforeItsEnd) {
  const std::string first = cache_.token();
  EXPECT_EQ(first, provider_.token());
  clock_.advance(seconds(3600 - 310));
  EXPECT_EQ(cache_.token(), first);
  EXPECT_EQ(asked(), 1U);
  clock_.advance(seconds(15));
  EXPECT_NE(cache_.token(), first);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(TokenCacheTest, AShortTokenIsRenewedAfterFourFifths) {
  provider_.set_lifetime(seconds(100));
  cache_.token();
  clock_.advance(seconds(75));
  cache_.token();
  EXPECT_EQ(asked(), 1U);
  clock_.advance(seconds(10));
  cache_.token();
  EXPECT_EQ(asked(), 2U);
}

TEST_F(TokenCacheTest, ATokenServesOnWhileItsRenewalFails) {
  const std::string first = cache_.token();
  provider_.set_answer(503);
  clock_.advance(seconds(3600 - 200));
  EXPECT_EQ(cache_.token(), first);
  EXPECT_EQ(cache_.token(), first);
  EXPECT_EQ(asked(), 2U) << "not at once again";
  clock_.advance(seconds(10));
  EXPECT_EQ(cache_.token(), first);
  EXPECT_EQ(asked(), 3U);
  clock_.advance(seconds(300));
  EXPECT_EQ(failure([&] { cache_.token(); }).reaction(), Reaction::retry);
  provider_.set_answer(200);
  const std::string second = cache_.token();
  EXPECT_EQ(second, provider_.token());
}

TEST_F(TokenCacheTest, AForgottenTokenIsReplaced) {
  const std::string first = cache_.token();
  cache_.forget();
  EXPECT_NE(cache_.token(), first);
}

}  // namespace
}  // namespace kc::oauth
