#include "security/tls_properties.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace kc::security {
namespace {

using config::Properties;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string folder = KC_VECTORS_DIR "/connect/keystores/";

std::string failure(const Properties& properties, std::string_view prefix = {}) {
  try {
    read_tls(properties, prefix);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return "(no error)";
}

TEST(TlsProperties, NothingGivenMeansTheSystemsAuthorities) {
  const TlsMaterial material = read_tls(Properties{}, "x.");
  EXPECT_EQ(material.trusted, "");
  EXPECT_FALSE(material.identity);
  EXPECT_TRUE(material.verify_host);
}

TEST(TlsProperties, TheDocumentsFiveAreReadUnderAnyPrefix) {
  for (const std::string prefix : {"", "schema.registry."}) {
    const TlsMaterial material =
        read_tls(Properties{{prefix + "ssl.truststore.location", folder + "t.jks"},
                            {prefix + "ssl.truststore.password", "changeit"},
                            {prefix + "ssl.keystore.location", folder + "c.jks"},
                            {prefix + "ssl.keystore.password", "changeit"},
                            {prefix + "ssl.key.password", "keypass1"},
                            {prefix + "ssl.endpoint.identification.algorithm", ""}},
                 prefix);
    EXPECT_THAT(material.trusted, HasSubstr("BEGIN CERTIFICATE"));
    ASSERT_TRUE(material.identity);
    EXPECT_FALSE(material.verify_host);
  }
}

TEST(TlsProperties, TextsGoBeforeFiles) {
  const Identity identity =
      read_identity({"", folder + "k.p12", config::Secret("changeit"), config::Secret()});
  const TlsMaterial material =
      read_tls(Properties{{"ssl.truststore.certificates", identity.chain},
                          {"ssl.truststore.location", "/does/not/exist"},
                          {"ssl.keystore.certificate.chain", identity.chain},
                          {"ssl.keystore.key", identity.key.reveal()}});
  EXPECT_EQ(material.trusted, identity.chain);
  EXPECT_EQ(material.identity->key.reveal(), identity.key.reveal());
  EXPECT_THAT(failure({{"ssl.keystore.key", identity.key.reveal()}}),
              AllOf(HasSubstr("ssl.keystore.certificate.chain is not"), Not(HasSubstr("BEGIN"))));
}

TEST(TlsProperties, FaultsHaveTheNameThatTheUserWrote) {
  EXPECT_THAT(failure({{"kinetica.ssl.truststore.type", "BKS"}}, "kinetica."),
              HasSubstr("Invalid value BKS for configuration kinetica.ssl.truststore.type"));
  EXPECT_THAT(failure({{"ssl.endpoint.identification.algorithm", "ldaps"}}),
              HasSubstr("must be https, or empty"));
  EXPECT_THAT(failure({{"kinetica.ssl.keystore.location", folder + "c.jks"},
                       {"kinetica.ssl.keystore.password", "changeit"}},
                      "kinetica."),
              HasSubstr("kinetica.ssl.key.password"));
}

TEST(TlsProperties, DeclarationsHaveAliasesAndFindFaultsOfBothStores) {
  config::ConfigDef def;
  for (auto& property : tls_properties("schema.registry.", "")) def.add(std::move(property));
  const config::Config config = def.parse(Properties{{"ssl.truststore.location", folder + "t.jks"},
                                                     {"ssl.truststore.password", "changeit"}});
  EXPECT_NE(read_tls(config, "schema.registry.").trusted, "");
  const auto faults = find_tls_faults(
      def.parse(Properties{{"schema.registry.ssl.truststore.location", folder + "t.p12"},
                           {"schema.registry.ssl.truststore.password", "s3cret"},
                           {"ssl.keystore.location", "/does/not/exist"}}),
      "schema.registry.");
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].name, "schema.registry.ssl.truststore.location");
  EXPECT_THAT(faults[0].text(), Not(HasSubstr("s3cret")));
  EXPECT_THAT(faults[1].message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace kc::security
