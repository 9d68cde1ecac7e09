#include "rest/rest_server.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/base64.h"
#include "base/error.h"
#include "rest/rest_security.h"

namespace kc::rest {
namespace {

using config::Properties;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string stores = KC_VECTORS_DIR "/connect/keystores/";

Properties keystore(const std::string& prefix, Properties more = {}) {
  Properties properties{{"listeners", "http://:0, HTTPS://127.0.0.1:0"},
                        {prefix + "ssl.keystore.location", stores + "c.jks"},
                        {prefix + "ssl.keystore.password", "changeit"},
                        {prefix + "ssl.key.password", "keypass1"}};
  properties.merge(more);
  return properties;
}

std::string failure(const Properties& worker) {
  try {
    rest_options_of(worker);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return "(no error)";
}

TEST(RestSecurity, NothingIsReadForHttp) {
  const auto options = rest_options_of(
      Properties{{"listeners", "http://:0"}, {"ssl.keystore.location", "/does/not/exist"}});
  EXPECT_TRUE(options.tls.empty());
  EXPECT_FALSE(options.basic_auth);
}

TEST(RestSecurity, PropertiesOfListenersCountAllOrNotAtAll) {
  EXPECT_FALSE(rest_options_of(keystore("")).tls.empty());
  EXPECT_FALSE(rest_options_of(keystore("listeners.https.")).tls.empty());
  EXPECT_THAT(failure(keystore("", {{"listeners.https.ssl.client.auth", "none"}})),
              AllOf(HasSubstr("listeners.https.ssl.keystore.location is not set"),
                    HasSubstr("do not count")));
  EXPECT_THAT(failure(Properties{{"listeners", "https://:0"}}),
              AllOf(HasSubstr("ssl.keystore.location is not set"), Not(HasSubstr("count"))));
}

TEST(RestSecurity, ListenersOfAdminHaveTheirOwnProperties) {
  auto properties = keystore("admin.listeners.https.", {{"listeners", "http://:0"}});
  properties.set("admin.listeners", "https://:0");
  const auto options = rest_options_of(properties);
  EXPECT_TRUE(options.tls.empty());
  EXPECT_FALSE(options.admin_tls.empty());
}

TEST(RestSecurity, ClientsCertificatesAreAskedForAsSslClientAuthSays) {
  const Properties trust{{"ssl.truststore.location", stores + "t.p12"},
                         {"ssl.truststore.password", "changeit"}};
  for (const auto& [value, expected] : {std::pair("none", http::ClientCertificate::none),
                                        std::pair("REQUESTED", http::ClientCertificate::requested),
                                        std::pair("required", http::ClientCertificate::required)}) {
    auto properties = keystore("", trust);
    properties.set("ssl.client.auth", value);
    EXPECT_EQ(rest_options_of(properties).tls.client_certificate, expected);
  }
  EXPECT_THAT(failure(keystore("", {{"ssl.client.auth", "maybe"}})),
              HasSubstr("Invalid value maybe for configuration ssl.client.auth"));
  EXPECT_THAT(failure(keystore("", {{"ssl.client.auth", "required"}})),
              HasSubstr("ssl.truststore.location is not set"));
}

class RestUsers : public testing::Test {
 protected:
  RestUsers() {
    std::string pattern = testing::TempDir() + "kc_users_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ / "users") << "alice=wonder\n";
    std::ofstream(folder_ / "jaas.conf")
        << "KafkaConnect { org.apache.kafka.connect.rest.basic.auth.extension."
           "PropertyFileLoginModule required file=\""
        << (folder_ / "users").string() << "\"; };";
    const std::string option =
        "-Djava.security.auth.login.config=" + (folder_ / "jaas.conf").string();
    setenv("KAFKA_OPTS", option.c_str(), 1);
  }
  ~RestUsers() override {
    unsetenv("KAFKA_OPTS");
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
};

TEST_F(RestUsers, AreLetInByTheExtension) {
  const auto options = rest_options_of(
      Properties{{"rest.extension.classes", std::string(security::basic_auth_extension)}});
  http::ServerRequest request;
  const auto refused = refuse(options.basic_auth, request);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->body, "User cannot access the resource.");
  EXPECT_TRUE(refused->headers.empty());  // no WWW-Authenticate, as stock Connect
  request.headers.emplace_back("authorization", "Basic " + base::base64_encode("alice:wonder"));
  EXPECT_FALSE(refuse(options.basic_auth, request));
  request.headers.front().second = "Basic " + base::base64_encode("alice:other");
  EXPECT_TRUE(refuse(options.basic_auth, request));
}

TEST_F(RestUsers, NeedAnExtensionThatIsKnown) {
  EXPECT_THAT(failure(Properties{{"rest.extension.classes", "com.example.Extension"}}),
              HasSubstr("Class com.example.Extension could not be found"));
  unsetenv("KAFKA_OPTS");
  EXPECT_THAT(
      failure(Properties{{"rest.extension.classes", std::string(security::basic_auth_extension)}}),
      HasSubstr("KAFKA_OPTS"));
}

}  // namespace
}  // namespace kc::rest
