#include "worker/offset_admin.h"

#include <gtest/gtest.h>

#include "worker/request_error.h"
#include "worker/worker_testing.h"

namespace kc::worker {
namespace {

using connect::ConnectorType;

class OffsetAdminTest : public testing::Test {
 protected:
  std::string refusal(const PartitionOffset& offset) {
    try {
      OffsetAdmin(config_, store_, sink_, {{"name", "s"}}).alter({offset});
    } catch (const RequestError& error) {
      EXPECT_EQ(error.refusal(), Refusal::bad_request);
      return error.what();
    }
    return "not refused";
  }

  TestFolder folder_;
  const WorkerConfig config_ = worker_config("127.0.0.1:1", folder_.path());
  OffsetStore store_{config_.offset_file};
  TaskScript script_;
  const ScriptedConnector sink_{ConnectorType::sink, script_};
  const ScriptedConnector source_{ConnectorType::source, script_};
};

TEST_F(OffsetAdminTest, WhatIsNoOffsetOfASinkIsRefusedInStockConnectsWords) {
  const std::string offset = R"({"kafka_offset":1})";
  EXPECT_EQ(refusal({"null", offset}),
            "The partition for a sink connector offset cannot be null or missing");
  EXPECT_EQ(refusal({R"({"kafka_topic":"t"})", offset}),
            "The partition for a sink connector offset must contain the keys 'kafka_topic' and "
            "'kafka_partition'");
  EXPECT_EQ(refusal({R"({"kafka_topic":null,"kafka_partition":0})", offset}),
            "Kafka topic names must be valid strings and may not be null");
  EXPECT_EQ(refusal({R"({"kafka_topic":"t","kafka_partition":null})", offset}),
            "Kafka partitions must be valid numbers and may not be null");
  EXPECT_EQ(refusal({R"({"kafka_topic":"t","kafka_partition":"x"})", offset}),
            "Failed to parse the following Kafka partition value in the provided offsets: 'x'. "
            "Partition values for sink connectors need to be integers.");
  const std::string partition = R"({"kafka_topic":"t","kafka_partition":"0"})";
  EXPECT_EQ(refusal({partition, R"({"x":1})"}),
            "The offset for a sink connector should either be null or contain the key "
            "'kafka_offset'");
  EXPECT_EQ(refusal({partition, R"({"kafka_offset":1.5})"}),
            "Failed to parse the following Kafka offset value in the provided offsets: '1.5'. "
            "Offset values for sink connectors need to be integers.");
}

TEST_F(OffsetAdminTest, OffsetsOfASourceStandInTheWorkersFile) {
  OffsetAdmin admin(config_, store_, source_, {{"name", "f"}});
  EXPECT_TRUE(admin.list().empty());
  const PartitionOffset one{R"({"table":"T","n":1})", R"({"record":4})"};
  admin.alter({one, {R"({"table":"U"})", R"({"record":7})"}, {R"({"table":"V"})", std::nullopt}});
  EXPECT_EQ(admin.list().size(), 2U);
  admin.alter({{R"({"n":1,"table":"T"})", R"({"record":5})"}, {R"({"table":"U"})", std::nullopt}});
  EXPECT_EQ(admin.list(),
            (std::vector<PartitionOffset>{{R"({"table":"T","n":1})", R"({"record":5})"}}));
  OffsetAdmin(config_, store_, source_, {{"name", "other"}}).reset();
  EXPECT_EQ(OffsetStore(config_.offset_file).list("f").size(), 1U);
  admin.reset();
  EXPECT_TRUE(admin.list().empty());
  EXPECT_TRUE(OffsetStore(config_.offset_file).list("f").empty());
}

TEST_F(OffsetAdminTest, WhatASourceWouldNotGoOnFromIsRefusedAsAWhole) {
  OffsetAdmin admin(config_, store_, source_, {{"name", "f"}});
  const PartitionOffset good{R"({"table":"T"})", R"({"record":4})"};
  try {
    admin.alter({good, {R"({"table":"U"})", R"({"position":4})"}});
    FAIL() << "not refused";
  } catch (const RequestError& error) {
    EXPECT_EQ(error.refusal(), Refusal::bad_request);
    EXPECT_STREQ(error.what(), "The offset has no record");
  }
  EXPECT_TRUE(admin.list().empty());
  admin.alter({good, {R"({"anything":7})", std::nullopt}});
  EXPECT_EQ(admin.list().size(), 1U);
}

}  // namespace
}  // namespace kc::worker
