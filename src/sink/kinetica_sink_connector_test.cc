#include "sink/kinetica_sink_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/error.h"
#include "sink/sink_config.h"

namespace kc::sink {
namespace {

using config::Properties;
using testing::HasSubstr;

Properties with(Properties::Entry one, Properties::Entry two = {"tasks.max", "1"},
                Properties::Entry three = {"tasks.max", "1"}) {
  Properties properties{{"kinetica.url", "http://127.0.0.1:9191"}};
  for (auto& [name, value] : {one, two, three}) properties.set(name, value);
  return properties;
}

std::string faults_of(const Properties& properties) {
  std::string text;
  for (const auto& fault : KineticaSinkConnector().validate(properties)) text += fault.text();
  return text;
}

TEST(SinkConfig, EveryPropertyIsDocumentedAndInTheGroup) {
  const auto& properties = sink_config_def().properties();
  EXPECT_EQ(properties.size(), 39U);
  for (const auto& property : properties) {
    EXPECT_FALSE(property.doc.empty()) << property.name;
    EXPECT_FALSE(property.display_name.empty()) << property.name;
    EXPECT_EQ(property.group, "Kinetica Properties") << property.name;
  }
}

TEST(SinkConfig, DefaultsAreThoseOfTheDocument) {
  const auto config = SinkConfig::parse(with({"topics", "a, b"}));
  EXPECT_EQ(config.database.timeout, std::chrono::milliseconds(1000));
  EXPECT_EQ(config.batch_rows, 10'000U);
  EXPECT_EQ(config.retry_count, 1);
  EXPECT_TRUE(config.create_table);
  EXPECT_TRUE(config.update_on_existing_pk);
  EXPECT_FALSE(config.naming.single_table_per_topic);
  EXPECT_EQ(config.naming.topics, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(config.naming.override_names.empty());
}

TEST(SinkConfig, ConnectionIsReadIntoTheClientsSettings) {
  const std::string stores = KC_VECTORS_DIR "/connect/keystores/";
  const auto plain = SinkConfig::parse(with({"topics", "a"})).database;
  EXPECT_TRUE(plain.multihead);
  EXPECT_TRUE(plain.tls.verify_certificate && plain.tls.verify_host);
  EXPECT_FALSE(plain.compress || plain.random_order || plain.discover_clusters);
  EXPECT_EQ(plain.primary_url + plain.tls.trusted + plain.tls.chain, "");
  auto given = with({"topics", "a"}, {"kinetica.oauth_token", "secret"},
                    {"kinetica.ssl.truststore.location", stores + "t.jks"});
  given.set("kinetica.ssl.truststore.password", "changeit");
  given.set("kinetica.ssl.keystore.location", stores + "encrypted.pem");
  given.set("kinetica.ssl.key.password", "keypass1");
  given.set("kinetica.ssl.endpoint.identification.algorithm", "");
  given.set("kinetica.ssl.bypass_cert_check", "true");
  given.set("kinetica.primary_url", "http://p");
  given.set("kinetica.ha_failover_order", "RANDOM");
  given.set("kinetica.discover_clusters", "true");
  given.set("kinetica.enable_multihead", "false");
  given.set("kinetica.use_snappy", "true");
  const auto read = SinkConfig::parse(given).database;
  EXPECT_EQ(read.token.reveal(), "secret");
  EXPECT_THAT(read.tls.trusted, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(read.tls.chain, HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_THAT(read.tls.key, HasSubstr("BEGIN PRIVATE KEY"));
  EXPECT_FALSE(read.tls.verify_certificate || read.tls.verify_host || read.multihead);
  EXPECT_TRUE(read.compress && read.random_order && read.discover_clusters);
  EXPECT_EQ(read.primary_url, "http://p");
}

TEST(SinkConfig, ReadsBackWhatIsGiven) {
  const auto config = SinkConfig::parse(
      with({"kinetica.update_on_existing_pk", "false"}, {"kinetica.batch_size", " 10 "}));
  EXPECT_FALSE(config.update_on_existing_pk);
  EXPECT_EQ(config.batch_rows, 10U);
}

TEST(SinkConfig, NewerNameOfAPropertyWinsOverTheOlder) {
  EXPECT_EQ(SinkConfig::parse(with({"kinetica.tables.prefix", "new_"})).naming.prefix, "new_");
  EXPECT_EQ(
      SinkConfig::parse(with({"kinetica.tables.prefix", "new_"}, {"kinetica.table_prefix", "old_"}))
          .naming.prefix,
      "new_");
  EXPECT_EQ(SinkConfig::parse(with({"kinetica.tables.schema_name", "S"})).collection, "S");
  EXPECT_FALSE(SinkConfig::parse(with({"kinetica.tables.create_table", "false"})).create_table);
}

TEST(SinkConfig, UrlIsRequiredAndChecked) {
  EXPECT_THROW(SinkConfig::parse(Properties{{"topics", "t"}}), base::Error);
  EXPECT_THAT(faults_of(with({"kinetica.url", "ftp://host"})), HasSubstr("kinetica.url"));
  EXPECT_THROW(SinkConfig::parse(with({"kinetica.url", "no url"})), base::Error);
}

TEST(SinkConfig, OverrideMustBeOneNameOrOneForEachTopic) {
  const auto faults = [](const char* topics, const char* single, const char* names) {
    return faults_of(with({"topics", topics}, {"kinetica.single_table_per_topic", single},
                          {"kinetica.dest_table_override", names}));
  };
  EXPECT_THAT(faults("topic", "true", "tab1,tab2,tab3"), HasSubstr("3 tables for 1 topics"));
  EXPECT_EQ(faults("topic1,topic2, topic3", "true", "tab1,tab2,tab3"), "");
  EXPECT_EQ(faults("topic", "true", ""), "");
  EXPECT_EQ(faults("T1,T2", "false", "O"), "");
  EXPECT_THAT(faults("T1,T2", "true", "O"), HasSubstr("1 tables for 2 topics"));
  EXPECT_THAT(faults("T1,T2", "true", "O,"), HasSubstr("empty entry"));
  EXPECT_THAT(faults_of(with({"topics.regex", "^T.*"}, {"kinetica.dest_table_override", "O"})),
              HasSubstr("topics.regex"));
}

TEST(SinkConfig, OverrideNamesAreTrimmed) {
  const auto config =
      SinkConfig::parse(with({"topics", "T1, T2"}, {"kinetica.dest_table_override", "O1 , O2"}));
  EXPECT_EQ(config.naming.override_names, (std::vector<std::string>{"O1", "O2"}));
}

TEST(SinkConfig, FlatteningIsReadWhenItIsEnabled) {
  const std::string flatten = "kinetica.flatten_source.";
  const auto rules = [&](Properties::Entry more) {
    return SinkConfig::parse(with({flatten + "enabled", "true"}, std::move(more))).flattening;
  };
  const auto plain = rules({"tasks.max", "1"});
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->delimiter, "_");
  EXPECT_EQ(plain->separator, ",");
  EXPECT_EQ(plain->arrays, ArrayFlattening::convert_to_string);
  EXPECT_EQ(rules({flatten + "field_name_delimiter", "."})->delimiter, ".");
  EXPECT_EQ(rules({flatten + "array_element_separator", "|"})->separator, "|");
  EXPECT_EQ(rules({flatten + "array_element_separator", " "})->separator, "");
  EXPECT_EQ(rules({flatten + "array_flattening_mode", "TAKE_FIRST_VALUE"})->arrays,
            ArrayFlattening::take_first_value);
  EXPECT_EQ(rules({flatten + "array_flattening_mode", ""})->arrays,
            ArrayFlattening::convert_to_string);
  EXPECT_FALSE(SinkConfig::parse(with({flatten + "enabled", "false"})).flattening);
  EXPECT_FALSE(SinkConfig::parse(with({flatten + "field_name_delimiter", "."})).flattening);
}

TEST(SinkConfig, FlatteningModeIsOneOfTwoWhetherEnabledOrNot) {
  for (const char* wrong : {"x", "take_first_value", "CONVERT_TO_STRING,TAKE_FIRST_VALUE"}) {
    EXPECT_THROW(SinkConfig::parse(with({"kinetica.flatten_source.array_flattening_mode", wrong})),
                 base::Error)
        << wrong;
  }
}

TEST(SinkConfig, EvolutionIsOffUntilAskedForByEitherName) {
  EXPECT_FALSE(SinkConfig::parse(with({"topics", "t"})).evolution.enabled);
  const auto old_names = SinkConfig::parse(with({"kinetica.allow_schema_evolution", "true"},
                                                {"kinetica.add_new_fields_as_columns", "true"}));
  EXPECT_TRUE(old_names.evolution.enabled);
  EXPECT_TRUE(old_names.evolution.add_columns);
  EXPECT_FALSE(old_names.evolution.make_nullable);
  const auto new_names =
      SinkConfig::parse(with({"kinetica.schema_evolution.enabled", "true"},
                             {"kinetica.schema_evolution.make_missing_field_nullable", "true"}));
  EXPECT_TRUE(new_names.evolution.enabled);
  EXPECT_FALSE(new_names.evolution.add_columns);
  EXPECT_TRUE(new_names.evolution.make_nullable);
}

TEST(SinkConfig, PasswordIsNeverShown) {
  const auto* property = sink_config_def().find("kinetica.password");
  ASSERT_NE(property, nullptr);
  EXPECT_EQ(property->type, config::PropertyType::password);
  const auto config = SinkConfig::parse(with({"kinetica.password", "secret"}));
  EXPECT_EQ(config.database.password.reveal(), "secret");
}

TEST(KineticaSinkConnector, GivesEachTaskTheSameProperties) {
  const KineticaSinkConnector connector;
  const Properties properties = with({"topics", "t"});
  EXPECT_EQ(connector.task_configs(properties, 3), std::vector<Properties>(3, properties));
  EXPECT_THROW(connector.task_configs(properties, 0), base::Error);
}

TEST(KineticaSinkConnector, MakesSinkTasksOnly) {
  const KineticaSinkConnector connector;
  EXPECT_EQ(connector.type(), connect::ConnectorType::sink);
  EXPECT_EQ(connector.class_name(), "com.kinetica.kafka.KineticaSinkConnector");
  EXPECT_FALSE(connector.version().empty());
  const auto task = connector.create_sink_task(with({"topics", "t"}));
  ASSERT_NE(task, nullptr);
  task->stop();
  EXPECT_THROW(connector.create_source_task(with({"topics", "t"})), std::logic_error);
  EXPECT_THROW(connector.create_sink_task(Properties{}), base::Error);
}

}  // namespace
}  // namespace kc::sink
