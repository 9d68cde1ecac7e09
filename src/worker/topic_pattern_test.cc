#include "worker/topic_pattern.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::worker {
namespace {

using namespace std::chrono_literals;

TEST(TopicPattern, MatchesWholeNamesAsJavaDoesAndNoInternalTopics) {
  const base::Clock clock;
  const TopicPattern pattern("(?:a|ab)\\d+|_.*", 1s, clock);
  EXPECT_TRUE(pattern.matches("ab12"));
  EXPECT_FALSE(pattern.matches("ab12x"));
  EXPECT_TRUE(pattern.matches("_schemas"));
  EXPECT_FALSE(pattern.matches("__consumer_offsets"));
  EXPECT_THROW(TopicPattern("[", 1s, clock), base::Error);
}

TEST(TopicPattern, IsLookedUpAsOftenAsJavasConsumerDoesIt) {
  EXPECT_EQ(metadata_max_age({}), 5min);
  EXPECT_EQ(metadata_max_age({{"metadata.max.age.ms", "1500"}}), 1500ms);
  EXPECT_EQ(metadata_max_age({{"metadata.max.age.ms", "x"}}), 5min);
}

}  // namespace
}  // namespace kc::worker
