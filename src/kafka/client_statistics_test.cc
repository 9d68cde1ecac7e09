#include "kafka/client_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "kafka/kafka_testing.h"

namespace kc::kafka {
namespace {

using testing::HasSubstr;

constexpr std::string_view statistics = R"({
  "name": "c#consumer-1", "msg_cnt": 3, "msg_size": 300,
  "brokers": {
    "h:9092/bootstrap": {"name": "h:9092/bootstrap", "nodeid": -1, "state": "INIT"},
    "h:9092/1": {"name": "h:9092/1", "nodeid": 1, "state": "UP", "txbytes": 10, "rxbytes": 20,
                 "txerrs": 1, "rxerrs": 2, "txretries": 3, "req_timeouts": 4, "connects": 5,
                 "disconnects": 6, "outbuf_cnt": 7, "waitresp_cnt": 8,
                 "rtt": {"avg": 1500, "p99": 9000, "cnt": 4},
                 "int_latency": {"avg": 0, "p99": 0, "cnt": 0}},
    "GroupCoordinator": {"name": "GroupCoordinator", "nodeid": 1, "state": "UP"}},
  "topics": {"t": {"partitions": {
    "0": {"partition": 0, "desired": true, "fetchq_cnt": 2, "fetchq_size": 50, "app_offset": 70,
          "committed_offset": 60, "hi_offset": 100, "ls_offset": 90},
    "1": {"partition": 1, "desired": true, "app_offset": -1001, "committed_offset": -1001,
          "hi_offset": 100, "ls_offset": 100},
    "2": {"partition": 2, "desired": false, "app_offset": 0, "hi_offset": 100, "ls_offset": 100},
    "-1": {"partition": -1, "desired": false}}}},
  "cgrp": {"rebalance_cnt": 2}})";

TEST(ClientStatistics, TellOfBrokersPartitionsAndQueues) {
  const ClientStatistics all = parse_statistics(statistics, /*read_committed=*/true);
  ASSERT_EQ(all.brokers.size(), 1u) << "neither bootstrap servers nor a broker twice";
  const BrokerStatistics& broker = all.brokers[0];
  EXPECT_EQ(broker.name, "h:9092/1");
  EXPECT_TRUE(broker.up);
  EXPECT_EQ(broker.tx_errors, 1);
  EXPECT_EQ(broker.requests_in_flight, 8);
  EXPECT_EQ(broker.rtt_p99, 9000);
  EXPECT_EQ(broker.queue_latency_avg, std::nullopt);
  ASSERT_EQ(all.partitions.size(), 2u) << "only those that are assigned";
  EXPECT_EQ(all.partitions[0].lag, 20);
  EXPECT_EQ(all.partitions[0].committed_lag, 30);
  EXPECT_EQ(all.partitions[1].lag, std::nullopt);
  EXPECT_EQ(all.lag_max(), 20);
  EXPECT_EQ(all.queued_messages, 3);
  EXPECT_EQ(all.rebalances, 2);
}

TEST(ClientStatistics, OpenTransactionsAreLagForWhoReadsUncommitted) {
  EXPECT_EQ(parse_statistics(statistics, /*read_committed=*/false).lag_max(), 30);
}

TEST(ClientStatistics, BootstrapServersCountUntilBrokersAreKnown) {
  const auto all = parse_statistics(
      R"({"brokers": {"h:1/bootstrap": {"nodeid": -1, "state": "CONNECT"}}})", true);
  ASSERT_EQ(all.brokers.size(), 1u);
  EXPECT_FALSE(all.brokers[0].up);
  EXPECT_EQ(all.lag_max(), std::nullopt);
}

TEST(ClientStatistics, OtherTextIsRefused) {
  EXPECT_THROW(parse_statistics("", true), base::Error);
  EXPECT_THROW(parse_statistics("[]", true), base::Error);
}

class ClientMetricsTest : public testing::Test {
 protected:
  ClientMetricsTest() { cluster_.create_topic("t", 1); }

  MockCluster cluster_;
  metrics::Registry registry_;
};

TEST_F(ClientMetricsTest, ProducerAndConsumerShowTheirs) {
  Producer producer(producer_properties(cluster_, {{"rdkafka.statistics.interval.ms", "20"}}),
                    &registry_);
  OutgoingMessage message{.topic = "t", .value = "v"};
  size_t taken = 0;
  ASSERT_EQ(producer.produce({&message, 1}, taken), 1u);
  DeliveryLog deliveries;
  ASSERT_TRUE(producer.flush(20s, deliveries));
  const auto shown = [&] {
    return registry_.text().find("rdkafka_producer_queue_latency_p99_seconds{") !=
           std::string::npos;
  };
  ASSERT_TRUE(eventually(shown, [&] { producer.poll(10ms, deliveries); }));
  EXPECT_THAT(registry_.text(), HasSubstr("rdkafka_producer_queue_messages"
                                          "{client_id=\"test-producer\"} 0\n"));

  RebalanceLog rebalances;
  {
    Consumer consumer(consumer_properties(cluster_, {{"rdkafka.statistics.interval.ms", "20"}}),
                      rebalances, &registry_);
    consumer.subscribe({"t"});
    MessageBatch batch;
    ASSERT_TRUE(eventually([&] { return consumer.lag_max() == 0; },
                           [&] { consumer.poll(batch, 10, 10ms); }));
    const std::string text = registry_.text();
    EXPECT_THAT(text, HasSubstr("kafka_consumer_fetch_manager_records_lag"
                                "{clientId=\"test-consumer\",topic=\"t\",partition=\"0\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("kafka_consumer_consumer_fetch_manager_metrics_records_lag_max"
                                "{client_type=\"consumer\",client_id=\"test-consumer\"} 0\n"));
    batch.clear();
  }
  EXPECT_THAT(registry_.text(), testing::Not(HasSubstr("test-consumer")));
}

}  // namespace
}  // namespace kc::kafka
