#include "registry/registry_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <mutex>

#include "base/error.h"
#include "base/guarded.h"
#include "config/properties.h"
#include "http/server.h"
#include "http/test_certificate.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

RegistrySettings settings_of(const Properties& properties) {
  config::ConfigDef def;
  declare_registry_properties(def);
  return registry_settings(def.parse(properties));
}

// Answers as told by "METHOD target" and keeps what it was asked; anything else is 404.
class ScriptedRegistry {
 public:
  explicit ScriptedRegistry(http::ServerOptions options = {})
      : server_(std::move(options),
                [this](const http::ServerRequest& request) { return answer(request); }) {}

  void script(const std::string& request, int status, const std::string& body) {
    answers_.with([&](auto& answers) { answers[request] = {status, body}; });
  }
  std::vector<std::string> requests() const { return requests_.copy(); }
  std::string authorization() const { return authorization_.copy(); }
  std::string url() const { return server_.url(); }

 private:
  http::ServerResponse answer(const http::ServerRequest& request) {
    const std::string what = request.method + " " + request.target;
    requests_.with([&](auto& requests) { requests.push_back(what + " " + request.body); });
    if (const auto* header = request.header("Authorization")) {
      authorization_.with([&](auto& text) { text = *header; });
    }
    return answers_.with([&](const auto& answers) {
      http::ServerResponse response{
          404, "application/json", R"({"error_code":40403,"message":"Schema not found"})", {}};
      if (const auto found = answers.find(what); found != answers.end()) {
        response.status = found->second.first;
        response.body = found->second.second;
      }
      return response;
    });
  }

  base::Guarded<std::map<std::string, std::pair<int, std::string>>> answers_;
  base::Guarded<std::vector<std::string>> requests_;
  base::Guarded<std::string> authorization_;
  http::Server server_;
};

class ManualClock : public base::Clock {
 public:
  steady_time now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  steady_time now_{};
};

Error failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(Reaction::fail_task, "none");
}

TEST(RegistryClient, AsksForASchemaOnce) {
  ScriptedRegistry registry;
  registry.script("GET /schemas/ids/7", 200, R"({"schema":"\"string\""})");
  const base::Clock clock;
  RegistryClient client(settings_of({{"schema.registry.url", registry.url()}}), clock);
  EXPECT_EQ(client.schema(7).text, "\"string\"");
  EXPECT_EQ(client.schema(7).type, "AVRO");
  EXPECT_THAT(registry.requests(), ElementsAre("GET /schemas/ids/7 "));
}

TEST(RegistryClient, KeepsAtMostTheSchemasItMay) {
  ScriptedRegistry registry;
  registry.script("GET /schemas/ids/1", 200, R"({"schema":"\"int\""})");
  registry.script("GET /schemas/ids/2", 200, R"({"schema":"\"long\""})");
  const base::Clock clock;
  RegistryClient client(
      settings_of({{"schema.registry.url", registry.url()}, {"max.schemas.per.subject", "1"}}),
      clock);
  client.schema(1);
  client.schema(2);
  EXPECT_EQ(client.schema(1).text, "\"int\"");
  EXPECT_EQ(registry.requests().size(), 3U);
}

TEST(RegistryClient, BelievesThatAnIdIsMissingForATime) {
  ScriptedRegistry registry;
  ManualClock clock;
  RegistryClient client(
      settings_of({{"schema.registry.url", registry.url()}, {"missing.id.cache.ttl.sec", "10"}}),
      clock);
  for (int i = 0; i < 3; ++i) {
    const Error error = failure([&] { client.schema(5); });
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    EXPECT_STREQ(error.what(), "Schema not found; error code: 40403");
  }
  EXPECT_EQ(registry.requests().size(), 1U);
  registry.script("GET /schemas/ids/5", 200, R"({"schema":"\"int\""})");
  clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(client.schema(5).text, "\"int\"");
}

TEST(RegistryClient, RegistersAndLooksUp) {
  ScriptedRegistry registry;
  registry.script("POST /subjects/a%2Fb-value/versions?normalize=true", 200,
                  R"({"id":3,"guid":"00000000-0000-0000-0000-000000000003"})");
  registry.script("POST /subjects/a%2Fb-value?normalize=true", 200,
                  R"({"subject":"a/b-value","id":3,"version":9,"schema":"\"int\""})");
  registry.script("GET /subjects/x/versions/latest", 200,
                  R"({"subject":"x","id":4,"version":2,"schema":"{}","schemaType":"JSON"})");
  const base::Clock clock;
  RegistryClient client(
      settings_of({{"schema.registry.url", registry.url()}, {"normalize.schemas", "true"}}), clock);
  RegisteredSchema schema{"AVRO", "\"int\""};
  EXPECT_EQ(client.register_schema("a/b-value", schema), 3);
  EXPECT_EQ(schema.guid, std::string(15, '\0') + '\3');
  const auto found = client.find("a/b-value", {"AVRO", "\"int\"", {{"n", "s", 1}}});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, 3);
  EXPECT_EQ(found->version, 9);
  EXPECT_EQ(found->schema.guid, "") << "this registry told none";
  EXPECT_FALSE(client.find("other", {"AVRO", "\"int\""}));
  EXPECT_EQ(client.latest("x").schema.type, "JSON");
  EXPECT_THAT(registry.requests()[1],
              HasSubstr(R"("references":[{"name":"n","subject":"s","version":1}])"));
}

TEST(RegistryClient, SetsHowSchemasMustFit) {
  ScriptedRegistry registry;
  registry.script("PUT /config/a-value", 200, R"({"compatibility":"NONE"})");
  const base::Clock clock;
  RegistryClient client(settings_of({{"schema.registry.url", registry.url()}}), clock);
  client.set_compatibility("a-value", "NONE");
  EXPECT_THAT(registry.requests(), ElementsAre(R"(PUT /config/a-value {"compatibility":"NONE"})"));
  EXPECT_EQ(failure([&] { client.set_compatibility("b", "NONE"); }).reaction(),
            Reaction::skip_record);
}

TEST(RegistryClient, ResolvesReferencesOfReferencesOnceAndFirst) {
  ScriptedRegistry registry;
  registry.script("GET /subjects/b/versions/1", 200,
                  R"({"subject":"b","id":2,"version":1,"schema":"B","references":)"
                  R"([{"name":"c","subject":"c","version":4}]})");
  registry.script("GET /subjects/c/versions/4", 200,
                  R"({"subject":"c","id":1,"version":4,"schema":"C"})");
  const base::Clock clock;
  RegistryClient client(settings_of({{"schema.registry.url", registry.url()}}), clock);
  const auto found = client.resolve({"AVRO", "A", {{"b", "b", 1}, {"c", "c", 4}}});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].schema.text, "C");
  EXPECT_EQ(found[1].schema.text, "B");
}

TEST(RegistryClient, GoesOnToTheNextUrlAndStaysThere) {
  std::string away;
  {
    const ScriptedRegistry gone;
    away = gone.url();
  }
  ScriptedRegistry broken;
  broken.script("GET /schemas/ids/1", 503, R"({"error_code":50301,"message":"starting"})");
  ScriptedRegistry registry;
  for (const char* request : {"GET /schemas/ids/1", "GET /schemas/ids/2"}) {
    registry.script(request, 200, R"({"schema":"\"int\""})");
  }
  const base::Clock clock;
  RegistryClient client(
      settings_of({{"schema.registry.url", away + "," + broken.url() + "/, " + registry.url()}}),
      clock);
  client.schema(1);
  client.schema(2);
  EXPECT_EQ(broken.requests().size(), 1U);
  EXPECT_EQ(registry.requests().size(), 2U);
}

TEST(RegistryClient, AnOutageIsWorthARetry) {
  ScriptedRegistry registry;
  registry.script("GET /schemas/ids/1", 500, "<html>");
  const base::Clock clock;
  RegistryClient client(settings_of({{"schema.registry.url", registry.url()}}), clock);
  EXPECT_EQ(failure([&] { client.schema(1); }).reaction(), Reaction::retry);
  registry.script("GET /schemas/ids/1", 200, "<html>");
  EXPECT_EQ(failure([&] { client.schema(1); }).reaction(), Reaction::retry);
  std::string away;
  {
    const ScriptedRegistry gone;
    away = gone.url();
  }
  RegistryClient lonely(settings_of({{"schema.registry.url", away}}), clock);
  const Error error = failure([&] { lonely.schema(1); });
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_EQ(error.java_class(), "org.apache.kafka.common.errors.NetworkException");
}

TEST(RegistryClient, SendsCredentialsAndNeverShowsThem) {
  ScriptedRegistry registry;
  registry.script("GET /schemas/ids/1", 401, R"({"error_code":401,"message":"Unauthorized"})");
  const base::Clock clock;
  const auto refused = [&](const Properties& properties) {
    RegistryClient client(settings_of(properties), clock);
    const Error error = failure([&] { client.schema(1); });
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    return registry.authorization();
  };
  const std::string host = registry.url().substr(7);
  EXPECT_EQ(refused({{"schema.registry.url", "http://user:s3cret%21@" + host}}),
            "Basic dXNlcjpzM2NyZXQh");
  EXPECT_EQ(refused({{"schema.registry.url", "\"" + host + "\""},
                     {"basic.auth.credentials.source", "USER_INFO"},
                     {"basic.auth.user.info", "user:s3cret"}}),
            "Basic dXNlcjpzM2NyZXQ=");
  EXPECT_EQ(refused({{"schema.registry.url", registry.url()},
                     {"schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN"},
                     {"schema.registry.bearer.auth.token", "s3cret"}}),
            "Bearer s3cret");
}

TEST(RegistrySettings, SaslInheritTakesTheLoginModulesNameAndPassword) {
  const auto settings =
      settings_of({{"schema.registry.url", "http://a:8081,http://b:8081"},
                   {"basic.auth.credentials.source", "SASL_INHERIT"},
                   {"sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required "
                    "username=\"user\" password=\"s3cret\";"}});
  for (const Endpoint& endpoint : settings.endpoints) {
    EXPECT_EQ(endpoint.http.username, "user");
    EXPECT_EQ(endpoint.http.password, "s3cret");
  }
}

TEST(RegistryClient, GoesThroughAProxy) {
  // A proxy is asked for the whole URL.
  ScriptedRegistry proxy;
  proxy.script("GET http://registry.invalid:8081/schemas/ids/1", 200, R"({"schema":"\"int\""})");
  const base::Clock clock;
  const std::string port = proxy.url().substr(proxy.url().rfind(':') + 1);
  RegistryClient client(settings_of({{"schema.registry.url", "http://registry.invalid:8081"},
                                     {"proxy.host", "127.0.0.1"},
                                     {"proxy.port", port}}),
                        clock);
  EXPECT_EQ(client.schema(1).text, "\"int\"");
}

TEST(RegistryClient, SpeaksTlsWithTheStoresOfItsProperties) {
  http::TestAuthority authority;
  authority.issue("server");
  authority.issue("client");
  // A PEM key store: key and certificate in one file.
  const std::string keystore = authority.certificate_file("client") + ".both";
  std::ofstream(keystore) << std::ifstream(authority.key_file("client")).rdbuf()
                          << std::ifstream(authority.certificate_file("client")).rdbuf();
  http::ServerOptions options;
  options.tls = {authority.certificate_file("server"), authority.key_file("server"),
                 authority.file()};
  ScriptedRegistry registry(options);
  registry.script("GET /schemas/ids/1", 200, R"({"schema":"\"int\""})");
  Properties properties{{"schema.registry.url", registry.url()},
                        {"schema.registry.ssl.truststore.location", authority.file()},
                        {"schema.registry.ssl.keystore.location", keystore}};
  EXPECT_EQ(RegistryClient(settings_of(properties), base::Clock()).schema(1).text, "\"int\"");
  properties.erase("schema.registry.ssl.truststore.location");
  EXPECT_THAT(
      failure([&] { RegistryClient(settings_of(properties), base::Clock()).schema(1); }).what(),
      HasSubstr("certificate"));
}

TEST(RegistrySettings, NameWhatIsWrong) {
  const auto fault = [](const Properties& properties) {
    const Error error = failure([&] { settings_of(properties); });
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    return std::string(error.what());
  };
  EXPECT_THAT(fault({}), HasSubstr("schema.registry.url"));
  EXPECT_THAT(fault({{"schema.registry.url", "x"}, {"proxy.host", "p"}}), HasSubstr("proxy.port"));
  EXPECT_THAT(fault({{"schema.registry.url", "x"},
                     {"basic.auth.credentials.source", "SASL_INHERIT"},
                     {"sasl.jaas.config", "a.Module required username=u password=\"s3cret\""}}),
              AllOf(HasSubstr("sasl.jaas.config"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(
      fault({{"schema.registry.url", "x"}, {"basic.auth.credentials.source", "SASL_INHERIT"}}),
      HasSubstr("SASL_INHERIT needs sasl.jaas.config"));
  EXPECT_THAT(fault({{"schema.registry.url", "ftp://u:s3cret@x"}}), Not(HasSubstr("s3cret")));
  EXPECT_THAT(
      fault({{"schema.registry.url", "http://x"}, {"basic.auth.credentials.source", "USER_INFO"}}),
      HasSubstr("basic.auth.user.info"));
  EXPECT_THAT(
      fault({{"schema.registry.url", "http://x"}, {"ssl.truststore.location", "/x/trust.jks"}}),
      HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace kc::registry
