// Routers, headers, filter and predicates.
#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

std::string route(std::string_view name, const Properties& settings, std::string_view topic) {
  World world;
  Record record = world.record(Value());
  record.topic = topic;
  const std::string result = apply(name, settings, record, world.batch);
  return result == "null" ? std::string(record.topic) : result;
}

TEST(RegexRouter, RenamesWhatMatchesAsAWhole) {
  const Properties settings{{"regex", "(.*)\\.(.*)"}, {"replacement", "$2-$1"}};
  EXPECT_EQ(route("RegexRouter", settings, "my.topic"), "topic-my");
  EXPECT_EQ(route("RegexRouter", settings, "topic"), "topic");
}

TEST(RegexRouter, KeepsTopicsApart) {
  World world;
  const auto router = create("RegexRouter", {{"regex", "a(.)"}, {"replacement", "b$1"}});
  for (const auto& [topic, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a1", "b1"}, {"a2", "b2"}, {"a2", "b2"}, {"c", "c"}, {"a1", "b1"}}) {
    Record record = world.record(Value());
    record.topic = topic;
    ASSERT_TRUE(router->apply(record, world.batch));
    EXPECT_EQ(record.topic, expected);
    EXPECT_EQ(record.original_topic, "");
  }
}

TEST(RegexRouter, ExplainsFaults) {
  EXPECT_NE(fault("RegexRouter", {{"regex", "("}, {"replacement", "x"}}).find("Invalid regex: "),
            std::string::npos);
  EXPECT_EQ(route("RegexRouter", {{"regex", "a"}, {"replacement", "$1"}}, "a"),
            "!! java.lang.IndexOutOfBoundsException: No group 1");
}

TEST(TimestampRouter, WritesTheTimestamp) {
  EXPECT_EQ(route("TimestampRouter", {}, "t"), "t-20231114");
  EXPECT_EQ(
      route("TimestampRouter",
            {{"topic.format", "${timestamp}/${topic}/${topic}"}, {"timestamp.format", "HH"}}, "t"),
      "22/t/t");
  World world;
  Record record = world.record(Value());
  record.timestamp = -1;
  EXPECT_TRUE(apply("TimestampRouter", {}, record, world.batch)
                  .starts_with("!! org.apache.kafka.connect.errors.DataException: Timestamp "
                               "missing on record: "));
  EXPECT_NE(
      fault("TimestampRouter", {{"timestamp.format", "qq"}}).find("Illegal pattern character 'q'"),
      std::string::npos);
}

class Headers : public ::testing::Test {
 protected:
  Headers() { record_.headers = headers_; }

  std::string names() const {
    std::string out;
    for (const auto& header : record_.headers) out += std::string(header.name) + " ";
    return out;
  }

  World world_;
  const std::vector<data::Header> headers_{{"a", nullptr, Value::int64(1)},
                                           {"b", nullptr, Value::int64(2)},
                                           {"a", nullptr, Value::int64(3)}};
  Record record_ = world_.record(Value::string("v"));
};

TEST_F(Headers, AreDroppedByName) {
  EXPECT_EQ(apply("DropHeaders", {{"headers", "a,c"}}, record_, world_.batch), "v");
  EXPECT_EQ(names(), "b ");
  EXPECT_NE(fault("DropHeaders", {{"headers", ""}}), "");
}

TEST_F(Headers, AreInsertedAsWhatTheirTextSays) {
  apply("InsertHeader", {{"header", "n"}, {"value.literal", "300"}}, record_, world_.batch);
  apply("InsertHeader", {{"header", "a"}, {"value.literal", "x y"}}, record_, world_.batch);
  EXPECT_EQ(names(), "a b a n a ");
  EXPECT_EQ(record_.headers[3].value, Value::int16(300));
  EXPECT_EQ(record_.headers[3].schema->type(), Type::int16);
  EXPECT_EQ(record_.headers[4].value, Value::string("x y"));
}

TEST_F(Headers, AreMadeOfFields) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("R")
                               .field("x", World::schema(Type::int32))
                               .field("y", World::optional(Type::string))
                               .build();
  record_ = world_.record(schema, world_.structure({Value::int32(5), Value::string("s")}));
  record_.headers = headers_;
  Record copied = record_;
  EXPECT_EQ(apply("HeaderFrom$Value", {{"fields", "x"}, {"headers", "h"}, {"operation", "copy"}},
                  copied, world_.batch),
            "Struct{x=5,y=s}");
  EXPECT_EQ(apply("HeaderFrom$Value", {{"fields", "x"}, {"headers", "h"}, {"operation", "move"}},
                  record_, world_.batch),
            "Struct{y=s}");
  EXPECT_EQ(record_.value_schema->name(), "R");
  EXPECT_EQ(names(), "a b a h ");
  EXPECT_EQ(record_.headers[3].value, Value::int32(5));
  EXPECT_EQ(record_.headers[3].schema->type(), Type::int32);
  EXPECT_EQ(copied.headers[3].value, Value::int32(5));
  EXPECT_EQ(apply("HeaderFrom$Value", {{"fields", "z"}, {"headers", "h"}, {"operation", "copy"}},
                  record_, world_.batch),
            "!! java.lang.NullPointerException: Field does not exist: z");
}

TEST_F(Headers, AreMadeOfEntries) {
  record_ = world_.record(world_.map({Value::string("x"), Value::int64(5)}));
  const Properties settings{{"fields", "x,y"}, {"headers", "h,i"}, {"operation", "move"}};
  EXPECT_EQ(apply("HeaderFrom$Value", settings, record_, world_.batch), "{}");
  EXPECT_EQ(names(), "h i ");
  EXPECT_TRUE(record_.headers[1].value.is_null());
  EXPECT_NE(fault("HeaderFrom$Value", {{"fields", "x,y"}, {"headers", "h"}, {"operation", "copy"}})
                .find("'fields' config must have the same number of elements as 'headers' config."),
            std::string::npos);
}

TEST_F(Headers, AreFoundByThePredicate) {
  EXPECT_TRUE(create_predicate("HasHeaderKey", {{"name", "b"}})->test(record_));
  EXPECT_FALSE(create_predicate("HasHeaderKey", {{"name", "c"}})->test(record_));
}

TEST(Filter, DropsEveryRecord) {
  World world;
  Record record = world.record(Value::int64(1));
  EXPECT_EQ(apply("Filter", {}, record, world.batch), "dropped");
}

TEST(Predicates, KnowTombstonesAndTopics) {
  World world;
  const Record tombstone = world.record(World::schema(Type::string), {});
  const Record other = world.record(Value::string(""));
  EXPECT_TRUE(create_predicate("RecordIsTombstone", {})->test(tombstone));
  EXPECT_FALSE(create_predicate("RecordIsTombstone", {})->test(other));
  EXPECT_TRUE(create_predicate("TopicNameMatches", {{"pattern", "my\\..*"}})->test(other));
  EXPECT_FALSE(create_predicate("TopicNameMatches", {{"pattern", "my"}})->test(other));
  EXPECT_THROW(create_predicate("TopicNameMatches", {{"pattern", "["}}), base::Error);
  EXPECT_THROW(create_predicate("TopicNameMatches", {{"pattern", ""}}), base::Error);
  EXPECT_THROW(create_predicate("HasHeaderKey", {{"name", ""}}), base::Error);
}

TEST(BuiltIn, HasAllOfKafkasClasses) {
  EXPECT_EQ(built_in_transformations().size(), 26U);  // 16, 10 of them for keys and for values
  EXPECT_EQ(built_in_predicates().size(), 3U);
  for (const auto& plugin : built_in_transformations()) {
    EXPECT_TRUE(plugin.class_name.starts_with("org.apache.kafka.connect.transforms."));
    for (const auto& property : plugin.config_def().properties()) {
      EXPECT_FALSE(property.doc.empty()) << plugin.class_name << " " << property.name;
    }
  }
}

}  // namespace
}  // namespace kc::transform
