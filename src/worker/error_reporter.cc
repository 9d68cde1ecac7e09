#include "worker/error_reporter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/redaction.h"
#include "kafka/admin.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr size_t outstanding_bytes_max = 16 * 1024 * 1024;
constexpr size_t outstanding_max = 10'000;
constexpr milliseconds admin_timeout = 10s;
// has_room() keeps the queue from filling, unless it was made very small.
constexpr milliseconds queue_wait = 100ms;
constexpr milliseconds full_queue_wait_max = 30s;

// ", timestamp=1700000000000, timestampType=CreateTime"
std::string timestamp_text(const kafka::Message& message) {
  switch (message.timestamp_type) {
    case data::TimestampType::create_time:
      return fmt::format(", timestamp={}, timestampType=CreateTime", message.timestamp);
    case data::TimestampType::log_append_time:
      return fmt::format(", timestamp={}, timestampType=LogAppendTime", message.timestamp);
    case data::TimestampType::none:
      break;
  }
  return "";
}

}  // namespace

ErrorReporter::ErrorReporter(Settings settings, ErrorCounts& counts, metrics::Registry& registry)
    : settings_(std::move(settings)), counts_(counts), registry_(registry) {}

ErrorReporter::~ErrorReporter() = default;

void ErrorReporter::start() {
  if (!has_dead_letters() || producer_) return;
  const std::string& topic = settings_.policy.dead_letter_topic;
  kafka::Admin admin(settings_.admin);
  const auto topics = admin.topics(admin_timeout);
  if (std::ranges::find(topics, topic, &kafka::TopicInfo::name) == topics.end()) {
    base::log_info("The dead letter topic {} does not exist and is created", topic);
    try {
      admin.create_topics(
          {{.name = topic, .replication_factor = settings_.policy.dead_letter_replication}},
          admin_timeout);
    } catch (const Error& error) {
      if (error.reaction() == Reaction::retry) throw;
      throw Error(Reaction::fail_task,
                  "Could not initialize dead letter queue with topic={}: {}. Hint: create it, or "
                  "set errors.deadletterqueue.topic.replication.factor to what the cluster has",
                  topic, error.what());
    }
  }
  producer_.emplace(settings_.producer, &registry_);
}

void ErrorReporter::report(const kafka::Message& original, const Step& step, const Error& error) {
  if (settings_.policy.log) {
    log(original, step, error);
    counts_.logged.add();
  }
  if (has_dead_letters()) send(original, step, error);
  check();
}

void ErrorReporter::log(const kafka::Message& original, const Step& step,
                        const Error& error) const {
  std::string where;
  if (settings_.policy.log_messages) {
    where =
        fmt::format(", where consumed record is {{topic='{}', partition={}, offset={}{}}}",
                    original.topic, original.partition, original.offset, timestamp_text(original));
  }
  log_record_error(fmt::format("{}-{}", settings_.connector, settings_.task), step, where, error);
}

void ErrorReporter::send(const kafka::Message& original, const Step& step, const Error& error) {
  const std::string partition = std::to_string(original.partition);
  const std::string offset = std::to_string(original.offset);
  const std::string task = std::to_string(settings_.task);
  const std::string reason = base::redacted(error.what());
  const std::string trace = fmt::format("{}: {}\n", error.java_class(), reason);
  std::vector<kafka::MessageHeader> headers(original.headers.begin(), original.headers.end());
  if (settings_.policy.dead_letter_headers) {
    const std::initializer_list<kafka::MessageHeader> context{
        {"__connect.errors.topic", original.topic},
        {"__connect.errors.partition", partition},
        {"__connect.errors.offset", offset},
        {"__connect.errors.connector.name", settings_.connector},
        {"__connect.errors.task.id", task},
        {"__connect.errors.stage", stage_name(step.stage)},
        {"__connect.errors.class.name", step.class_name},
        {"__connect.errors.exception.class.name", error.java_class()},
        {"__connect.errors.exception.message", reason},
        {"__connect.errors.exception.stacktrace", trace}};
    headers.insert(headers.end(), context);
  }
  counts_.dead_letters.add();
  auto letter =
      std::make_unique<DeadLetter>(DeadLetter{{std::string(original.topic), original.partition},
                                              original.offset,
                                              std::string(original.value.value_or(""))});
  kafka::OutgoingMessage message;
  message.topic = settings_.policy.dead_letter_topic;
  message.key = original.key;
  if (original.value) message.value = letter->value;
  message.headers = headers;
  message.timestamp = original.timestamp;
  message.opaque = letter.get();
  outstanding_bytes_ += letter->value.size();
  outstanding_.emplace(letter.get(), std::move(letter));
  try {
    size_t taken = 0;
    const auto deadline = std::chrono::steady_clock::now() + full_queue_wait_max;
    while (producer_->produce(std::span(&message, 1), taken) == 0) {
      if (std::chrono::steady_clock::now() > deadline) {
        throw Error(Reaction::retry, "the producer's queue stays full");
      }
      producer_->poll(queue_wait, *this);
    }
  } catch (const Error& refusal) {
    delivered(message.opaque, &refusal);
  }
}

void ErrorReporter::delivered(void* opaque, const Error* error) {
  const auto found = outstanding_.find(opaque);
  if (error != nullptr) counts_.dead_letters_refused.add();
  if (error != nullptr && !failure_) {
    failure_ = Error(Reaction::fail_task,
                     "Could not produce message to dead letter queue. topic={}: the record of "
                     "topic {}, partition {}, offset {}: {}",
                     settings_.policy.dead_letter_topic, found->second->partition.topic,
                     found->second->partition.partition, found->second->offset, error->what());
  }
  // What was refused stays: its offset is never committed.
  if (error != nullptr) return;
  outstanding_bytes_ -= found->second->value.size();
  outstanding_.erase(found);
}

void ErrorReporter::check() const {
  if (failure_) throw Error(*failure_);
}

bool ErrorReporter::has_room() {
  if (outstanding_.empty()) return true;
  producer_->poll(0ms, *this);
  check();
  return outstanding_.size() < outstanding_max && outstanding_bytes_ < outstanding_bytes_max;
}

void ErrorReporter::limit(connect::Offsets& offsets, milliseconds wait) {
  if (outstanding_.empty()) return;
  producer_->flush(wait, *this);
  for (const auto& [opaque, letter] : outstanding_) {
    const auto found = offsets.find(letter->partition);
    if (found != offsets.end()) found->second = std::min(found->second, letter->offset);
  }
}

}  // namespace kc::worker
