#include "kafka/consumer_properties.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;

constexpr std::string_view translated[] = {
    "auto.offset.reset",
    "check.crcs",
    "enable.auto.commit",
    "fetch.max.bytes",
    "fetch.max.wait.ms",
    "fetch.min.bytes",
    "group.id",
    "group.instance.id",
    "group.protocol",
    "group.remote.assignor",
    "heartbeat.interval.ms",
    "isolation.level",
    "max.partition.fetch.bytes",
    "max.poll.interval.ms",
    "partition.assignment.strategy",
    "session.timeout.ms",
};

template <typename Names>
bool one_of(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::vector<std::string> list_items(const std::string& text) {
  std::vector<std::string> items;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find_first_of(", ", start), text.size());
    if (end > start) items.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return items;
}

// Java's list -> librdkafka's. Eager and cooperative ones cannot stand together in librdkafka: the
// first one decides, as Java's group would while one member knows only that.
std::string assignors(const JavaValues& java, TranslatedProperties& result) {
  static constexpr std::string_view package = "org.apache.kafka.clients.consumer.";
  std::vector<std::string> names;
  std::vector<std::string> left_out;
  for (std::string item : list_items(java.text("partition.assignment.strategy", "RangeAssignor"))) {
    if (item.starts_with("class ")) item.erase(0, 6);
    if (item.starts_with(package)) item.erase(0, package.size());
    const std::string name = item == "RangeAssignor" || item == "range"             ? "range"
                             : item == "RoundRobinAssignor" || item == "roundrobin" ? "roundrobin"
                             : item == "CooperativeStickyAssignor" || item == "cooperative-sticky"
                                 ? "cooperative-sticky"
                                 : "";
    const bool cooperative = name == "cooperative-sticky";
    if (name.empty() ||
        (!names.empty() && cooperative != (names.front() == "cooperative-sticky"))) {
      left_out.push_back(item);
    } else {
      names.push_back(name);
    }
  }
  if (names.empty()) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration partition.assignment.strategy: none of them is "
                "supported. Supported: RangeAssignor, RoundRobinAssignor, "
                "CooperativeStickyAssignor",
                java.text("partition.assignment.strategy", ""));
  }
  if (!left_out.empty()) {
    result.warnings.push_back(
        fmt::format("partition.assignment.strategy: {} cannot be used "
                    "together with {} here and is left out",
                    fmt::join(left_out, ", "), fmt::join(names, ", ")));
  }
  if (names.front() == "cooperative-sticky" && rd_kafka_version() < 0x02060100) {
    result.warnings.push_back(
        fmt::format("CooperativeStickyAssignor with librdkafka {}, older than 2.6.1, can rebalance "
                    "without end. Hint: use RangeAssignor",
                    librdkafka_version()));
  }
  return fmt::format("{}", fmt::join(names, ","));
}

void translate_group(const JavaValues& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  const std::string group = java.text("group.id", "");
  if (group.empty()) {
    throw Error(Reaction::fix_config,
                "Missing required configuration \"group.id\" of a consumer that subscribes to "
                "topics");
  }
  out.set("group.id", group);
  if (const auto id = java.text("group.instance.id", ""); !id.empty()) {
    out.set("group.instance.id", id);
  }
  const int64_t session = java.clamped("session.timeout.ms", 45000, 1, 3600000);
  // librdkafka insists on it being the longer one; Java does not.
  out.set(
      "max.poll.interval.ms",
      std::to_string(std::max(session, java.clamped("max.poll.interval.ms", 300000, 1, 86400000))));
  const bool classic =
      java.choice("group.protocol", "classic", {"classic", "consumer"}) == "classic";
  if (!classic && librdkafka_knows("group.protocol")) {
    // KIP-848: sessions and assignments are the brokers' business.
    out.set("group.protocol", "consumer");
    if (const auto assignor = java.text("group.remote.assignor", ""); !assignor.empty()) {
      out.set("group.remote.assignor", assignor);
    }
    return;
  }
  if (!classic) {
    result.warnings.push_back(
        fmt::format("group.protocol = consumer (KIP-848) is not used: librdkafka {} does not know "
                    "it. Hint: build with librdkafka 2.8 (scripts/build-librdkafka.sh)",
                    librdkafka_version()));
  }
  out.set("session.timeout.ms", std::to_string(session));
  out.set("heartbeat.interval.ms",
          std::to_string(java.clamped("heartbeat.interval.ms", 3000, 1, 3600000)));
  out.set("partition.assignment.strategy", assignors(java, result));
}

void translate_fetch(const JavaValues& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  out.set("fetch.min.bytes", std::to_string(java.clamped("fetch.min.bytes", 1, 1, 100000000)));
  const int64_t wait = java.clamped("fetch.max.wait.ms", 500, 0, 300000);
  out.set("fetch.wait.max.ms", std::to_string(wait));
  if (const int64_t timeout = std::stoll(out.get("socket.timeout.ms")); timeout < wait + 1000) {
    out.set("socket.timeout.ms", std::to_string(std::min<int64_t>(wait + 1000, 300000)));
  }
  const int64_t fetch_max = java.clamped("fetch.max.bytes", 52428800, 1000, java.int_max - 1024);
  out.set("fetch.max.bytes", std::to_string(fetch_max));
  // librdkafka wants message.max.bytes <= fetch.max.bytes <= receive.message.max.bytes - 512.
  if (fetch_max < 1000000) out.set("message.max.bytes", std::to_string(fetch_max));
  if (fetch_max > 100000000 - 512) {
    out.set("receive.message.max.bytes", std::to_string(fetch_max + 512));
  }
  out.set("max.partition.fetch.bytes",
          std::to_string(java.clamped("max.partition.fetch.bytes", 1048576, 1, 1000000000)));
  if (librdkafka_knows("fetch.queue.backoff.ms")) {
    out.set("queued.min.messages", "20000");
    out.set("queued.max.messages.kbytes", "16384");
    // The default of a second lets a full queue run empty: 18 times slower.
    out.set("fetch.queue.backoff.ms", "5");
  } else {
    // Fetching pauses for up to a second when the queue is full: it has to hold that much.
    out.set("queued.min.messages", "1000000");
    out.set("queued.max.messages.kbytes", "131072");
    result.warnings.push_back(fmt::format(
        "librdkafka {} is older than 2.2: it stops fetching for up to a second whenever its queue "
        "is full. Up to 128 MiB a task are prefetched to bridge that. Older than 2.6.1 it also "
        "fails SCRAM with Kafka 4. Hint: build with librdkafka 2.8 (scripts/build-librdkafka.sh)",
        librdkafka_version()));
  }
}

}  // namespace

bool is_consumer_property(std::string_view java_name) { return one_of(translated, java_name); }

void translate_consumer(const JavaValues& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  translate_group(java, result);
  translate_fetch(java, result);
  const std::string reset =
      java.choice("auto.offset.reset", "latest", {"latest", "earliest", "none"});
  out.set("auto.offset.reset", reset == "none" ? "error" : reset);
  out.set("isolation.level", java.choice("isolation.level", "read_uncommitted",
                                         {"read_uncommitted", "read_committed"}));
  out.set("check.crcs", java.boolean("check.crcs", true) ? "true" : "false");
  out.set("allow.auto.create.topics",
          java.boolean("allow.auto.create.topics", true) ? "true" : "false");
  // Offsets are committed when their records are delivered, by the caller.
  if (java.boolean("enable.auto.commit", false)) {
    result.warnings.push_back(
        "enable.auto.commit = true has no effect: offsets are committed "
        "when their records are delivered");
  }
  out.set("enable.auto.commit", "false");
  out.set("enable.auto.offset.store", "false");
  out.set("enable.partition.eof", "false");
}

}  // namespace kc::kafka
