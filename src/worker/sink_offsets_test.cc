#include "worker/sink_offsets.h"

#include <gtest/gtest.h>

#include <vector>

namespace kc::worker {
namespace {

using connect::Offsets;
using connect::TopicPartition;

const TopicPartition first{"t", 0};
const TopicPartition second{"t", 1};

TEST(SinkOffsets, WhatIsAcknowledgedAndNotCommittedIsToBeCommitted) {
  SinkOffsets offsets;
  offsets.set_position(first, 10);
  offsets.set_position(second, 5);
  EXPECT_EQ(offsets.uncommitted({{first, 7}, {second, 5}}), (Offsets{{first, 7}, {second, 5}}));
  offsets.committed({{first, 7}});
  EXPECT_EQ(offsets.uncommitted({{first, 7}, {second, 5}}), (Offsets{{second, 5}}));
  EXPECT_EQ(offsets.uncommitted({{first, 8}}), (Offsets{{first, 8}}));
  offsets.commit_failed();
  EXPECT_EQ(offsets.uncommitted({{first, 7}}), (Offsets{{first, 7}}));
}

TEST(SinkOffsets, NothingBeyondThePositionIsCommitted) {
  SinkOffsets offsets;
  offsets.set_position(first, 10);
  EXPECT_EQ(offsets.uncommitted({{first, 11}, {second, 1}}), Offsets{});
}

TEST(SinkOffsets, TellsWhatTheTaskHasNotAcknowledged) {
  SinkOffsets offsets;
  EXPECT_FALSE(offsets.has_unacknowledged());
  offsets.set_position(first, 10);
  offsets.set_position(second, 5);
  auto state = offsets.acknowledged({{first, 4}, {second, 3}});
  EXPECT_TRUE(state.advanced);
  EXPECT_EQ(state.unacknowledged, 8U);
  EXPECT_EQ(state.lag_max, 6U);
  EXPECT_TRUE(offsets.has_unacknowledged());
  EXPECT_FALSE(offsets.acknowledged({{first, 4}, {second, 3}}).advanced);
  state = offsets.acknowledged({{first, 10}, {second, 5}});
  EXPECT_TRUE(state.advanced);
  EXPECT_EQ(state.unacknowledged, 0U);
  EXPECT_FALSE(offsets.has_unacknowledged());
}

TEST(SinkOffsets, APartitionThatComesBackIsCommittedAnew) {
  SinkOffsets offsets;
  offsets.set_position(first, 10);
  offsets.committed({{first, 10}});
  const std::vector<TopicPartition> gone{first};
  offsets.forget(gone);
  EXPECT_TRUE(offsets.positions().empty());
  EXPECT_EQ(offsets.uncommitted({{first, 10}}), Offsets{});
  offsets.set_position(first, 4);
  EXPECT_EQ(offsets.uncommitted({{first, 4}}), (Offsets{{first, 4}}));
}

}  // namespace
}  // namespace kc::worker
