#include "kafka/producer.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "kafka/client.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;

// Messages of one call into librdkafka, which holds a lock of the topic meanwhile.
constexpr size_t run_size_max = 5000;
// How long a flush sleeps between looks at the reports.
constexpr milliseconds flush_step{5};

// To librdkafka a null pointer is a null.
const char* not_null(std::string_view bytes) { return bytes.data() != nullptr ? bytes.data() : ""; }

// librdkafka does not write to what it sends.
rd_kafka_message_t to_raw(const OutgoingMessage& message) {
  rd_kafka_message_t raw{};
  raw._private = message.opaque;
  if (message.key) {
    raw.key = const_cast<char*>(not_null(*message.key));
    raw.key_len = message.key->size();
  }
  if (message.value) {
    raw.payload = const_cast<char*>(not_null(*message.value));
    raw.len = message.value->size();
  }
  return raw;
}

bool is_plain(const OutgoingMessage& message) {
  return message.headers.empty() && message.timestamp < 0;
}

Error delivery_error(rd_kafka_resp_err_t code, const char* topic, bool maybe_persisted) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Error(Reaction::skip_record,
                   "A message for topic {} is larger than the broker allows. Hint: raise the "
                   "topic's max.message.bytes",
                   topic);
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
      return Error(Reaction::skip_record, "The broker refused a message for topic {}: {}", topic,
                   describe(code));
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return Error(Reaction::fail_task,
                   "The producer may not write to topic {}: {}. Hint: grant its user WRITE", topic,
                   describe(code));
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return Error(Reaction::fail_task,
                   "Topic {} does not exist. Hint: create it, or set the broker's "
                   "auto.create.topics.enable",
                   topic);
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      return Error(Reaction::fail_task,
                   "Topic {} has not the partition that a message names. Hint: add partitions",
                   topic);
    case RD_KAFKA_RESP_ERR__FATAL:
      return Error(Reaction::fail_task, "The producer failed for good at topic {}: {}", topic,
                   describe(code));
    default: {
      Error error(Reaction::retry,
                  "A message for topic {} was not delivered: {}. Hint: check the brokers of "
                  "bootstrap.servers, or raise delivery.timeout.ms",
                  topic, describe(code));
      return maybe_persisted ? std::move(error).with_in_doubt() : error;
    }
  }
}

}  // namespace

struct Producer::Impl {
  Impl(const config::Properties& java, metrics::Registry* registry)
      : client(java, ClientKind::producer, this, registry,
               [](rd_kafka_conf_t* conf) { rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR); }),
        reports(rd_kafka_queue_get_main(client.handle())) {
    char value[32];
    size_t size = sizeof value;
    if (rd_kafka_conf_get(rd_kafka_conf(client.handle()), "message.max.bytes", value, &size) ==
        RD_KAFKA_CONF_OK) {
      message_bytes_max = std::stoul(value);
    }
  }

  ~Impl() {
    rd_kafka_purge(client.handle(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                        RD_KAFKA_PURGE_F_NON_BLOCKING);
  }

  rd_kafka_topic_t* topic(std::string_view name) {
    if (last_topic != nullptr && last_topic->first == name) return last_topic->second.get();
    auto found = topics.find(name);
    if (found == topics.end()) {
      const std::string text(name);
      TopicHandle handle(rd_kafka_topic_new(client.handle(), text.c_str(), nullptr));
      if (handle == nullptr) {
        throw Error(Reaction::fail_task, "Topic name {} cannot be used: {}", name,
                    describe(rd_kafka_last_error()));
      }
      found = topics.emplace(text, std::move(handle)).first;
    }
    last_topic = &*found;
    return last_topic->second.get();
  }

  bool too_large(const OutgoingMessage& message) const {
    return (message.key ? message.key->size() : 0) + (message.value ? message.value->size() : 0) >
           message_bytes_max;
  }

  // Returns how many of `run`, which is of one topic and one partition, were taken. (With
  // RD_KAFKA_MSG_F_PARTITION librdkafka 2.8 forgets a message whose partition does not exist, and
  // counts it as queued for ever.)
  size_t produce_run(std::span<const OutgoingMessage> run) {
    rd_kafka_topic_t* const handle = topic(run.front().topic);
    raw.resize(run.size());
    for (size_t i = 0; i < run.size(); ++i) raw[i] = to_raw(run[i]);
    const int32_t partition = run.front().partition;
    const int good =
        rd_kafka_produce_batch(handle, partition < 0 ? RD_KAFKA_PARTITION_UA : partition,
                               /*msgflags=*/0, raw.data(), static_cast<int>(raw.size()));
    if (static_cast<size_t>(good) == run.size()) {
      in_flight += run.size();
      return run.size();
    }
    return settle_refused(handle);
  }

  // One by one: librdkafka's batch call knows neither headers nor timestamps. Returns false when
  // the queue is full.
  bool produce_one(const OutgoingMessage& message) {
    rd_kafka_topic_t* const handle = topic(message.topic);
    rd_kafka_headers_t* const headers = rd_kafka_headers_new(message.headers.size());
    for (const MessageHeader& header : message.headers) {
      rd_kafka_header_add(headers, header.name.data(), static_cast<ssize_t>(header.name.size()),
                          header.value ? not_null(*header.value) : nullptr,
                          header.value ? static_cast<ssize_t>(header.value->size()) : 0);
    }
    const rd_kafka_message_t one = to_raw(message);
    const int32_t partition = message.partition < 0 ? RD_KAFKA_PARTITION_UA : message.partition;
    const int64_t timestamp = message.timestamp < 0 ? 0 : message.timestamp;
    const auto code = rd_kafka_producev(
        client.handle(), RD_KAFKA_V_RKT(handle), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(0), RD_KAFKA_V_KEY(one.key, one.key_len),
        RD_KAFKA_V_VALUE(one.payload, one.len), RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(one._private), RD_KAFKA_V_END);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
    return settle_one(code, message.opaque, handle);
  }

  // Everything from the first QUEUE_FULL on was refused; other refusals are of single messages,
  // which count as taken and are reported by the next poll.
  size_t settle_refused(rd_kafka_topic_t* handle) {
    for (size_t i = 0; i < raw.size(); ++i) {
      if (!settle_one(raw[i].err, raw[i]._private, handle)) return i;
    }
    return raw.size();
  }

  // False: not taken, the queue is full.
  bool settle_one(rd_kafka_resp_err_t code, void* opaque, rd_kafka_topic_t* handle) {
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return false;
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
      throw delivery_error(code, rd_kafka_topic_name(handle), false);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      refused.emplace_back(opaque, delivery_error(code, rd_kafka_topic_name(handle), false));
    }
    ++in_flight;
    return true;
  }

  size_t report_refused(DeliveryListener& listener) {
    const auto reported = std::exchange(refused, {});
    in_flight -= reported.size();
    for (const auto& [opaque, error] : reported) listener.delivered(opaque, &error);
    return reported.size();
  }

  size_t report(rd_kafka_event_t* event, DeliveryListener& listener) {
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR) {
      client.on_error(client.handle(), rd_kafka_event_error(event),
                      rd_kafka_event_error_string(event));
    }
    if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_STATS) {
      client.on_statistics(rd_kafka_event_stats(event));
    }
    if (rd_kafka_event_type(event) != RD_KAFKA_EVENT_DR) return 0;
    size_t count = 0;
    // Failures come in masses: one Error serves equal ones.
    const rd_kafka_topic_t* error_topic = nullptr;
    std::pair<rd_kafka_resp_err_t, bool> error_kind;
    std::optional<Error> error;
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
      ++count;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        listener.delivered(message->_private, nullptr);
        continue;
      }
      const std::pair kind(message->err,
                           rd_kafka_message_status(message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED);
      if (!error || kind != error_kind || error_topic != message->rkt) {
        error.emplace(delivery_error(kind.first, rd_kafka_topic_name(message->rkt), kind.second));
        error_kind = kind;
        error_topic = message->rkt;
      }
      listener.delivered(message->_private, &*error);
    }
    in_flight -= count;
    return count;
  }

  size_t poll(milliseconds wait, DeliveryListener& listener) {
    size_t count = report_refused(listener);
    int timeout = count == 0 ? to_timeout(wait) : 0;
    while (const EventHandle event{rd_kafka_queue_poll(reports.get(), timeout)}) {
      count += report(event.get(), listener);
      timeout = 0;
    }
    client.probe();
    client.check();
    return count;
  }

  Client client;
  QueueHandle reports;
  size_t message_bytes_max = 1000000;
  std::map<std::string, TopicHandle, std::less<>> topics;
  const std::pair<const std::string, TopicHandle>* last_topic = nullptr;
  std::vector<rd_kafka_message_t> raw;  // reused
  std::vector<std::pair<void*, Error>> refused;
  size_t in_flight = 0;
};

Producer::Producer(const config::Properties& java_properties, metrics::Registry* registry) {
  if (!java_properties.get("transactional.id").empty()) {
    throw Error(Reaction::fix_config,
                "transactional.id = {}: transactions are not supported. Hint: remove it",
                java_properties.get("transactional.id"));
  }
  impl_ = std::make_unique<Impl>(java_properties, registry);
}

Producer::~Producer() = default;

size_t Producer::produce(std::span<const OutgoingMessage> messages, size_t& taken) {
  taken = 0;
  while (taken < messages.size()) {
    const OutgoingMessage& first = messages[taken];
    if (impl_->too_large(first)) {
      throw Error(Reaction::skip_record,
                  "A message for topic {} has {} bytes and exceeds max.request.size = {}. Hint: "
                  "raise it, and the topic's max.message.bytes",
                  first.topic,
                  (first.key ? first.key->size() : 0) + (first.value ? first.value->size() : 0),
                  impl_->message_bytes_max);
    }
    if (!is_plain(first)) {
      if (!impl_->produce_one(first)) break;
      ++taken;
      continue;
    }
    size_t end = taken + 1;
    const size_t limit = std::min(messages.size(), taken + run_size_max);
    while (end < limit && messages[end].topic == first.topic &&
           messages[end].partition == first.partition && is_plain(messages[end]) &&
           !impl_->too_large(messages[end])) {
      ++end;
    }
    const size_t accepted = impl_->produce_run(messages.subspan(taken, end - taken));
    taken += accepted;
    if (taken < end) break;
  }
  return taken;
}

size_t Producer::poll(milliseconds wait, DeliveryListener& listener) {
  return impl_->poll(wait, listener);
}

bool Producer::flush(milliseconds timeout, DeliveryListener& listener) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  impl_->poll(milliseconds(0), listener);
  while (impl_->in_flight > 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    // Ends lingering; with report events it does not take the reports itself.
    rd_kafka_flush(impl_->client.handle(), static_cast<int>(flush_step.count()));
    impl_->poll(milliseconds(0), listener);
  }
  return true;
}

size_t Producer::in_flight() const { return impl_->in_flight; }

std::optional<std::string> Producer::trouble() const { return impl_->client.trouble(); }

}  // namespace kc::kafka
