#include "kafka/admin.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "kafka/admin_impl.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;

bool needs_a_person(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Admin::Impl::fail(const std::string& what, rd_kafka_resp_err_t code,
                       const std::string& detail) {
  rd_kafka_poll(client.handle(), 0);
  client.check();
  const std::string why = detail.empty() ? describe(code) : detail;
  if (needs_a_person(code)) throw Error(Reaction::fix_config, "{} failed: {}", what, why);
  throw Error(Reaction::retry,
              "{} failed: {}{}{}. Hint: check that the brokers of bootstrap.servers = {} are up",
              what, why, client.trouble() ? ": " : "", client.trouble().value_or(""), servers);
}

EventHandle Admin::Impl::run(const std::string& what, rd_kafka_admin_op_t operation,
                             milliseconds timeout, const Start& start) {
  rd_kafka_t* const handle = client.handle();
  char reason[512];
  const AdminOptionsHandle options(rd_kafka_AdminOptions_new(handle, operation));
  const int wait = to_timeout(std::max(timeout, milliseconds(1)));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), wait, reason, sizeof reason);
  // The brokers' part of it, where there is one: they answer when every replica is there.
  rd_kafka_AdminOptions_set_operation_timeout(options.get(), wait, reason, sizeof reason);
  const QueueHandle queue(rd_kafka_queue_new(handle));
  start(options.get(), queue.get());
  // The client ends the request at its deadline itself; the second is for its answer.
  EventHandle event(rd_kafka_queue_poll(queue.get(), wait + 1000));
  if (event == nullptr) fail(what, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (const auto code = rd_kafka_event_error(event.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail(what, code, rd_kafka_event_error_string(event.get()));
  }
  return event;
}

std::pair<int64_t, int64_t> Admin::Impl::offsets(const std::string& topic, int32_t partition,
                                                 milliseconds timeout) {
  int64_t low = 0;
  int64_t high = 0;
  const auto code = rd_kafka_query_watermark_offsets(client.handle(), topic.c_str(), partition,
                                                     &low, &high, to_timeout(timeout));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    fail(fmt::format("Asking for the offsets of {}-{}", topic, partition), code);
  }
  return {low, high};
}

Admin::Admin(const config::Properties& java_properties)
    : impl_(std::make_unique<Impl>(java_properties)) {}

Admin::~Admin() = default;

std::string Admin::cluster_id(milliseconds timeout) {
  char* const id = rd_kafka_clusterid(impl_->client.handle(), to_timeout(timeout));
  if (id == nullptr) impl_->fail("Asking for the cluster's id", RD_KAFKA_RESP_ERR__TIMED_OUT);
  std::string result(id);
  rd_kafka_mem_free(impl_->client.handle(), id);
  return result;
}

std::vector<TopicInfo> Admin::topics(milliseconds timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code =
      rd_kafka_metadata(impl_->client.handle(), 1, nullptr, &raw, to_timeout(timeout));
  const MetadataHandle metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) impl_->fail("Asking for the topics", code);
  std::vector<TopicInfo> result;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const auto& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      result.push_back({topic.topic, topic.partition_cnt});
    }
  }
  return result;
}

void Admin::create_topics(const std::vector<NewTopic>& topics, milliseconds timeout) {
  if (topics.empty()) return;
  char reason[512];
  std::vector<NewTopicHandle> wanted;
  std::vector<rd_kafka_NewTopic_t*> raw;
  for (const auto& topic : topics) {
    wanted.emplace_back(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                                              topic.replication_factor, reason, sizeof reason));
    if (wanted.back() == nullptr) {
      throw Error(Reaction::fix_config, "Topic {} cannot be created: {}", topic.name, reason);
    }
    for (const auto& [name, value] : topic.settings.entries()) {
      rd_kafka_NewTopic_set_config(wanted.back().get(), name.c_str(), value.c_str());
    }
    raw.push_back(wanted.back().get());
  }
  const auto event = impl_->run(
      "Creating topics", RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout,
      [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics(impl_->client.handle(), raw.data(), raw.size(), options, queue);
      });
  size_t count = 0;
  const auto* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(results[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* text = rd_kafka_topic_result_error_string(results[i]);
    impl_->fail(fmt::format("Creating topic {}", rd_kafka_topic_result_name(results[i])), code,
                text != nullptr ? text : "");
  }
}

int64_t Admin::end_offset(const std::string& topic, int32_t partition, milliseconds timeout) {
  return impl_->offsets(topic, partition, timeout).second;
}

int64_t Admin::beginning_offset(const std::string& topic, int32_t partition, milliseconds timeout) {
  return impl_->offsets(topic, partition, timeout).first;
}

}  // namespace kc::kafka
