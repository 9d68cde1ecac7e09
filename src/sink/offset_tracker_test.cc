#include "sink/offset_tracker.h"

#include <gtest/gtest.h>

namespace kc::sink {
namespace {

using connect::Offsets;
using connect::TopicPartition;

data::Record record_at(std::string_view topic, int32_t partition, int64_t offset) {
  data::Record record;
  record.original_topic = topic;
  record.original_partition = partition;
  record.offset = offset;
  return record;
}

const TopicPartition t0{"t", 0};
const TopicPartition t1{"t", 1};

TEST(OffsetTracker, CommitsThePositionWhenNothingIsUnacknowledged) {
  OffsetTracker tracker;
  OffsetLedger body;
  tracker.add(body, record_at("t", 0, 5));
  tracker.release(body);
  EXPECT_TRUE(body.empty());
  EXPECT_EQ(tracker.committable({{t0, 6}, {t1, 3}}), (Offsets{{t0, 6}, {t1, 3}}));
}

TEST(OffsetTracker, HoldsBackAtTheFirstOffsetOfAnUnacknowledgedBody) {
  OffsetTracker tracker;
  OffsetLedger body;
  for (int64_t offset = 5; offset < 9; ++offset) tracker.add(body, record_at("t", 0, offset));
  tracker.add(body, record_at("t", 1, 100));
  EXPECT_EQ(tracker.committable({{t0, 9}, {t1, 101}}), (Offsets{{t0, 5}, {t1, 100}}));
}

TEST(OffsetTracker, BodiesAcknowledgedOutOfOrderCommitOnlyThePrefix) {
  OffsetTracker tracker;
  OffsetLedger bodies[3];
  for (int64_t offset = 0; offset < 9; ++offset) {
    tracker.add(bodies[offset % 3], record_at("t", 0, offset));
  }
  tracker.release(bodies[1]);
  tracker.release(bodies[2]);
  EXPECT_EQ(tracker.committable({{t0, 9}}), (Offsets{{t0, 0}}));
  tracker.release(bodies[0]);
  EXPECT_EQ(tracker.committable({{t0, 9}}), (Offsets{{t0, 9}}));
}

TEST(OffsetTracker, LaterBodyHoldsBackAfterTheEarlierIsAcknowledged) {
  OffsetTracker tracker;
  OffsetLedger first;
  OffsetLedger second;
  tracker.add(first, record_at("t", 0, 0));
  tracker.add(second, record_at("t", 0, 7));
  tracker.release(first);
  EXPECT_EQ(tracker.committable({{t0, 8}}), (Offsets{{t0, 7}}));
}

TEST(OffsetTracker, ReadingAgainFromAnEarlierOffsetMovesTheFirst) {
  OffsetTracker tracker;
  OffsetLedger body;
  tracker.add(body, record_at("t", 0, 10));
  tracker.add(body, record_at("t", 0, 4));
  EXPECT_EQ(tracker.committable({{t0, 5}}), (Offsets{{t0, 4}}));
  tracker.release(body);
  EXPECT_EQ(tracker.committable({{t0, 5}}), (Offsets{{t0, 5}}));
}

TEST(OffsetTracker, RecordsOfTheFormerOwnershipDoNotHoldBackTheNext) {
  OffsetTracker tracker;
  OffsetLedger old_body;
  tracker.add(old_body, record_at("t", 0, 100));
  tracker.close(t0);
  OffsetLedger new_body;
  tracker.add(new_body, record_at("t", 0, 500));
  EXPECT_EQ(tracker.committable({{t0, 501}}), (Offsets{{t0, 500}}));
  EXPECT_EQ(tracker.describe(old_body), "topic t partition 0 offsets 100 to 100");
  tracker.release(old_body);
  tracker.release(new_body);
  EXPECT_EQ(tracker.committable({{t0, 501}}), (Offsets{{t0, 501}}));
}

TEST(OffsetTracker, DescribesWhatABodyHolds) {
  OffsetTracker tracker;
  OffsetLedger body;
  for (int64_t offset = 5; offset < 9; ++offset) tracker.add(body, record_at("t", 0, offset));
  tracker.add(body, record_at("u", 2, 7));
  EXPECT_EQ(tracker.describe(body),
            "topic t partition 0 offsets 5 to 8, topic u partition 2 offsets 7 to 7");
}

}  // namespace
}  // namespace kc::sink
