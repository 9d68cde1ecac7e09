// Bearer tokens of an OAuth provider at a registry that wants the right one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "config/properties.h"
#include "http/test_certificate.h"
#include "oauth/test_token_endpoint.h"
#include "registry/registry_client.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* oauth_jaas =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required ";

RegistrySettings settings_of(const Properties& properties) {
  config::ConfigDef def;
  declare_registry_properties(def);
  return registry_settings(def.parse(properties));
}

Error failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Reaction::fail_task, "none");
}

class BearerAuth : public testing::Test {
 protected:
  Properties properties(const Properties& more = {}) const {
    Properties result{{"schema.registry.url", registry_.url()},
                      {"bearer.auth.credentials.source", "OAUTHBEARER"},
                      {"bearer.auth.issuer.endpoint.url", provider_.url()},
                      {"bearer.auth.client.id", "me"},
                      {"bearer.auth.client.secret", "s3cret"}};
    result.merge(more);
    return result;
  }
  RegistryClient client(const Properties& properties) const {
    return {settings_of(properties), clock_};
  }
  size_t fetched() const { return provider_.requests().size(); }

  struct Asked {
    std::vector<std::string> tokens{};  // "Bearer ..." of each request
    std::string cluster{};              // headers of the last one
    std::string pool{};
    std::string refused{};  // this token is answered with 401
  };

  oauth::TestTokenEndpoint provider_;
  base::Guarded<Asked> asked_;
  http::Server registry_{{}, [this](const http::ServerRequest& request) {
                           return asked_.with([&](Asked& asked) {
                             const auto header = [&](const char* name) {
                               const std::string* const value = request.header(name);
                               return value == nullptr ? "" : *value;
                             };
                             asked.tokens.push_back(header("Authorization"));
                             asked.cluster = header("target-sr-cluster");
                             asked.pool = header("Confluent-Identity-Pool-Id");
                             http::ServerResponse response;
                             if (asked.tokens.back() == asked.refused) {
                               response.status = 401;
                               response.body = R"({"error_code":401,"message":"expired"})";
                             } else {
                               response.body = R"({"schema":"\"int\""})";
                             }
                             return response;
                           });
                         }};
  base::Clock clock_;
};

TEST_F(BearerAuth, OneTokenServesManyRequests) {
  RegistryClient registry = client(properties({{"bearer.auth.scope", "schemas"}}));
  registry.schema(1);
  registry.schema(2);
  const std::string token = "Bearer " + provider_.token();
  EXPECT_THAT(asked_.copy().tokens, ElementsAre(token, token));
  EXPECT_THAT(provider_.requests(), ElementsAre("grant_type=client_credentials&scope=schemas"));
  EXPECT_EQ(provider_.authorization(), "Basic " + base::base64_encode("me:s3cret"));
  EXPECT_EQ(asked_.copy().cluster, "");
}

TEST_F(BearerAuth, ATokenThatIsRefusedIsReplacedOnce) {
  RegistryClient registry = client(properties());
  registry.schema(1);
  const auto refuse_last = [&] {
    asked_.with([&](Asked& asked) { asked.refused = asked.tokens.back(); });
  };
  refuse_last();
  EXPECT_EQ(registry.schema(2).text, "\"int\"");
  EXPECT_EQ(fetched(), 2U);

  // A provider that goes on giving the same one.
  refuse_last();
  provider_.set_answer(200, R"({"access_token":")" + provider_.token() + R"("})");
  const Error error = failure([&] { registry.schema(3); });
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), HasSubstr("bearer.auth"));
  EXPECT_EQ(asked_.copy().tokens.size(), 5U);
  EXPECT_EQ(fetched(), 3U);
}

TEST_F(BearerAuth, AProviderThatIsAwayIsWaitedForAndOneThatRefusesIsNot) {
  RegistryClient registry = client(properties());
  provider_.set_answer(503);
  EXPECT_EQ(failure([&] { registry.schema(1); }).reaction(), Reaction::retry);
  provider_.set_answer(401, R"({"error":"invalid_client"})");
  const Error error = failure([&] { registry.schema(1); });
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("invalid_client"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(asked_.copy().tokens, ElementsAre()) << "nobody is asked without a token";
}

TEST_F(BearerAuth, ConfluentCloudIsToldClusterAndPool) {
  const Properties names{{"schema.registry.bearer.auth.logical.cluster", "lsrc-1"},
                         {"bearer.auth.identity.pool.id", "pool-1"}};
  client(properties(names)).schema(1);
  EXPECT_EQ(asked_.copy().cluster, "lsrc-1");
  EXPECT_EQ(asked_.copy().pool, "pool-1");
  Properties given = properties(names);
  given.set("bearer.auth.credentials.source", "STATIC_TOKEN");
  given.set("bearer.auth.token", "t0ken");
  client(given).schema(1);
  EXPECT_EQ(asked_.copy().tokens.back(), "Bearer t0ken");
  EXPECT_EQ(asked_.copy().cluster, "lsrc-1");
  given.set("bearer.auth.logical.cluster", "a\r\nX: y");
  EXPECT_THAT(failure([&] { settings_of(given); }).what(),
              HasSubstr("bearer.auth.logical.cluster"));
}

TEST_F(BearerAuth, TheKafkaClientsLoginIsInherited) {
  const http::TestAuthority authority;
  authority.issue("server");
  http::ServerOptions options;
  options.tls = {authority.certificate_file("server"), authority.key_file("server")};
  const oauth::TestTokenEndpoint provider(options);
  Properties given{
      {"schema.registry.url", registry_.url()},
      {"bearer.auth.credentials.source", "SASL_OAUTHBEARER_INHERIT"},
      {"sasl.oauthbearer.token.endpoint.url", provider.url()},
      {"sasl.jaas.config", oauth_jaas + ("clientId=\"c\" clientSecret=\"s3cret\" scope=\"k\" "
                                         "extension_identityPoolId=\"pool-2\" "
                                         "ssl.truststore.location=\"" +
                                         authority.file() + "\";")}};
  client(given).schema(1);
  EXPECT_EQ(asked_.copy().tokens.back(), "Bearer " + provider.token());
  EXPECT_EQ(asked_.copy().pool, "pool-2");
  EXPECT_THAT(provider.requests(), ElementsAre("grant_type=client_credentials&scope=k"));
  EXPECT_EQ(provider.authorization(), "Basic " + base::base64_encode("c:s3cret"));
  given.set("bearer.auth.client.id", "other");
  client(given).schema(1);
  EXPECT_EQ(provider.authorization(), "Basic " + base::base64_encode("other:s3cret"));
}

TEST_F(BearerAuth, WhatIsMissingIsNamed) {
  const auto fault = [](const Properties& given) {
    const Error error = failure([&] { settings_of(given); });
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    return std::string(error.what());
  };
  for (const char* name :
       {"bearer.auth.issuer.endpoint.url", "bearer.auth.client.id", "bearer.auth.client.secret"}) {
    Properties given = properties();
    given.erase(name);
    EXPECT_THAT(fault(given), HasSubstr(std::string("OAUTHBEARER needs ") + name));
  }
  Properties given = properties({{"bearer.auth.credentials.source", "OAUTH"}});
  EXPECT_THAT(fault(given), AllOf(HasSubstr("Invalid value OAUTH"), HasSubstr("STATIC_TOKEN")));
  given = {{"schema.registry.url", "http://x"},
           {"bearer.auth.credentials.source", "SASL_OAUTHBEARER_INHERIT"}};
  EXPECT_THAT(fault(given), HasSubstr("needs sasl.jaas.config"));
  given.set("sasl.jaas.config", std::string(oauth_jaas) + "clientId=\"c\";");
  EXPECT_THAT(fault(given), HasSubstr("needs sasl.oauthbearer.token.endpoint.url"));
  given.set("sasl.oauthbearer.token.endpoint.url", "http://x");
  EXPECT_THAT(fault(given), HasSubstr("bearer.auth.client.secret, or clientSecret in"));
}

}  // namespace
}  // namespace kc::registry
