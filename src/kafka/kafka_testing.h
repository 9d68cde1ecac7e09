// Listeners that record what happened, and waiting on conditions. For tests.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "kafka/client_properties.h"
#include "kafka/consumer.h"
#include "kafka/mock_cluster.h"
#include "kafka/producer.h"

namespace kc::kafka {

using namespace std::chrono_literals;

inline config::Properties producer_properties(const MockCluster& cluster,
                                              config::Properties more = {}) {
  config::Properties properties{{"bootstrap.servers", cluster.bootstrap_servers()},
                                {"client.id", "test-producer"},
                                {"acks", "all"},
                                {"enable.idempotence", "false"},
                                {"max.in.flight.requests.per.connection", "1"},
                                {"linger.ms", "0"}};
  properties.merge(more);
  return properties;
}

inline config::Properties consumer_properties(const MockCluster& cluster,
                                              config::Properties more = {}) {
  // A rebalance of the embedded broker takes a second less than a session; that of 2.0 waits three
  // seconds for the first join.
  const char* session = librdkafka_version().starts_with("2.0.") ? "4000" : "2000";
  config::Properties properties{{"bootstrap.servers", cluster.bootstrap_servers()},
                                {"client.id", "test-consumer"},
                                {"group.id", "test"},
                                {"auto.offset.reset", "earliest"},
                                {"fetch.max.wait.ms", "10"},
                                {"session.timeout.ms", session},
                                {"heartbeat.interval.ms", "100"},
                                {"metadata.max.age.ms", "1000"}};
  properties.merge(more);
  return properties;
}

struct DeliveryLog : DeliveryListener {
  struct Failure {
    void* opaque;
    base::Reaction reaction;
    std::string message;
  };

  void delivered(void* opaque, const base::Error* error) override {
    if (error == nullptr) {
      delivered_opaques.push_back(opaque);
    } else {
      failures.push_back({opaque, error->reaction(), error->what()});
    }
  }

  std::vector<void*> delivered_opaques;
  std::vector<Failure> failures;
};

struct RebalanceLog : RebalanceListener {
  void assigned(std::span<const connect::TopicPartition> partitions) override {
    threads.insert(std::this_thread::get_id());
    assigned_count += partitions.size();
    if (on_assigned) on_assigned(partitions);
  }
  void revoked(std::span<const connect::TopicPartition> partitions) override {
    threads.insert(std::this_thread::get_id());
    revoked_count += partitions.size();
    if (on_revoked) on_revoked(partitions);
  }
  void lost(std::span<const connect::TopicPartition> partitions) override {
    threads.insert(std::this_thread::get_id());
    lost_count += partitions.size();
  }

  std::set<std::thread::id> threads;
  size_t assigned_count = 0;
  size_t revoked_count = 0;
  size_t lost_count = 0;
  std::function<void(std::span<const connect::TopicPartition>)> on_assigned;
  std::function<void(std::span<const connect::TopicPartition>)> on_revoked;
};

// Calls `step`, which waits a little itself, until `done`; false when `limit` passed before.
template <typename Done, typename Step>
bool eventually(Done&& done, Step&& step, std::chrono::milliseconds limit = 15s) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    step();
  }
  return true;
}

struct Received {
  int32_t partition;
  int64_t offset;
  std::optional<std::string> key;
  std::optional<std::string> value;
};

inline void poll_into(Consumer& consumer, MessageBatch& batch, std::vector<Received>& received,
                      std::chrono::milliseconds wait = 20ms) {
  consumer.poll(batch, 500, wait);
  for (const Message& message : batch.messages()) {
    received.push_back({message.partition, message.offset,
                        message.key ? std::optional<std::string>(*message.key) : std::nullopt,
                        message.value ? std::optional<std::string>(*message.value) : std::nullopt});
  }
}

}  // namespace kc::kafka
