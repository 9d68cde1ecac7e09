#include "worker/offset_admin.h"

#include <charconv>
#include <map>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "kafka/admin.h"
#include "worker/request_error.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using Json = nlohmann::ordered_json;

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw RequestError(Refusal::bad_request, message);
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

template <typename Integer>
Integer integer_of(const Json& value, const char* what) {
  const std::string text = text_of(value);
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  Integer number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    refuse(
        fmt::format("Failed to parse the following Kafka {} value in the provided offsets: "
                    "'{}'. {} values for sink connectors need to be integers.",
                    what, text, what[0] == 'p' ? "Partition" : "Offset"));
  }
  return number;
}

TopicPartition sink_partition(const std::string& text) {
  const Json partition = Json::parse(text);
  if (partition.is_null()) {
    refuse("The partition for a sink connector offset cannot be null or missing");
  }
  if (!partition.contains("kafka_topic") || !partition.contains("kafka_partition")) {
    refuse(
        "The partition for a sink connector offset must contain the keys 'kafka_topic' and "
        "'kafka_partition'");
  }
  if (partition["kafka_topic"].is_null()) {
    refuse("Kafka topic names must be valid strings and may not be null");
  }
  if (partition["kafka_partition"].is_null()) {
    refuse("Kafka partitions must be valid numbers and may not be null");
  }
  return {text_of(partition["kafka_topic"]),
          integer_of<int32_t>(partition["kafka_partition"], "partition")};
}

std::optional<int64_t> sink_offset(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const Json offset = Json::parse(*text);
  if (!offset.contains("kafka_offset")) {
    refuse(
        "The offset for a sink connector should either be null or contain the key "
        "'kafka_offset'");
  }
  return integer_of<int64_t>(offset["kafka_offset"], "offset");
}

// The first of them that is no partition of the brokers'.
std::optional<TopicPartition> missing_partition(
    kafka::Admin& admin, const std::map<TopicPartition, std::optional<int64_t>>& wanted,
    std::chrono::milliseconds timeout) {
  std::map<std::string, int32_t> counts;
  for (kafka::TopicInfo& topic : admin.topics(timeout)) {
    counts[std::move(topic.name)] = topic.partitions;
  }
  for (const auto& [partition, offset] : wanted) {
    const auto count = counts.find(partition.topic);
    if (count == counts.end() || partition.partition < 0 || partition.partition >= count->second) {
      return partition;
    }
  }
  return std::nullopt;
}

// Runs a change of the group's offsets; fails in stock Connect's words, with the reason in the log.
template <typename F>
void change(const std::string& connector, const char* verb, F work) {
  const std::string failed =
      fmt::format("Failed to {} consumer group offsets for connector {}", verb, connector);
  try {
    work();
  } catch (const kafka::GroupInUseError& error) {
    base::log_error("{}: {}", failed, error.what());
    throw Error(Reaction::retry,
                "{} either because its tasks haven't stopped completely yet or the connector was "
                "resumed before the request to {} its offsets could be successfully completed. If "
                "the connector is in a stopped state, this operation can be safely retried. If it "
                "doesn't eventually succeed, the Connect cluster may need to be restarted to get "
                "rid of the zombie sink tasks.",
                failed, verb);
  } catch (const Error& error) {
    base::log_error("{}: {}", failed, error.what());
    throw Error(error.reaction(), "{}", failed);
  }
}

}  // namespace

std::string OffsetAdmin::group() const {
  return sink_consumer_properties(worker_, connector_, 0).get("group.id");
}

std::vector<PartitionOffset> OffsetAdmin::list() const {
  if (!is_sink()) return store_.list(connector_.get("name"));
  std::vector<PartitionOffset> result;
  kafka::Admin admin(connector_admin_properties(worker_, connector_));
  for (const auto& [partition, offset] : admin.group_offsets(group(), timeout)) {
    const Json key{{"kafka_partition", partition.partition}, {"kafka_topic", partition.topic}};
    result.push_back({key.dump(), Json{{"kafka_offset", offset}}.dump()});
  }
  return result;
}

void OffsetAdmin::alter(const std::vector<PartitionOffset>& offsets) {
  if (is_sink()) {
    alter_sink(offsets);
    return;
  }
  std::vector<connect::ConnectorPlugin::GivenOffset> given;
  for (const PartitionOffset& one : offsets) {
    if (!Json::parse(one.partition).is_object()) {
      refuse("The partition for a source connector offset cannot be null or missing");
    }
    if (one.offset) given.push_back({one.partition, *one.offset});
  }
  if (const auto fault = plugin_.offset_fault(connector_, given)) refuse(*fault);
  store_.alter(connector_.get("name"), offsets);
}

void OffsetAdmin::alter_sink(const std::vector<PartitionOffset>& offsets) const {
  const std::string name = connector_.get("name");
  std::map<TopicPartition, std::optional<int64_t>> wanted;  // the last of a partition counts
  for (const PartitionOffset& one : offsets) {
    wanted[sink_partition(one.partition)] = sink_offset(one.offset);
  }
  Offsets altered;
  std::vector<TopicPartition> forgotten;
  for (const auto& [partition, offset] : wanted) {
    if (offset && *offset < 0) {
      throw Error(Reaction::fix_config, "Failed to modify offsets for sink connector {}", name);
    }
    if (offset) {
      altered[partition] = *offset;
    } else {
      forgotten.push_back(partition);
    }
  }
  kafka::Admin admin(connector_admin_properties(worker_, connector_));
  // The broker has no request that does both. What would make the second one fail and can be known
  // is looked for before the first, which a group in use refuses as a whole; either may be
  // repeated.
  std::optional<TopicPartition> missing;
  change(name, "alter", [&] { missing = missing_partition(admin, wanted, timeout); });
  if (missing) {
    refuse(
        fmt::format("Failed to alter consumer group offsets for connector {}: there is no "
                    "partition {} of topic {}. Nothing was changed",
                    name, missing->partition, missing->topic));
  }
  change(name, "alter", [&] { admin.alter_group_offsets(group(), altered, timeout); });
  try {
    change(name, "alter", [&] { admin.delete_group_offsets(group(), forgotten, timeout); });
  } catch (const Error& error) {
    if (altered.empty()) throw;
    throw Error(
        error.reaction(),
        "{} (The offsets to be set are set, those to be forgotten may be there still: repeat "
        "the request.)",
        error.what());
  }
}

void OffsetAdmin::reset() {
  if (is_sink()) {
    kafka::Admin admin(connector_admin_properties(worker_, connector_));
    change(connector_.get("name"), "reset", [&] { admin.delete_group(group(), timeout); });
    return;
  }
  auto offsets = store_.list(connector_.get("name"));
  for (PartitionOffset& one : offsets) one.offset.reset();
  store_.alter(connector_.get("name"), offsets);
}

}  // namespace kc::worker
