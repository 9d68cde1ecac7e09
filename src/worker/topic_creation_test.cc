#include "worker/topic_creation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::worker {
namespace {

using config::Properties;
using testing::HasSubstr;

Properties with_defaults(Properties more) {
  Properties properties{{"topic.creation.default.partitions", "3"},
                        {"topic.creation.default.replication.factor", "-1"}};
  properties.merge(more);
  return properties;
}

TEST(TopicCreation, NeedsBothDefaults) {
  EXPECT_FALSE(TopicCreation::of({}));
  EXPECT_FALSE(TopicCreation::of({{"topic.creation.groups", ""}}));
  const auto faults = TopicCreation::find_faults({{"topic.creation.default.partitions", "1"}});
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(
      faults[0].message,
      "Missing required configuration \"topic.creation.default.replication.factor\" which has "
      "no default value.");
  EXPECT_EQ(TopicCreation::find_faults({{"topic.creation.default.cleanup.policy", "x"}}).size(),
            2U);
  const auto topic = TopicCreation::of(with_defaults({}))->topic("t");
  EXPECT_EQ(topic.name, "t");
  EXPECT_EQ(topic.partitions, 3);
  EXPECT_EQ(topic.replication_factor, -1);
}

TEST(TopicCreation, FirstGroupThatMatchesCounts) {
  const auto creation =
      TopicCreation::of(with_defaults({{"topic.creation.groups", "logs, all"},
                                       {"topic.creation.logs.include", "log-.*,audit"},
                                       {"topic.creation.logs.exclude", "log-[0-9]"},
                                       {"topic.creation.logs.partitions", "1"},
                                       {"topic.creation.logs.cleanup.policy", "compact"},
                                       {"topic.creation.all.include", "l.*"},
                                       {"topic.creation.all.replication.factor", "2"}}));
  const auto logs = creation->topic("log-a");
  EXPECT_EQ(logs.partitions, 1);
  EXPECT_EQ(logs.replication_factor, -1);
  EXPECT_EQ(logs.settings, (Properties{{"cleanup.policy", "compact"}}));
  EXPECT_EQ(creation->topic("audit").partitions, 1);
  EXPECT_EQ(creation->topic("audit2").partitions, 3);  // a pattern matches whole names
  EXPECT_EQ(creation->topic("log-7").replication_factor, 2);
  EXPECT_EQ(creation->topic("log-7").partitions, 3);
}

TEST(TopicCreation, FaultsNameTheirProperties) {
  const auto faults =
      TopicCreation::find_faults({{"topic.creation.default.partitions", "0"},
                                  {"topic.creation.default.replication.factor", "x"},
                                  {"topic.creation.groups", "a,b"},
                                  {"topic.creation.a.include", "["}});
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_EQ(faults[0].message,
            "Invalid value 0 for configuration topic.creation.default.partitions: Number of "
            "partitions must be positive, or -1 to use the broker's default");
  EXPECT_THAT(faults[1].message, HasSubstr("Not a number of type SHORT"));
  EXPECT_EQ(faults[2].name, "topic.creation.a.include");
}

}  // namespace
}  // namespace kc::worker
