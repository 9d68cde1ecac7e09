// The inside of Consumer: consumer.cc polls and fetches, consumer_group.cc rebalances and commits.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "kafka/client.h"
#include "kafka/consumer.h"
#include "kafka/handles.h"

namespace kc::kafka {

struct MessageBatch::Impl {
  ~Impl() { clear(); }
  void clear();

  std::vector<Message> messages;
  void take_headers();

  std::vector<rd_kafka_message_t*> raw;  // owned; messages[i] looks into raw[i]
  std::vector<MessageHeader> headers;    // of all messages, one after the other
};

struct Consumer::Impl {
  Impl(const config::Properties& java, RebalanceListener& rebalance_listener,
       metrics::Registry* registry);
  ~Impl();

  // ---- consumer.cc ----
  // Takes up to raw.size() messages into `raw`; returns how many.
  size_t take(std::span<rd_kafka_message_t*> raw, std::chrono::milliseconds wait);
  // Turns raw[0, count) into messages; drops errors and messages of partitions no longer ours.
  void accept(MessageBatch::Impl& batch, size_t count);
  // Logs it, or throws Error(fail_task).
  void consumer_error(const rd_kafka_message_t& message);
  bool is_stale(const rd_kafka_message_t& message, size_t index) const;
  std::string_view topic_name(const rd_kafka_message_t& message);
  bool with_headers = true;
  void set_paused(bool pause, const rd_kafka_topic_partition_list_t* partitions);
  void apply_seeks();

  // ---- consumer_group.cc ----
  static void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                           rd_kafka_topic_partition_list_t* partitions, void* opaque);
  void assign(rd_kafka_topic_partition_list_t* partitions);
  void revoke(rd_kafka_topic_partition_list_t* partitions);
  void rebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions);
  void leave(std::chrono::milliseconds timeout);
  void complete(rd_kafka_error_t* error, rd_kafka_resp_err_t code, const char* what) const;
  // Runs `call`, keeping what it throws for rethrow().
  template <typename Call>
  void guard(Call&& call) {
    try {
      call();
    } catch (...) {
      if (!thrown) thrown = std::current_exception();
    }
  }
  void rethrow() {
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
  }
  uintptr_t start_commit(const connect::Offsets& offsets);
  // The outcome of commit number `wanted`, if it came in time; outcomes of others are logged.
  std::optional<rd_kafka_resp_err_t> await_commit(uintptr_t wanted,
                                                  std::chrono::milliseconds timeout);
  void commit_failed(rd_kafka_resp_err_t code);

  RebalanceListener& listener;
  Client client;
  QueueHandle messages;
  QueueHandle commits;
  QueueHandle leaving;  // while the group is left: what would come by poll()
  // Names are handed out as views: they stay. The last one is found by its handle.
  std::set<std::string, std::less<>> topics;
  const rd_kafka_topic_t* last_topic = nullptr;
  std::string_view last_name;

  std::set<connect::TopicPartition> assigned;
  bool is_paused = false;
  bool closed = false;      // the listener hears no more
  bool left_group = false;  // and librdkafka has ended its part
  // In assigned(): where to begin. Else: seeks that librdkafka could not do yet.
  connect::Offsets seeks;
  bool in_assigned = false;
  std::exception_ptr thrown;

  // While take() runs: its array, and how much of it came before partitions were taken from us.
  std::span<rd_kafka_message_t*> taking;
  std::map<connect::TopicPartition, size_t> stale_before;

  uintptr_t last_commit = 0;
  size_t pending_commits = 0;
  uint64_t failed_commits = 0;
  std::string last_error;
};

}  // namespace kc::kafka
