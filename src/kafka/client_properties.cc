#include "kafka/client_properties.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <cstdint>

#include "base/error.h"
#include "config/config_def.h"
#include "kafka/client_classes.h"
#include "kafka/client_property_table.h"
#include "kafka/consumer_properties.h"
#include "kafka/handles.h"
#include "kafka/java_values.h"
#include "kafka/kerberos_login.h"
#include "kafka/producer_properties.h"
#include "kafka/security_properties.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;

constexpr std::string_view own_prefix = "rdkafka.";

// They load code or run commands: who may configure a connector shall not get the worker's rights.
constexpr std::string_view refused[] = {"plugin.library.paths", "sasl.kerberos.kinit.cmd"};

constexpr std::string_view common[] = {"allow.auto.create.topics",
                                       "bootstrap.servers",
                                       "client.dns.lookup",
                                       "client.id",
                                       "client.rack",
                                       "connections.max.idle.ms",
                                       "metadata.max.age.ms",
                                       "receive.buffer.bytes",
                                       "reconnect.backoff.max.ms",
                                       "reconnect.backoff.ms",
                                       "request.timeout.ms",
                                       "retries",
                                       "retry.backoff.max.ms",
                                       "retry.backoff.ms",
                                       "send.buffer.bytes",
                                       "socket.connection.setup.timeout.ms"};

template <typename Names>
bool one_of(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_known(std::string_view name, ClientKind kind) {
  return one_of(common, name) || is_security_property(name) ||
         (kind == ClientKind::consumer && is_consumer_property(name)) ||
         (kind == ClientKind::producer && is_producer_property(name));
}

// `servers` without the schemes that Java's clients skip: http://host:9092, PLAINTEXT://host:9092.
std::string without_schemes(const std::string& servers) {
  std::string result;
  for (const std::string& server : config::split_list(servers)) {
    const size_t scheme = server.find("://");
    if (!result.empty()) result += ',';
    result += scheme == std::string::npos ? server : server.substr(scheme + 3);
  }
  return result;
}

void translate_connection(const JavaValues& java, ClientKind kind, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  const std::string servers = without_schemes(java.text("bootstrap.servers", ""));
  if (servers.empty()) {
    throw Error(Reaction::fix_config,
                "Missing required configuration \"bootstrap.servers\" which has no default value. "
                "Hint: list brokers as host:port,host:port");
  }
  out.set("bootstrap.servers", servers);
  if (const auto id = java.text("client.id", ""); !id.empty()) out.set("client.id", id);
  if (const auto rack = java.text("client.rack", ""); !rack.empty()) out.set("client.rack", rack);
  if (const auto lookup = java.text("client.dns.lookup", "");
      !lookup.empty() && lookup != "default") {
    if (librdkafka_knows("client.dns.lookup")) {
      out.set("client.dns.lookup", lookup);
    } else {
      result.notes.push_back(
          fmt::format("client.dns.lookup has no effect with librdkafka {}: all addresses of a "
                      "name are tried",
                      librdkafka_version()));
    }
  }
  const int64_t backoff = java.clamped("reconnect.backoff.ms", 50, 0, 3600000);
  out.set("reconnect.backoff.ms", std::to_string(backoff));
  out.set("reconnect.backoff.max.ms",
          std::to_string(
              std::max(backoff, java.clamped("reconnect.backoff.max.ms", 1000, 0, 3600000))));
  const bool exponential = librdkafka_knows("retry.backoff.max.ms");
  const int64_t retry_backoff = java.clamped("retry.backoff.ms", 100, 1, 300000);
  // Before 2.3 it is a producer's property and fixed.
  if (exponential || kind != ClientKind::consumer) {
    out.set("retry.backoff.ms", std::to_string(retry_backoff));
  }
  if (exponential) {
    out.set("retry.backoff.max.ms",
            std::to_string(
                std::max(retry_backoff, java.clamped("retry.backoff.max.ms", 1000, 1, 300000))));
  }
  const int64_t request_timeout = java.clamped("request.timeout.ms", 30000, 1000, 300000);
  out.set("socket.timeout.ms", std::to_string(request_timeout));
  if (kind == ClientKind::producer) {
    out.set("request.timeout.ms", std::to_string(request_timeout));
  }
  // Java: negative is never; librdkafka: 0 is never.
  out.set("connections.max.idle.ms",
          std::to_string(java.clamped("connections.max.idle.ms", 540000, 0, java.int_max)));
  if (java.given("socket.connection.setup.timeout.ms")) {
    out.set("socket.connection.setup.timeout.ms",
            std::to_string(
                java.clamped("socket.connection.setup.timeout.ms", 10000, 1000, java.int_max)));
  }
  // Java: -1 is the system's default; librdkafka: 0 is.
  for (const auto& [name, target] :
       {std::pair("send.buffer.bytes", "socket.send.buffer.bytes"),
        std::pair("receive.buffer.bytes", "socket.receive.buffer.bytes")}) {
    if (java.given(name)) out.set(target, std::to_string(java.clamped(name, -1, 0, 100000000)));
  }
  const int64_t metadata_age = java.clamped("metadata.max.age.ms", 300000, 1000, 3600000);
  out.set("metadata.max.age.ms", std::to_string(std::max<int64_t>(metadata_age, 30000)));
  // A subscribed topic that appears later has to be found soon, which librdkafka does at this
  // interval only. It asks for the client's own topics, so it is cheap.
  const int64_t refresh =
      kind == ClientKind::consumer ? std::min<int64_t>(metadata_age, 10000) : metadata_age;
  out.set("topic.metadata.refresh.interval.ms", std::to_string(refresh));
  out.set("socket.keepalive.enable", "true");  // As Java, always.
  out.set("socket.nagle.disable", "true");     // As Java, always.
  out.set("log.connection.close", "false");    // Brokers close idle connections.
  out.set("statistics.interval.ms", "0");
}

// rdkafka.x = v: x = v, last.
void apply_own(const Properties& java, Properties& out) {
  const Properties own = java.with_prefix(own_prefix);
  for (const auto& [name, value] : own.entries()) {
    if (one_of(refused, name)) {
      throw Error(Reaction::fix_config,
                  "{}{} is not allowed: it would run code of its value's choice in the worker. "
                  "Hint: remove it",
                  own_prefix, name);
    }
    if (!librdkafka_knows(name)) {
      throw Error(Reaction::fix_config, "{}{} is not a property of librdkafka {}. Hint: remove it",
                  own_prefix, name, librdkafka_version());
    }
    out.set(name, value);
  }
}

}  // namespace

TranslatedProperties translate(const Properties& java_properties, ClientKind kind) {
  TranslatedProperties result;
  const JavaValues java(java_properties, result.warnings);
  translate_connection(java, kind, result);
  if (kind == ClientKind::consumer) translate_consumer(java, result);
  if (kind == ClientKind::producer) translate_producer(java, result);
  translate_security(java_properties, result);
  check_classes(java, kind, result.warnings);
  for (const auto& entry : java_properties.entries()) {
    const std::string& name = entry.first;
    if (name.starts_with(own_prefix) || is_known(name, kind)) continue;
    // max.poll.records and max.block.ms are the caller's; before 4.0 Kafka had
    // auto.include.jmx.reporter.
    if (find_client_property(kind, name) || name == "auto.include.jmx.reporter" ||
        name.starts_with("metrics.context.")) {
      result.notes.push_back(name + " has no effect here");
    } else if (kind == ClientKind::admin) {
      result.notes.push_back(name + " is not a property of the Kafka client and is ignored");
    } else {
      result.warnings.push_back(fmt::format(
          "{} is not a known property of a Kafka {} and is ignored. Hint: properties that only "
          "librdkafka has are given as rdkafka.{}",
          name, kind == ClientKind::consumer ? "consumer" : "producer", name));
    }
  }
  apply_own(java_properties, result.rdkafka);
  check_kerberos_names(result.rdkafka);
  return result;
}

std::string librdkafka_version() { return rd_kafka_version_str(); }

bool librdkafka_knows(std::string_view rdkafka_property) {
  const ConfHandle conf(rd_kafka_conf_new());
  // Asked by setting: what is not set yet cannot be got.
  char reason[512];
  return rd_kafka_conf_set(conf.get(), std::string(rdkafka_property).c_str(), "", reason,
                           sizeof reason) != RD_KAFKA_CONF_UNKNOWN;
}

}  // namespace kc::kafka
