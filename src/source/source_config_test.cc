#include "source/source_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "source/kinetica_source_connector.h"

namespace kc::source {
namespace {

using config::Properties;
using testing::ElementsAre;
using testing::HasSubstr;

// A valid configuration with `more` on top.
Properties properties(const Properties& more = {}) {
  Properties all{{"kinetica.url", "http://db:9191"}, {"kinetica.table_names", "T"}};
  all.merge(more);
  return all;
}

std::string complaint(const Properties& more) {
  try {
    parse_source_config(properties(more));
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  return {};
}

std::vector<std::string> tables_of(const std::vector<Properties>& tasks) {
  std::vector<std::string> tables;
  for (const auto& task : tasks) tables.push_back(task.get("kinetica.table_names"));
  return tables;
}

TEST(SourceConfig, QuickstartFileOfTheOriginalIsAccepted) {
  const SourceConfig config = parse_source_config({{"name", "KineticaQuickStartSourceConnector"},
                                                   {"tasks.max", "1"},
                                                   {"kinetica.url", "http://127.0.0.1:9191"},
                                                   {"kinetica.table_names", "KafkaConnectorTest"},
                                                   {"kinetica.timeout", "1000"},
                                                   {"kinetica.topic_prefix", "Tweets."},
                                                   {"kinetica.kafka_schema_version", "1"}});
  ASSERT_EQ(config.tables.size(), 1u);
  EXPECT_EQ(config.tables[0].topic, "Tweets.KafkaConnectorTest");
  EXPECT_EQ(config.tables[0].schema_version, 1);
  EXPECT_EQ(config.database.timeout, std::chrono::milliseconds(1000));
}

TEST(SourceConfig, DefaultsAreTheOriginals) {
  const SourceConfig config = parse_source_config(properties());
  EXPECT_EQ(config.database.timeout.count(), 0);
  EXPECT_EQ(config.database.username, "");
  EXPECT_TRUE(config.database.password.empty());
  EXPECT_EQ(config.tables[0].topic, "T");
}

TEST(SourceConfig, PropertiesStandInTheOriginalsOrder) {
  std::vector<std::string> names;
  for (const auto& property : source_config_def().properties()) {
    EXPECT_EQ(property.order, static_cast<int>(names.size()) + 1);
    EXPECT_EQ(property.group, "Kinetica Properties");
    names.push_back(property.name);
  }
  EXPECT_THAT(
      names,
      ElementsAre("kinetica.url", "kinetica.timeout", "kinetica.table_names",
                  "kinetica.topic_prefix", "kinetica.kafka_schema_version", "kinetica.username",
                  "kinetica.password", "kinetica.from_beginning", "kinetica.incrementing_column",
                  "kinetica.incrementing_overlap", "kinetica.oauth_token", "kinetica.primary_url",
                  "kinetica.ha_failover_order", "kinetica.discover_clusters",
                  "kinetica.ssl.truststore.location", "kinetica.ssl.truststore.password",
                  "kinetica.ssl.truststore.type", "kinetica.ssl.truststore.certificates",
                  "kinetica.ssl.keystore.location", "kinetica.ssl.keystore.password",
                  "kinetica.ssl.keystore.type", "kinetica.ssl.keystore.certificate.chain",
                  "kinetica.ssl.keystore.key", "kinetica.ssl.key.password",
                  "kinetica.ssl.endpoint.identification.algorithm",
                  "kinetica.ssl.bypass_cert_check"));
}

TEST(SourceConfig, BlanksAroundTableNamesDoNotCount) {
  const SourceConfig config = parse_source_config(
      properties({{"kinetica.table_names", " a , b"}, {"kinetica.kafka_schema_version", "2, 3"}}));
  ASSERT_EQ(config.tables.size(), 2u);
  EXPECT_EQ(config.tables[1].name, "b");
  EXPECT_EQ(config.tables[1].schema_version, 3);
}

TEST(SourceConfig, EveryTableHasVersion1WithoutAList) {
  const SourceConfig config = parse_source_config(properties({{"kinetica.table_names", "a,b"}}));
  EXPECT_EQ(config.tables[1].schema_version, 1);
}

TEST(SourceConfig, WhatIsWrongIsNamedWithItsRemedy) {
  EXPECT_THAT(complaint({{"kinetica.url", "db:9191"}}), HasSubstr("http://host:9191"));
  EXPECT_THAT(complaint({{"kinetica.table_names", " "}}), HasSubstr("kinetica.table_names"));
  EXPECT_THAT(complaint({{"kinetica.table_names", "a,,b"}}), HasSubstr("empty name"));
  EXPECT_THAT(complaint({{"kinetica.table_names", "a,a"}}), HasSubstr("twice"));
  EXPECT_THAT(complaint({{"kinetica.timeout", "-1"}}), HasSubstr("kinetica.timeout"));
  EXPECT_THAT(complaint({{"kinetica.kafka_schema_version", "one"}}), HasSubstr("`one`"));
  EXPECT_THAT(complaint({{"kinetica.kafka_schema_version", "1,2"}}),
              HasSubstr("2 versions for the 1 tables"));
  EXPECT_THAT(complaint({{"kinetica.from_beginning", "maybe"}}),
              HasSubstr("kinetica.from_beginning"));
  EXPECT_THAT(complaint({{"kinetica.incrementing_column", "id,"}}),
              HasSubstr("kinetica.incrementing_column = id,: has 2 columns for the 1 tables"));
}

std::vector<std::string> incrementing_columns(const Properties& more) {
  std::vector<std::string> columns;
  for (const auto& table : parse_source_config(properties(more)).tables) {
    columns.push_back(table.incrementing_column);
  }
  return columns;
}

TEST(SourceConfig, OneIncrementingColumnIsForAllTablesAndAnEmptyPlaceIsNone) {
  EXPECT_THAT(incrementing_columns({{"kinetica.table_names", "a,b"}}), ElementsAre("", ""));
  EXPECT_THAT(incrementing_columns(
                  {{"kinetica.table_names", "a,b"}, {"kinetica.incrementing_column", "id"}}),
              ElementsAre("id", "id"));
  EXPECT_THAT(incrementing_columns({{"kinetica.table_names", "a,b,c"},
                                    {"kinetica.incrementing_column", "id, ,ts "}}),
              ElementsAre("id", "", "ts"));
  EXPECT_FALSE(parse_source_config(properties()).from_beginning);
  EXPECT_TRUE(
      parse_source_config(properties({{"kinetica.from_beginning", "true"}})).from_beginning);
}

TEST(SourceConnector, ValidateFindsAVersionListOfTheWrongLength) {
  const KineticaSourceConnector connector;
  EXPECT_TRUE(connector.validate(properties()).empty());
  const auto faults = connector.validate(properties({{"kinetica.kafka_schema_version", "1,2"}}));
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].name, "kinetica.kafka_schema_version");
}

TEST(SourceConnector, TablesAreSplitInContiguousBlocksWithTheirVersions) {
  const KineticaSourceConnector connector;
  const auto tasks =
      connector.task_configs(properties({{"kinetica.table_names", "a,b,c,d,e"},
                                         {"kinetica.kafka_schema_version", "1,2,3,4,5"}}),
                             3);
  EXPECT_THAT(tables_of(tasks), ElementsAre("a,b", "c,d", "e"));
  EXPECT_EQ(tasks[1].get("kinetica.kafka_schema_version"), "3,4");
  EXPECT_EQ(tasks[1].get("kinetica.url"), "http://db:9191");
  EXPECT_EQ(parse_source_config(tasks[2]).tables[0].schema_version, 5);
}

TEST(SourceConnector, TasksGetTheIncrementingColumnsOfTheirTables) {
  const KineticaSourceConnector connector;
  const auto columns = [&](const std::string& given) {
    std::vector<std::string> result;
    for (const auto& task :
         connector.task_configs(properties({{"kinetica.table_names", "a,b,c"},
                                            {"kinetica.incrementing_column", given}}),
                                2)) {
      result.push_back(task.get("kinetica.incrementing_column"));
      for (const auto& table : parse_source_config(task).tables) {
        result.push_back(table.incrementing_column);
      }
    }
    return result;
  };
  EXPECT_THAT(columns("id"), ElementsAre("id,id", "id", "id", "id", "id"));
  EXPECT_THAT(columns("id,,"), ElementsAre("id,", "id", "", "", ""));
  EXPECT_THAT(columns(",,ts"), ElementsAre(",", "", "", "ts", "ts"));
  EXPECT_FALSE(connector.task_configs(properties(), 1)[0].contains("kinetica.incrementing_column"));
}

TEST(SourceConnector, ThereAreNeverMoreTasksThanTables) {
  const KineticaSourceConnector connector;
  EXPECT_EQ(connector.task_configs(properties(), 8).size(), 1u);
  EXPECT_EQ(connector.create_source_task(properties()) == nullptr, false);
  EXPECT_THROW(connector.create_sink_task(properties()), std::logic_error);
}

}  // namespace
}  // namespace kc::source
