#include "sink/table_naming.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::sink {
namespace {

using Names = std::vector<std::string>;

struct NamingCase {
  const char* id;
  Names topics;  // empty: a pattern
  bool single;
  const char* prefix;
  Names override_names;
  const char* topic;
  std::optional<std::string_view> source;
  const char* expected;
};

const Names many_topics = {"topic1", "topic2", "topic3"};
const Names dotted_topics = {"to.pi.c1", "to.pi.c2", "to.pi.c3"};
const Names some_topics = {"some.topic1", "some.topic2", "some.topic3"};
const Names destinations = {"Kinetica.DestinationTable1", "Kinetica.DestinationTable2",
                            "Kinetica.DestinationTable3"};
const Names overrides = {"table.Override1", "table.Override2", "table.Override3"};
const Names plain_overrides = {"tableOverride1", "tableOverride2", "tableOverride3"};

// The destination names that version 7.0 of the Java connector gives. The collection never takes
// part.
const NamingCase cases[] = {
    {"1", {}, false, "", {}, "", "some_schema", "some_schema"},
    {"3", {"some_topic"}, true, "", {}, "some_topic", "some_schema", "some_topic"},
    {"4", many_topics, true, "", {}, "topic1", "some_schema", "topic1"},
    {"4.5", {"some.topic"}, true, "", {}, "some.topic", "some_schema", "some.topic"},
    {"5", dotted_topics, true, "", {}, "to.pi.c1", "some_schema", "to.pi.c1"},
    {"6", {}, false, "prefix_", {}, "", "some_schema", "prefix_some_schema"},
    {"8", {"some_topic"}, true, "prefix_", {}, "some_topic", "some_schema", "prefix_some_topic"},
    {"9", many_topics, true, "prefix_", {}, "topic1", "some_schema", "prefix_topic1"},
    {"10", dotted_topics, true, "prefix_", {}, "to.pi.c1", "some_schema", "prefix_to.pi.c1"},
    {"11", {}, false, "", {}, "", "some_schema", "some_schema"},
    {"13", {"some_topic"}, true, "", {}, "some_topic", "some_schema", "some_topic"},
    {"14", many_topics, true, "", {}, "topic1", "some_schema", "topic1"},
    {"14.5", {"some.topic"}, true, "", {}, "some.topic", "some_schema", "some.topic"},
    {"15", dotted_topics, true, "", {}, "to.pi.c1", "some_schema", "to.pi.c1"},
    {"16", {}, false, "prefix_", {}, "", "some_schema", "prefix_some_schema"},
    {"18", {"some_topic"}, true, "prefix_", {}, "some_topic", "some_schema", "prefix_some_topic"},
    {"19", many_topics, true, "prefix_", {}, "topic1", "some_schema", "prefix_topic1"},
    {"20", dotted_topics, true, "prefix_", {}, "to.pi.c1", "some_schema", "prefix_to.pi.c1"},
    {"21", {"some_topic"}, true, "", {"tableOverride"}, "some_topic", "s", "tableOverride"},
    {"22", {"st1", "st2", "st3"}, true, "", {"tableOverride1"}, "st1", "some_schema", "st1"},
    {"23.5", some_topics, true, "", destinations, "some.topic1", "s", "Kinetica.DestinationTable1"},
    {"23.n", some_topics, true, "prefix_", {"D"}, "some.topic1", "s", "prefix_some.topic1"},
    {"27", {"some_topic"}, true, "", {"tableOverride"}, "some_topic", "s", "tableOverride"},
    {"30", {"some_topic"}, true, "prefix_", {"tableOverride"}, "some_topic", "s", "tableOverride"},
    {"41", some_topics, true, "", {"tableOverride"}, "some.topic1", "s", "some.topic1"},
    {"51", {"topic"}, true, "", plain_overrides, "topic", "some_schema", "topic"},
    {"61", many_topics, true, "prefix_", overrides, "topic1", "s", "table.Override1"},
    {"64", many_topics, true, "", plain_overrides, "topic1", "s", "tableOverride1"},
    {"68", dotted_topics, true, "prefix_", overrides, "to.pi.c1", "s", "table.Override1"},

    {"topic, S", {"T"}, true, "", {}, "T", "a.b.S", "T"},
    {"schema", {"T"}, false, "", {}, "T", "a.b.S", "S"},
    {"prefix and schema", {"T"}, false, "p_", {}, "T", "a.b.S", "p_S"},
    {"prefix and topic", {"a.T"}, true, "p_", {}, "a.T", "a.b.S", "p_a.T"},
    {"unnamed schema", {"a.T"}, false, "", {}, "a.T", std::nullopt, "a.T"},
    {"override", {"T"}, false, "p_", {"O"}, "T", "a.b.S", "O"},
    {"dotted override", {"T"}, true, "p_", {"X.O"}, "T", "a.b.S", "X.O"},
    {"one for all", {"T1", "T2"}, false, "", {"O"}, "T1", "S", "O"},
    {"one for each", {"T1", "T2"}, false, "", {"O1", "O2"}, "T2", "S", "O2"},
    {"pattern, one for all", {}, false, "", {"O"}, "T1", "S", "O"},
    {"pattern, S", {}, true, "p_", {}, "T.1", "S", "p_T.1"},
};

class TableNamingTest : public testing::TestWithParam<NamingCase> {};

TEST_P(TableNamingTest, GivesTheNameOfTheJavaConnector) {
  const NamingCase& c = GetParam();
  const TableNaming naming({c.topics, c.override_names, c.prefix, c.single});
  EXPECT_EQ(naming.table_for(c.topic, c.source), c.expected) << c.id;
}

INSTANTIATE_TEST_SUITE_P(All, TableNamingTest, testing::ValuesIn(cases));

data::Record record_of(std::string_view topic, const data::Value& key) {
  data::Record record;
  record.topic = topic;
  record.key = key;
  return record;
}

TEST(TableNaming, SchemalessRecordIsNamedByItsStringKeyElseByItsTopic) {
  const TableNaming naming({{"T"}, {}, "p_", false});
  EXPECT_EQ(naming.table_for(record_of("T", data::Value::string("A.B.Cc"))), "p_Cc");
  EXPECT_EQ(naming.table_for(record_of("T", data::Value::int64(5))), "p_T");
  EXPECT_EQ(naming.table_for(record_of("T", data::Value())), "p_T");
}

TEST(TableNaming, SchemalessRecordWithoutStringKeyTakesTheSimpleNameOfItsTopic) {
  const TableNaming naming({{"Tweets.KafkaConnectorTest"}, {}, "out_", false});
  EXPECT_EQ(naming.table_for(record_of("Tweets.KafkaConnectorTest", data::Value())),
            "out_KafkaConnectorTest");
}

TEST(TableNaming, RecordWithSchemaIgnoresItsKey) {
  const auto schema = data::SchemaBuilder(data::Type::structure).name("a.b.S").build();
  data::Record record = record_of("T", data::Value::string("key"));
  record.value_schema = schema.get();
  EXPECT_EQ(TableNaming({{"T"}, {}, "", false}).table_for(record), "S");
}

TEST(TableNaming, TopicOutsideTheListOfOverridesIsAConfigurationError) {
  const TableNaming naming({{"T1", "T2"}, {"O1", "O2"}, "", false});
  try {
    naming.table_for("t2", "S");
    FAIL() << "topics are compared exactly";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_NE(std::string(error.what()).find("t2"), std::string::npos);
  }
}

}  // namespace
}  // namespace kc::sink
