#include "kafka/producer.h"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "kafka/admin.h"
#include "kafka/kafka_testing.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using testing::HasSubstr;

std::vector<OutgoingMessage> messages_for(std::string_view topic, std::string_view value,
                                          size_t count) {
  std::vector<OutgoingMessage> messages(count);
  for (size_t i = 0; i < count; ++i) {
    messages[i] = {.topic = topic, .value = value, .opaque = reinterpret_cast<void*>(i + 1)};
  }
  return messages;
}

// Brokers and a connected producer that tests share, each with a topic of its own: a producer's
// first message waits up to a second for the topic's metadata.
class SharedProducer : public testing::Test {
 protected:
  struct Shared {
    MockCluster cluster;
    Producer producer{producer_properties(cluster)};
    Admin admin{{{"bootstrap.servers", cluster.bootstrap_servers()}}};
  };
  static void SetUpTestSuite() { shared = std::make_unique<Shared>(); }
  static void TearDownTestSuite() { shared.reset(); }

  static std::unique_ptr<Shared> shared;
};

std::unique_ptr<SharedProducer::Shared> SharedProducer::shared;

TEST_F(SharedProducer, EveryMessageIsReportedOnceInOrder) {
  shared->cluster.create_topic("ordered", 1);
  Producer& producer = shared->producer;
  DeliveryLog log;
  const auto messages = messages_for("ordered", "value", 7000);  // More than one run.
  size_t taken = 0;
  EXPECT_EQ(producer.produce(messages, taken), messages.size());
  EXPECT_EQ(taken, messages.size());
  EXPECT_EQ(producer.in_flight(), messages.size());
  ASSERT_TRUE(producer.flush(10s, log));
  EXPECT_EQ(producer.in_flight(), 0u);
  ASSERT_EQ(log.delivered_opaques.size(), messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    ASSERT_EQ(log.delivered_opaques[i], messages[i].opaque);
  }
  Admin& admin = shared->admin;
  EXPECT_EQ(admin.end_offset("ordered", 0, 5s), 7000);
  EXPECT_EQ(admin.beginning_offset("ordered", 0, 5s), 0);
}

TEST_F(SharedProducer, KeysGoToTheSamePartitionsAsWithTheJavaClient) {
  // Partitions as org.apache.kafka.common.utils.Utils.toPositive(murmur2(key)) % 10 gives them;
  // murmur2("21") = -973932308, murmur2("foobar") = -790332482 (Kafka's UtilsTest).
  shared->cluster.create_topic("keyed", 10);
  Producer& producer = shared->producer;
  DeliveryLog log;
  const std::vector<OutgoingMessage> messages{{.topic = "keyed", .key = "21", .value = "v"},
                                              {.topic = "keyed", .key = "foobar", .value = "v"}};
  size_t taken = 0;
  ASSERT_EQ(producer.produce(messages, taken), 2u);
  ASSERT_TRUE(producer.flush(10s, log));
  Admin& admin = shared->admin;
  const auto partition_of = [](int32_t hash) { return (hash & 0x7fffffff) % 10; };
  EXPECT_EQ(admin.end_offset("keyed", partition_of(-973932308), 5s), 1);
  EXPECT_EQ(admin.end_offset("keyed", partition_of(-790332482), 5s), 1);
}

TEST(Producer, AFullQueueTakesFewerAndTheRestLater) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  Producer producer(producer_properties(cluster, {{"rdkafka.queue.buffering.max.messages", "10"}}));
  DeliveryLog log;
  const auto messages = messages_for("a", "value", 100);
  size_t done = 0;
  size_t taken = 0;
  EXPECT_EQ(producer.produce(messages, taken), 10u);
  EXPECT_EQ(taken, 10u);
  done += taken;
  EXPECT_TRUE(eventually([&] { return done == messages.size(); },
                         [&] {
                           producer.poll(100ms, log);
                           done += producer.produce(std::span(messages).subspan(done), taken);
                         }));
  ASSERT_TRUE(producer.flush(10s, log));
  ASSERT_EQ(log.delivered_opaques.size(), 100u);
  EXPECT_EQ(log.delivered_opaques.back(), messages.back().opaque);
}

TEST(Producer, ATooLargeMessageIsTheSkippedOneAndThoseBeforeItAreTaken) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  Producer producer(producer_properties(cluster, {{"max.request.size", "1000"}}));
  const std::string large(1001, 'x');
  auto messages = messages_for("a", "value", 5);
  messages[3].value = large;
  size_t taken = 0;
  try {
    producer.produce(messages, taken);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    EXPECT_THAT(error.what(), HasSubstr("max.request.size = 1000"));
  }
  EXPECT_EQ(taken, 3u);
  size_t rest = 0;
  EXPECT_EQ(producer.produce(std::span(messages).subspan(4), rest), 1u);
  DeliveryLog log;
  ASSERT_TRUE(producer.flush(10s, log));
  EXPECT_EQ(log.delivered_opaques.size(), 4u);
}

TEST(Producer, ABrokerThatIsAwayIsNamedAndMessagesFailAtTheirTimeout) {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  Producer producer(producer_properties(cluster, {{"delivery.timeout.ms", "1200"}}));
  DeliveryLog log;
  cluster.set_broker_down(1, true);
  const auto messages = messages_for("a", "value", 3);
  size_t taken = 0;
  ASSERT_EQ(producer.produce(messages, taken), 3u);
  EXPECT_TRUE(eventually([&] { return producer.trouble().has_value(); },
                         [&] { producer.poll(20ms, log); }));
  EXPECT_THAT(producer.trouble().value_or(""), HasSubstr("127.0.0.1:"));
  EXPECT_TRUE(
      eventually([&] { return log.failures.size() == 3; }, [&] { producer.poll(50ms, log); }));
  EXPECT_EQ(log.failures[0].reaction, Reaction::retry);
  EXPECT_EQ(log.failures[0].opaque, messages[0].opaque);
  EXPECT_THAT(log.failures[0].message, HasSubstr("delivery.timeout.ms"));
  cluster.set_broker_down(1, false);
  EXPECT_TRUE(eventually([&] { return !producer.trouble().has_value(); },
                         [&] { producer.poll(50ms, log); }));
}

TEST_F(SharedProducer, RefusalsOfTheBrokerSayWhatToDo) {
  const struct {
    int16_t error_code;
    Reaction reaction;
  } cases[] = {{29, Reaction::fail_task},     // TOPIC_AUTHORIZATION_FAILED
               {10, Reaction::skip_record},   // MESSAGE_TOO_LARGE
               {87, Reaction::skip_record}};  // INVALID_RECORD
  for (const auto& one : cases) {
    const std::string topic = "refused" + std::to_string(one.error_code);
    shared->cluster.create_topic(topic, 1);
    DeliveryLog log;
    size_t taken = 0;
    shared->cluster.fail_requests(0, one.error_code, 1);  // Produce
    ASSERT_EQ(shared->producer.produce(messages_for(topic, "v", 1), taken), 1u);
    ASSERT_TRUE(shared->producer.flush(10s, log));
    ASSERT_EQ(log.failures.size(), 1u);
    EXPECT_EQ(log.failures[0].reaction, one.reaction) << log.failures[0].message;
    EXPECT_THAT(log.failures[0].message, HasSubstr("topic " + topic));
  }
}

TEST_F(SharedProducer, APartitionThatDoesNotExistFailsItsMessageOnly) {
  shared->cluster.create_topic("partitions", 2);
  Producer& producer = shared->producer;
  DeliveryLog log;
  size_t taken = 0;
  ASSERT_EQ(producer.produce(messages_for("partitions", "v", 1), taken), 1u);
  ASSERT_TRUE(producer.flush(10s, log));  // The topic is known now.
  auto messages = messages_for("partitions", "v", 3);
  messages[1].partition = 7;
  EXPECT_EQ(producer.produce(messages, taken), 3u);
  ASSERT_TRUE(producer.flush(10s, log));
  EXPECT_EQ(log.delivered_opaques.size(), 3u);
  ASSERT_EQ(log.failures.size(), 1u);
  EXPECT_EQ(log.failures[0].opaque, messages[1].opaque);
}

TEST(Producer, TransactionsAreRefused) {
  EXPECT_THROW(Producer({{"bootstrap.servers", "b:1"}, {"transactional.id", "t"}}), Error);
}

TEST(Admin, ClusterTopicsAndErrorsAreTold) {
  MockCluster cluster;
  cluster.create_topic("a", 3);
  Admin admin({{"bootstrap.servers", cluster.bootstrap_servers()}});
  EXPECT_FALSE(admin.cluster_id(5s).empty());
  const auto topics = admin.topics(5s);
  ASSERT_EQ(topics.size(), 1u);
  EXPECT_EQ(topics[0].name, "a");
  EXPECT_EQ(topics[0].partitions, 3);
  // The embedded broker has no admin requests.
  EXPECT_THROW(admin.create_topics({{.name = "b"}}, 300ms), Error);
}

TEST(Admin, ABrokerThatDoesNotAnswerIsNamed) {
  Admin admin({{"bootstrap.servers", "127.0.0.1:1"}});
  try {
    admin.topics(300ms);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::retry);
    EXPECT_THAT(error.what(), HasSubstr("bootstrap.servers = 127.0.0.1:1"));
  }
}

}  // namespace
}  // namespace kc::kafka
