#include "kafka/producer_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;

constexpr std::string_view translated[] = {
    "acks",
    "batch.size",
    "buffer.memory",
    "compression.gzip.level",
    "compression.lz4.level",
    "compression.type",
    "compression.zstd.level",
    "delivery.timeout.ms",
    "enable.idempotence",
    "linger.ms",
    "max.in.flight.requests.per.connection",
    "max.request.size",
    "partitioner.class",
    "partitioner.ignore.keys",
    "transaction.timeout.ms",
    "transactional.id",
};

template <typename Names>
bool one_of(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

void translate_delivery(const JavaValues& java, Properties& out) {
  const std::string acks = java.choice("acks", "all", {"all", "-1", "0", "1"});
  const int64_t in_flight = java.clamped("max.in.flight.requests.per.connection", 5, 1, 1000000);
  const int64_t retries = java.clamped("retries", java.int_max, 0, java.int_max);
  // Java's rule: on by default, off when it contradicts what the user chose, an error when the
  // user chose both.
  const bool possible = (acks == "all" || acks == "-1") && in_flight <= 5 && retries > 0;
  const bool idempotent = java.boolean("enable.idempotence", possible);
  if (idempotent && !possible) {
    throw Error(Reaction::fix_config,
                "enable.idempotence = true contradicts acks = {}, "
                "max.in.flight.requests.per.connection = {}, retries = {}: it needs acks = all, at "
                "most 5 in flight and retries",
                acks, in_flight, retries);
  }
  out.set("acks", acks);
  out.set("max.in.flight.requests.per.connection", std::to_string(in_flight));
  out.set("retries", std::to_string(retries));
  out.set("enable.idempotence", idempotent ? "true" : "false");

  const int64_t linger = java.clamped("linger.ms", 5, 0, 900000);
  out.set("linger.ms", std::to_string(linger));
  // Connect's 2147483647 means for ever, which is 0 in librdkafka; else more than linger.ms.
  const int64_t timeout = java.clamped("delivery.timeout.ms", 120000, 0, java.int_max);
  out.set("delivery.timeout.ms",
          timeout == java.int_max ? "0" : std::to_string(std::max(timeout, linger + 1)));
}

void translate_batching(const JavaValues& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  // Java's 16384 bytes cost throughput and Java's 0 means no batches. Both are upper limits.
  out.set("batch.size", std::to_string(java.clamped("batch.size", 1000000, 1, java.int_max)));
  if (!java.given("batch.size")) {
    result.notes.push_back("batch.size is 1000000 bytes here by default (16384 in Java)");
  }
  if (!java.given("linger.ms")) {
    result.notes.push_back("linger.ms is 5 here by default (0 in Java before 4.0)");
  }
  const int64_t memory = java.number("buffer.memory", int64_t{64} << 20);
  out.set("queue.buffering.max.kbytes",
          std::to_string(std::clamp<int64_t>(memory / 1024, 1, java.int_max / 1024)));
  out.set("queue.buffering.max.messages", "500000");
  // Java counts the batch's frame of a single record, librdkafka does not.
  out.set("message.max.bytes",
          std::to_string(java.clamped("max.request.size", 1048588, 1000, 1000000000)));
  const std::string codec =
      java.choice("compression.type", "none", {"none", "gzip", "snappy", "lz4", "zstd"});
  out.set("compression.type", codec);
  if (const std::string level = "compression." + codec + ".level"; java.given(level)) {
    out.set("compression.level", std::to_string(java.clamped(level, -1, -1, 12)));
  }
}

void translate_partitioner(const JavaValues& java, Properties& out) {
  static constexpr std::string_view package = "org.apache.kafka.clients.producer.";
  std::string name = java.text("partitioner.class", "");
  if (name.starts_with(package)) name.erase(0, package.size());
  const bool by_key = name.empty() || name == "internals.DefaultPartitioner";
  if (!by_key && name != "UniformStickyPartitioner" && name != "RoundRobinPartitioner") {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration partitioner.class: a Java class cannot be "
                "loaded. Hint: remove it for Kafka's default partitioner",
                java.text("partitioner.class", ""));
  }
  // murmur2 of the key as Java's; CRC32, librdkafka's default, would put keys elsewhere.
  const bool use_keys = by_key && !java.boolean("partitioner.ignore.keys", false);
  out.set("partitioner", use_keys ? "murmur2_random" : "random");
  out.set("sticky.partitioning.linger.ms", "10");
}

}  // namespace

bool is_producer_property(std::string_view java_name) { return one_of(translated, java_name); }

void translate_producer(const JavaValues& java, TranslatedProperties& result) {
  translate_delivery(java, result.rdkafka);
  translate_batching(java, result);
  translate_partitioner(java, result.rdkafka);
  if (const auto id = java.text("transactional.id", ""); !id.empty()) {
    result.rdkafka.set("transactional.id", id);
    result.rdkafka.set(
        "transaction.timeout.ms",
        std::to_string(java.clamped("transaction.timeout.ms", 60000, 1000, java.int_max)));
  }
}

}  // namespace kc::kafka
