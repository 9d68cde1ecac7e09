#include "kafka/consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "kafka/consumer_impl.h"
#include "kafka/partition_list.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using connect::TopicPartition;
using std::chrono::milliseconds;

constexpr milliseconds seek_timeout{1000};
constexpr milliseconds unasked_leave_timeout{2000};

std::optional<std::string_view> bytes(const void* data, size_t size) {
  if (data == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(data), size);
}

data::TimestampType to_type(rd_kafka_timestamp_type_t type) {
  switch (type) {
    case RD_KAFKA_TIMESTAMP_CREATE_TIME:
      return data::TimestampType::create_time;
    case RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME:
      return data::TimestampType::log_append_time;
    case RD_KAFKA_TIMESTAMP_NOT_AVAILABLE:
      break;
  }
  return data::TimestampType::none;
}

}  // namespace

// ---- MessageBatch ----

void MessageBatch::Impl::clear() {
  for (rd_kafka_message_t* message : raw) {
    if (message != nullptr) rd_kafka_message_destroy(message);
  }
  raw.clear();
  messages.clear();
  headers.clear();
}

// librdkafka parses them when they are asked for, also where there are none.
void MessageBatch::Impl::take_headers() {
  std::vector<size_t> ends(messages.size());
  for (size_t i = 0; i < messages.size(); ++i) {
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_headers(raw[i], &list) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* name = nullptr;
      const void* value = nullptr;
      size_t size = 0;
      for (size_t k = 0;
           rd_kafka_header_get_all(list, k, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
           ++k) {
        headers.push_back({name, bytes(value, size)});
      }
    }
    ends[i] = headers.size();
  }
  // Only now do they stand still.
  size_t begin = 0;
  for (size_t i = 0; i < messages.size(); begin = ends[i++]) {
    messages[i].headers = std::span(headers).subspan(begin, ends[i] - begin);
  }
}

MessageBatch::MessageBatch() : impl_(std::make_unique<Impl>()) {}
MessageBatch::~MessageBatch() = default;
MessageBatch::MessageBatch(MessageBatch&&) noexcept = default;
MessageBatch& MessageBatch::operator=(MessageBatch&&) noexcept = default;

size_t MessageBatch::size() const { return impl_->messages.size(); }
const Message& MessageBatch::operator[](size_t index) const { return impl_->messages[index]; }
std::span<const Message> MessageBatch::messages() const { return impl_->messages; }
void MessageBatch::clear() { impl_->clear(); }

// ---- Polling ----

Consumer::Impl::Impl(const config::Properties& java, RebalanceListener& rebalance_listener,
                     metrics::Registry* registry)
    : listener(rebalance_listener),
      client(java, ClientKind::consumer, this, registry, [](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_rebalance_cb(conf, &Impl::on_rebalance);
      }) {
  rd_kafka_poll_set_consumer(client.handle());
  messages.reset(rd_kafka_queue_get_consumer(client.handle()));
  commits.reset(rd_kafka_queue_new(client.handle()));
}

// The first message comes by rd_kafka_consumer_poll: it waits for one message only (the batch call
// would wait until its array is full) and is what max.poll.interval.ms measures in every version.
size_t Consumer::Impl::take(std::span<rd_kafka_message_t*> raw, milliseconds wait) {
  std::fill(raw.begin(), raw.end(), nullptr);
  stale_before.clear();
  taking = {};
  raw[0] = rd_kafka_consumer_poll(client.handle(), to_timeout(wait));
  if (raw[0] == nullptr) return 0;
  if (raw.size() == 1) return 1;
  taking = raw;
  const auto more = rd_kafka_consume_batch_queue(messages.get(), 0, raw.data() + 1, raw.size() - 1);
  taking = {};
  return 1 + static_cast<size_t>(std::max<ssize_t>(more, 0));
}

std::string_view Consumer::Impl::topic_name(const rd_kafka_message_t& message) {
  if (message.rkt != last_topic) {
    const std::string_view name = rd_kafka_topic_name(message.rkt);
    auto found = topics.find(name);
    if (found == topics.end()) found = topics.emplace(name).first;
    last_topic = message.rkt;
    last_name = *found;
  }
  return last_name;
}

// Messages that the same call gathered before it served the rebalance that took their partition,
// and messages from before a seek.
bool Consumer::Impl::is_stale(const rd_kafka_message_t& message, size_t index) const {
  const TopicPartition key{rd_kafka_topic_name(message.rkt), message.partition};
  const auto taken_away = stale_before.find(key);
  return (taken_away != stale_before.end() && index < taken_away->second) || seeks.contains(key);
}

void Consumer::Impl::accept(MessageBatch::Impl& batch, size_t count) {
  const bool may_be_stale = !stale_before.empty() || !seeks.empty();
  last_topic = nullptr;  // The handle may be another topic's since the last poll.
  batch.raw.resize(count);
  batch.messages.reserve(count);
  size_t kept = 0;
  for (size_t i = 0; i < count; ++i) {
    rd_kafka_message_t* const message = batch.raw[i];
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const MessageHandle owned(std::exchange(batch.raw[i], nullptr));
      consumer_error(*owned);
      continue;
    }
    if (may_be_stale && is_stale(*message, i)) {
      rd_kafka_message_destroy(std::exchange(batch.raw[i], nullptr));
      continue;
    }
    rd_kafka_timestamp_type_t type;
    const int64_t timestamp = rd_kafka_message_timestamp(message, &type);
    batch.messages.push_back({topic_name(*message), message->partition, message->offset, timestamp,
                              to_type(type), bytes(message->key, message->key_len),
                              bytes(message->payload, message->len)});
    std::swap(batch.raw[kept++], batch.raw[i]);
  }
  batch.raw.resize(kept);
  if (with_headers) batch.take_headers();
}

void Consumer::Impl::consumer_error(const rd_kafka_message_t& message) {
  const std::string text = rd_kafka_message_errstr(&message);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      throw Error(Reaction::fail_task,
                  "There is no offset to start from and auto.offset.reset is none: {}. Hint: set "
                  "auto.offset.reset to earliest or latest, or commit an offset",
                  text);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      throw Error(Reaction::fail_task,
                  "The consumer lacks a permission: {}. Hint: grant its user READ on the topics "
                  "and on the group",
                  text);
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      throw Error(Reaction::fail_task, "The consumer failed for good: {}", text);
    // The client steps over such a message; to go on would lose it.
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      throw Error(Reaction::fail_task,
                  "A message cannot be read: {} ({}). Hint: see the broker's "
                  "log, or move the group's offset past it",
                  text, describe(message.err));
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      base::log_warn(
          "The consumer left its group because it was not polled for "
          "max.poll.interval.ms and joins again: {}. Hint: raise max.poll.interval.ms",
          text);
      return;
    default:
      break;
  }
  // The client tries again for ever: one line for each change.
  if (std::exchange(last_error, text) != text) {
    base::log_warn("Consumer: {} ({}). It keeps trying", text, describe(message.err));
  }
}

Consumer::Consumer(const config::Properties& java_properties, RebalanceListener& listener,
                   metrics::Registry* registry)
    : impl_(std::make_unique<Impl>(java_properties, listener, registry)) {}

Consumer::~Consumer() {
  impl_->client.leave_registry();
  if (!std::exchange(impl_->closed, true)) impl_->leave(unasked_leave_timeout);
  if (impl_->left_group) return;
  try {
    std::thread([impl = std::move(impl_)] {}).detach();
  } catch (const std::system_error& error) {
    base::log_warn("The consumer had to be ended here: {}", error.what());
  }
}

// librdkafka's last callbacks need the rest of Impl, which goes after the body.
Consumer::Impl::~Impl() {
  leaving.reset();
  commits.reset();
  messages.reset();
  if (left_group) {
    client.release();
  } else {
    client.release_without_leaving();
  }
}

void Consumer::subscribe(const std::vector<std::string>& topics) {
  std::vector<TopicPartition> entries;
  for (const auto& topic : topics) entries.push_back({topic, RD_KAFKA_PARTITION_UA});
  const auto list = to_list(entries);
  const auto code = rd_kafka_subscribe(impl_->client.handle(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::fix_config, "Cannot subscribe to topics {}: {}", fmt::join(topics, ","),
                describe(code));
  }
}

std::vector<std::string> Consumer::topic_names(milliseconds timeout) const {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code =
      rd_kafka_metadata(impl_->client.handle(), 1, nullptr, &raw, to_timeout(timeout));
  const MetadataHandle metadata(raw);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::retry, "Asking for the topics failed: {}", describe(code));
  }
  std::vector<std::string> names;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    if (metadata->topics[i].err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      names.emplace_back(metadata->topics[i].topic);
    }
  }
  return names;
}

void Consumer::poll(MessageBatch& batch, size_t max_messages, milliseconds wait) {
  batch.clear();
  if (impl_->pending_commits > 0) impl_->await_commit(0, milliseconds(0));
  if (!impl_->seeks.empty()) impl_->apply_seeks();
  auto& raw = batch.impl_->raw;
  raw.resize(std::max<size_t>(max_messages, 1));
  const size_t count = impl_->take(raw, wait);
  impl_->accept(*batch.impl_, count);
  impl_->rethrow();
  impl_->client.probe();
  impl_->client.check();
}

std::optional<std::string> Consumer::trouble() const { return impl_->client.trouble(); }

std::optional<int64_t> Consumer::lag_max() const { return impl_->client.lag_max(); }

// ---- Pause, seek ----

void Consumer::Impl::set_paused(bool pause, const rd_kafka_topic_partition_list_t* partitions) {
  const auto list = PartitionListHandle(rd_kafka_topic_partition_list_copy(partitions));
  if (list->cnt == 0) return;
  const auto code = pause ? rd_kafka_pause_partitions(client.handle(), list.get())
                          : rd_kafka_resume_partitions(client.handle(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::fail_task, "Partitions cannot be {}: {}", pause ? "paused" : "resumed",
                describe(code));
  }
}

void Consumer::leave_headers() { impl_->with_headers = false; }

void Consumer::pause() {
  if (std::exchange(impl_->is_paused, true)) return;
  impl_->set_paused(true, to_list(assignment()).get());
}

void Consumer::resume() {
  if (!std::exchange(impl_->is_paused, false)) return;
  impl_->set_paused(false, to_list(assignment()).get());
}

bool Consumer::paused() const { return impl_->is_paused; }

std::vector<TopicPartition> Consumer::assignment() const {
  return {impl_->assigned.begin(), impl_->assigned.end()};
}

void Consumer::seek(const connect::Offsets& offsets) {
  for (const auto& [partition, offset] : offsets) {
    if (impl_->assigned.contains(partition)) {
      impl_->seeks[partition] = offset;
    } else {
      base::log_warn(
          "Ignoring the seek of {}-{} to offset {}: the partition is not assigned to "
          "this consumer",
          partition.topic, partition.partition, offset);
    }
  }
  if (!impl_->in_assigned) impl_->apply_seeks();
}

// A partition whose fetching has not begun cannot be sought in: it stays in `seeks`, its messages
// are dropped, and the next poll tries again.
void Consumer::Impl::apply_seeks() {
  if (seeks.empty()) return;
  const auto list = to_list(seeks);
  if (rd_kafka_error_t* error =
          rd_kafka_seek_partitions(client.handle(), list.get(), to_timeout(seek_timeout))) {
    const ErrorHandle owned(error);
    base::log_debug("Seek is tried again: {}", rd_kafka_error_string(error));
    return;
  }
  for (const auto& one : elements(list.get())) {
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR) seeks.erase({one.topic, one.partition});
  }
}

}  // namespace kc::kafka
