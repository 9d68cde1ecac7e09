#include "kafka/consumer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "kafka/kafka_testing.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using testing::HasSubstr;

void send(Producer& producer, std::vector<OutgoingMessage> messages) {
  DeliveryLog log;
  size_t taken = 0;
  ASSERT_EQ(producer.produce(messages, taken), messages.size());
  ASSERT_TRUE(producer.flush(10s, log));
  ASSERT_TRUE(log.failures.empty()) << log.failures[0].message;
}

void send_numbers(Producer& producer, std::string_view topic, int first, int count) {
  std::vector<std::string> values;
  for (int i = first; i < first + count; ++i) values.push_back(std::to_string(i));
  std::vector<OutgoingMessage> messages;
  for (const auto& value : values) {
    messages.push_back({.topic = topic, .partition = 0, .value = value});
  }
  send(producer, messages);
}

std::vector<std::string> values_of(const std::vector<Received>& received) {
  std::vector<std::string> values;
  for (const auto& one : received) values.push_back(one.value.value_or("(null)"));
  return values;
}

// The embedded brokers and one consumer, which has joined its group: joining is what takes time.
class ConsumerOfA : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared = new Shared;
    shared->cluster.create_topic("a", 1);
    shared->consumer.subscribe({"a"});
    ASSERT_TRUE(eventually([&] { return shared->log.assigned_count == 1; },
                           [&] { poll_into(shared->consumer, shared->batch, shared->received); }));
    shared->assign_thread = std::this_thread::get_id();
  }
  static void TearDownTestSuite() {
    shared->batch.clear();
    delete shared;
  }

  void SetUp() override { received.clear(); }
  bool receive(size_t count) {
    return eventually([&] { return received.size() >= count; },
                      [&] { poll_into(shared->consumer, shared->batch, received); });
  }

  struct Shared {
    MockCluster cluster;
    RebalanceLog log;
    Producer producer{producer_properties(cluster)};
    Consumer consumer{consumer_properties(cluster), log};
    MessageBatch batch;
    std::vector<Received> received;
    std::thread::id assign_thread;
  };
  static Shared* shared;
  std::vector<Received> received;
};

ConsumerOfA::Shared* ConsumerOfA::shared = nullptr;

TEST_F(ConsumerOfA, NullAndEmptyKeysAndValuesArriveAsTheyWereSent) {
  send(shared->producer, {{.topic = "a", .key = "k", .value = "v"},
                          {.topic = "a", .value = "v"},
                          {.topic = "a", .key = "k"},
                          {.topic = "a", .key = "", .value = ""},
                          {.topic = "a"}});
  ASSERT_TRUE(receive(5));
  ASSERT_EQ(received.size(), 5u);
  EXPECT_EQ(received[0].key, "k");
  EXPECT_EQ(received[0].value, "v");
  EXPECT_EQ(received[1].key, std::nullopt);
  EXPECT_EQ(received[2].value, std::nullopt);
  EXPECT_EQ(received[3].key, "");
  EXPECT_EQ(received[3].value, "");
  EXPECT_EQ(received[4].key, std::nullopt);
  EXPECT_EQ(received[4].value, std::nullopt);
  EXPECT_EQ(received[4].offset, received[0].offset + 4);
}

TEST_F(ConsumerOfA, MessagesCarryTopicAndTimestamp) {
  send_numbers(shared->producer, "a", 0, 1);
  shared->batch.clear();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (shared->batch.empty() && std::chrono::steady_clock::now() < deadline) {
    shared->consumer.poll(shared->batch, 1, 50ms);
  }
  ASSERT_EQ(shared->batch.size(), 1u);
  EXPECT_EQ(shared->batch[0].topic, "a");
  EXPECT_EQ(shared->batch[0].timestamp_type, data::TimestampType::create_time);
  EXPECT_GT(shared->batch[0].timestamp, 1'600'000'000'000);
}

TEST_F(ConsumerOfA, HeadersAndTimestampsComeThroughInOrder) {
  const std::vector<MessageHeader> headers{
      {"a", "1"}, {"b", std::nullopt}, {"a", ""}, {"\u00e4", std::string_view("\0x", 2)}};
  send(shared->producer, {{.topic = "a", .value = "plain"},
                          {.topic = "a", .value = "v", .headers = headers, .timestamp = 1234},
                          {.topic = "a", .headers = {headers.data(), 1}}});
  struct Copy {
    std::optional<std::string> value;
    int64_t timestamp;
    std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  };
  std::vector<Copy> copies;
  ASSERT_TRUE(eventually([&] { return copies.size() == 3; },
                         [&] {
                           shared->consumer.poll(shared->batch, 500, 20ms);
                           for (const Message& message : shared->batch.messages()) {
                             Copy& copy = copies.emplace_back();
                             copy.value = message.value;
                             copy.timestamp = message.timestamp;
                             for (const auto& [name, value] : message.headers)
                               copy.headers.emplace_back(name, value);
                           }
                         }));
  EXPECT_TRUE(copies[0].headers.empty());
  EXPECT_EQ(copies[1].value, "v");
  EXPECT_EQ(copies[1].timestamp, 1234);
  ASSERT_EQ(copies[1].headers.size(), headers.size());
  for (size_t i = 0; i < headers.size(); ++i) {
    EXPECT_EQ(copies[1].headers[i].first, headers[i].name);
    EXPECT_EQ(copies[1].headers[i].second, headers[i].value);
  }
  EXPECT_EQ(copies[2].headers.size(), 1u);
  EXPECT_EQ(copies[2].value, std::nullopt);
}

TEST_F(ConsumerOfA, PauseKeepsWhatWasFetchedAndNotReturned) {
  send_numbers(shared->producer, "a", 0, 100);
  // One message is returned; the others lie in the client's queue.
  std::vector<Received> some;
  ASSERT_TRUE(eventually([&] { return !some.empty(); },
                         [&] {
                           shared->consumer.poll(shared->batch, 1, 50ms);
                           for (const auto& message : shared->batch.messages()) {
                             some.push_back({message.partition, message.offset, std::nullopt,
                                             std::string(*message.value)});
                           }
                         }));
  shared->consumer.pause();
  EXPECT_TRUE(shared->consumer.paused());
  for (int i = 0; i < 5; ++i) poll_into(shared->consumer, shared->batch, received);
  EXPECT_TRUE(received.empty());
  shared->consumer.resume();
  ASSERT_TRUE(receive(99));
  received.insert(received.begin(), some.begin(), some.end());
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(values_of(received), expected);
}

TEST_F(ConsumerOfA, SeekGoesBack) {
  send_numbers(shared->producer, "a", 0, 10);
  ASSERT_TRUE(receive(10));
  const int64_t first = received.front().offset;
  shared->consumer.seek({{{"a", 0}, first + 4}, {{"a", 9}, 1}});  // The second is not ours.
  received.clear();
  ASSERT_TRUE(receive(6));
  EXPECT_EQ(received.front().offset, first + 4);
  EXPECT_EQ(received.front().value, "4");
}

TEST_F(ConsumerOfA, CommitsAreConfirmedAndReadBack) {
  const TopicPartition partition{"a", 0};
  shared->consumer.commit({{partition, 3}}, 5s);
  EXPECT_EQ(shared->consumer.committed(std::vector{partition}, 5s), (Offsets{{partition, 3}}));
  shared->consumer.commit_async({{partition, 4}});
  EXPECT_EQ(shared->consumer.pending_commits(), 1u);
  ASSERT_TRUE(eventually([&] { return shared->consumer.pending_commits() == 0; },
                         [&] { poll_into(shared->consumer, shared->batch, received); }));
  EXPECT_EQ(shared->consumer.failed_commits(), 0u);
  EXPECT_EQ(shared->consumer.committed(std::vector{partition}, 5s), (Offsets{{partition, 4}}));
  EXPECT_TRUE(shared->consumer.committed(std::vector{TopicPartition{"a", 7}}, 5s).empty());
}

TEST_F(ConsumerOfA, ARefusedCommitIsAnErrorOrCounted) {
  const TopicPartition partition{"a", 0};
  shared->cluster.fail_requests(8, 28, 1);  // OffsetCommit: INVALID_COMMIT_OFFSET_SIZE
  try {
    shared->consumer.commit({{partition, 5}}, 5s);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::retry);
  }
  const auto before = shared->consumer.failed_commits();
  shared->cluster.fail_requests(8, 28, 1);
  shared->consumer.commit_async({{partition, 5}});
  ASSERT_TRUE(eventually([&] { return shared->consumer.failed_commits() == before + 1; },
                         [&] { poll_into(shared->consumer, shared->batch, received); }));
}

TEST_F(ConsumerOfA, ACommitWithoutAnswerEndsAtItsDeadline) {
  shared->cluster.set_round_trip_time(1, 2s);
  const auto start = std::chrono::steady_clock::now();
  try {
    shared->consumer.commit({{{"a", 0}, 6}}, 200ms);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_TRUE(error.in_doubt());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1500ms);
  shared->cluster.set_round_trip_time(1, 0ms);
  ASSERT_TRUE(eventually([&] { return shared->consumer.pending_commits() == 0; },
                         [&] { poll_into(shared->consumer, shared->batch, received); }));
}

TEST_F(ConsumerOfA, ABrokerThatIsAwayIsNamedUntilItIsBack) {
  ASSERT_EQ(shared->consumer.trouble(), std::nullopt);
  shared->cluster.set_broker_down(1, true);
  EXPECT_TRUE(eventually([&] { return shared->consumer.trouble().has_value(); },
                         [&] { poll_into(shared->consumer, shared->batch, received); }));
  EXPECT_THAT(shared->consumer.trouble().value_or(""), HasSubstr("127.0.0.1:"));
  shared->cluster.set_broker_down(1, false);
  EXPECT_TRUE(eventually([&] { return !shared->consumer.trouble().has_value(); },
                         [&] { poll_into(shared->consumer, shared->batch, received); }));
  send_numbers(shared->producer, "a", 0, 1);
  ASSERT_TRUE(receive(1));
}

// Two consumers of one group: who has what, who is told what, on which thread, and what a third
// reads after them.
void rebalances(const char* assignor) {
  MockCluster cluster;
  cluster.create_topic("a", 4);
  Producer producer(producer_properties(cluster));
  for (int32_t partition = 0; partition < 4; ++partition) {
    send(producer, {{.topic = "a", .partition = partition, .value = "x"},
                    {.topic = "a", .partition = partition, .value = "y"}});
  }
  const auto properties =
      consumer_properties(cluster, {{"partition.assignment.strategy", assignor}});
  MessageBatch batch;
  std::vector<Received> received;
  std::vector<Received> received_later;
  RebalanceLog first_log;
  {
    Consumer first(properties, first_log);
    first_log.on_revoked = [&](std::span<const TopicPartition> partitions) {
      const auto ours = first.assignment();
      for (const auto& one : partitions)
        EXPECT_EQ(std::ranges::count(ours, one), 1);  // Still ours.
      Offsets offsets;
      for (const auto& one : partitions) offsets[one] = 1;
      // Kafka takes it; the embedded broker of librdkafka 2.8 takes none while members join.
      try {
        first.commit(offsets, 5s);
      } catch (const Error& error) {
        EXPECT_EQ(error.reaction(), Reaction::retry);
      }
    };
    first.subscribe({"a"});
    ASSERT_TRUE(eventually([&] { return received.size() == 8; },
                           [&] { poll_into(first, batch, received); }));
    EXPECT_EQ(first_log.assigned_count, 4u);
    Offsets offsets;
    for (const auto& one : first.assignment()) offsets[one] = 1;
    first.commit(offsets, 5s);
    RebalanceLog second_log;
    Consumer second(properties, second_log);
    second.subscribe({"a"});
    ASSERT_TRUE(eventually(
        [&] { return first.assignment().size() == 2 && second.assignment().size() == 2; },
        [&] {
          poll_into(first, batch, received, 5ms);
          poll_into(second, batch, received_later, 5ms);
        },
        30s));
    EXPECT_EQ(first_log.lost_count, 0u);
    EXPECT_GE(first_log.revoked_count, 2u);
    EXPECT_EQ(first_log.threads, std::set{std::this_thread::get_id()});
    // What moved was committed at 1: the second begins there.
    ASSERT_TRUE(eventually([&] { return received_later.size() >= 2; },
                           [&] { poll_into(second, batch, received_later); }));
    for (const auto& value : values_of(received_later)) EXPECT_EQ(value, "y");
    // On a slow machine the group may settle twice; else nothing was taken back or read twice.
    if (second_log.assigned_count == 2) {
      EXPECT_EQ(second_log.revoked_count, 0u);
      EXPECT_EQ(received_later.size(), 2u);
    }
    batch.clear();
    first_log.on_revoked = nullptr;
    const size_t before = first_log.revoked_count;
    const size_t held = first.assignment().size();
    first.close(10s);
    EXPECT_EQ(first_log.revoked_count, before + held);
    EXPECT_TRUE(first.assignment().empty());
  }
}

TEST(ConsumerGroup, RebalancesMovePartitionsAfterTheirCommit) {
  std::jthread eager([] { rebalances("range"); });
  rebalances("cooperative-sticky");
}

TEST(ConsumerGroup, HeadersMayBeLeft) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  Producer producer(producer_properties(cluster));
  const std::vector<MessageHeader> headers{{"a", "1"}};
  send(producer, {{.topic = "a", .value = "v", .headers = headers}});
  RebalanceLog log;
  Consumer consumer(consumer_properties(cluster), log);
  consumer.leave_headers();
  consumer.subscribe({"a"});
  MessageBatch batch;
  ASSERT_TRUE(eventually([&] { return !batch.empty(); }, [&] { consumer.poll(batch, 1, 20ms); }));
  EXPECT_EQ(batch[0].value, "v");
  EXPECT_TRUE(batch[0].headers.empty());
  batch.clear();
}

TEST(ConsumerGroup, LeavingEndsAtItsDeadlineWhenTheBrokerDoesNotAnswer) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  RebalanceLog log;
  auto consumer = std::make_unique<Consumer>(consumer_properties(cluster), log);
  MessageBatch batch;
  std::vector<Received> received;
  consumer->subscribe({"a"});
  ASSERT_TRUE(eventually([&] { return log.assigned_count == 1; },
                         [&] { poll_into(*consumer, batch, received); }));
  cluster.set_round_trip_time(1, 60s);
  const auto start = std::chrono::steady_clock::now();
  consumer->close(200ms);
  EXPECT_EQ(log.revoked_count, 1u);
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST(ConsumerGroup, AssignedDecidesWhereFetchingBeginsAndWhatItThrowsComesFromPoll) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  Producer producer(producer_properties(cluster));
  send_numbers(producer, "a", 0, 10);
  RebalanceLog log;
  Consumer consumer(consumer_properties(cluster), log);
  MessageBatch batch;
  std::vector<Received> received;
  log.on_assigned = [&](std::span<const TopicPartition> partitions) {
    EXPECT_TRUE(consumer.committed(partitions, 5s).empty());
    consumer.seek({{{"a", 0}, 7}});
    consumer.pause();
    throw Error(Reaction::fail_task, "thrown in assigned");
  };
  consumer.subscribe({"a"});
  std::string thrown;
  ASSERT_TRUE(eventually([&] { return !thrown.empty(); },
                         [&] {
                           try {
                             poll_into(consumer, batch, received);
                           } catch (const Error& error) {
                             thrown = error.what();
                           }
                         }));
  EXPECT_EQ(thrown, "thrown in assigned");
  for (int i = 0; i < 5; ++i) poll_into(consumer, batch, received);
  EXPECT_TRUE(received.empty());  // Paused before it began.
  consumer.resume();
  ASSERT_TRUE(eventually([&] { return received.size() >= 3; },
                         [&] { poll_into(consumer, batch, received); }));
  EXPECT_EQ(values_of(received), (std::vector<std::string>{"7", "8", "9"}));
  batch.clear();
}

TEST(ConsumerGroup, ATopicThatComesLaterIsPickedUp) {
  MockCluster cluster;
  cluster.create_topic("late", 1);
  cluster.set_topic_error("late", 3);  // UNKNOWN_TOPIC_OR_PART
  RebalanceLog log;
  Consumer consumer(consumer_properties(cluster, {{"metadata.max.age.ms", "1000"}}), log);
  MessageBatch batch;
  std::vector<Received> received;
  consumer.subscribe({"late"});
  for (int i = 0; i < 20; ++i) poll_into(consumer, batch, received);
  EXPECT_TRUE(consumer.assignment().empty());
  EXPECT_EQ(consumer.trouble(), std::nullopt);
  cluster.set_topic_error("late", 0);
  EXPECT_TRUE(eventually([&] { return consumer.assignment().size() == 1; },
                         [&] { poll_into(consumer, batch, received); }));
}

TEST(ConsumerGroup, NoOffsetWithoutAResetPolicyFailsTheTask) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  RebalanceLog log;
  Consumer consumer(consumer_properties(cluster, {{"auto.offset.reset", "none"}}), log);
  MessageBatch batch;
  std::vector<Received> received;
  consumer.subscribe({"a"});
  std::string thrown;
  ASSERT_TRUE(eventually([&] { return !thrown.empty(); },
                         [&] {
                           try {
                             poll_into(consumer, batch, received);
                           } catch (const Error& error) {
                             EXPECT_EQ(error.reaction(), Reaction::fail_task);
                             thrown = error.what();
                           }
                         }));
  EXPECT_THAT(thrown, HasSubstr("auto.offset.reset"));
}

}  // namespace
}  // namespace kc::kafka
