#include "kafka/client_statistics.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace kc::kafka {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// 0 for what a version of librdkafka does not tell.
int64_t integer(const element& of, std::string_view name) {
  int64_t value = 0;
  return of[name].get(value) == simdjson::SUCCESS ? value : 0;
}

std::string_view text(const element& of, std::string_view name) {
  std::string_view value;
  return of[name].get(value) == simdjson::SUCCESS ? value : std::string_view();
}

// Members of an object that may be missing.
template <typename Use>
void each_member(const element& of, std::string_view name, Use&& use) {
  object members;
  if (of[name].get(members) != simdjson::SUCCESS) return;
  for (const auto member : members) use(member.key, member.value);
}

void read_window(const element& broker, std::string_view name, std::optional<int64_t>& average,
                 std::optional<int64_t>& p99) {
  element window;
  if (broker[name].get(window) != simdjson::SUCCESS || integer(window, "cnt") == 0) return;
  average = integer(window, "avg");
  p99 = integer(window, "p99");
}

BrokerStatistics read_broker(std::string_view name, const element& broker) {
  BrokerStatistics result;
  result.name = name;
  result.up = text(broker, "state") == "UP";
  result.tx_bytes = integer(broker, "txbytes");
  result.rx_bytes = integer(broker, "rxbytes");
  result.tx_errors = integer(broker, "txerrs");
  result.rx_errors = integer(broker, "rxerrs");
  result.tx_retries = integer(broker, "txretries");
  result.request_timeouts = integer(broker, "req_timeouts");
  result.connects = integer(broker, "connects");
  result.disconnects = integer(broker, "disconnects");
  result.queued_requests = integer(broker, "outbuf_cnt");
  result.requests_in_flight = integer(broker, "waitresp_cnt");
  read_window(broker, "rtt", result.rtt_avg, result.rtt_p99);
  read_window(broker, "int_latency", result.queue_latency_avg, result.queue_latency_p99);
  return result;
}

std::optional<int64_t> distance(int64_t from, int64_t to) {
  if (from < 0 || to < 0) return std::nullopt;
  return std::max<int64_t>(to - from, 0);
}

void read_partition(std::string_view topic, const element& partition, bool read_committed,
                    std::vector<PartitionStatistics>& to) {
  bool assigned = false;
  if (partition["desired"].get(assigned) != simdjson::SUCCESS || !assigned) return;
  PartitionStatistics& result = to.emplace_back();
  result.partition = {std::string(topic), static_cast<int32_t>(integer(partition, "partition"))};
  result.fetched_messages = integer(partition, "fetchq_cnt");
  result.fetched_bytes = integer(partition, "fetchq_size");
  const int64_t end = integer(partition, read_committed ? "ls_offset" : "hi_offset");
  const int64_t committed = integer(partition, "committed_offset");
  const int64_t read = integer(partition, "app_offset");
  // Before its first message a partition is read from where its group has committed.
  result.lag = distance(read >= 0 ? read : committed, end);
  result.committed_lag = distance(committed, end);
}

double seconds(const std::optional<int64_t>& microseconds) {
  return microseconds ? static_cast<double>(*microseconds) / 1e6 : nan;
}

double number(const std::optional<int64_t>& value) {
  return value ? static_cast<double>(*value) : nan;
}

void collect_broker(metrics::Samples& to, const metrics::Samples::Labels& labels,
                    const BrokerStatistics& broker) {
  const auto add = [&](std::string_view name, double value) { to.add("", name, labels, value); };
  const auto count = [&](std::string_view name, int64_t value) {
    add(name, static_cast<double>(value));
  };
  add("rdkafka_broker_up", broker.up ? 1 : 0);
  add("rdkafka_broker_rtt_avg_seconds", seconds(broker.rtt_avg));
  add("rdkafka_broker_rtt_p99_seconds", seconds(broker.rtt_p99));
  count("rdkafka_broker_tx_bytes_total", broker.tx_bytes);
  count("rdkafka_broker_rx_bytes_total", broker.rx_bytes);
  count("rdkafka_broker_tx_errors_total", broker.tx_errors);
  count("rdkafka_broker_rx_errors_total", broker.rx_errors);
  count("rdkafka_broker_tx_retries_total", broker.tx_retries);
  count("rdkafka_broker_request_timeouts_total", broker.request_timeouts);
  count("rdkafka_broker_connects_total", broker.connects);
  count("rdkafka_broker_disconnects_total", broker.disconnects);
  count("rdkafka_broker_queued_requests", broker.queued_requests);
  count("rdkafka_broker_requests_in_flight", broker.requests_in_flight);
}

}  // namespace

std::optional<int64_t> ClientStatistics::lag_max() const {
  std::optional<int64_t> result;
  for (const PartitionStatistics& partition : partitions) {
    result = std::max(result, partition.lag);  // nothing is less than anything
  }
  return result;
}

ClientStatistics parse_statistics(std::string_view json, bool read_committed) {
  simdjson::dom::parser parser;
  element document;
  if (parser.parse(json).get(document) != simdjson::SUCCESS || !document.is_object()) {
    throw base::Error(base::Reaction::fail_task, "librdkafka's statistics are no JSON object: {}",
                      json.substr(0, 100));
  }
  ClientStatistics result;
  result.queued_messages = integer(document, "msg_cnt");
  result.queued_bytes = integer(document, "msg_size");
  bool by_id = false;
  each_member(document, "brokers", [&](std::string_view name, const element& broker) {
    // Those of bootstrap.servers count until the cluster has told its brokers.
    const bool has_id = integer(broker, "nodeid") >= 0;
    if (has_id && !std::exchange(by_id, true)) result.brokers.clear();
    // The group's coordinator stands there twice.
    if (has_id == by_id && name.find(':') != std::string_view::npos) {
      result.brokers.push_back(read_broker(name, broker));
    }
  });
  each_member(document, "topics", [&](std::string_view topic, const element& one) {
    each_member(one, "partitions", [&](std::string_view, const element& partition) {
      read_partition(topic, partition, read_committed, result.partitions);
    });
  });
  element group;
  if (document["cgrp"].get(group) == simdjson::SUCCESS) {
    result.rebalances = integer(group, "rebalance_cnt");
  }
  return result;
}

void ClientMetrics::update(ClientStatistics statistics) {
  latest_.with([&](ClientStatistics& latest) { latest = std::move(statistics); });
}

void ClientMetrics::collect(metrics::Samples& to) const {
  const ClientStatistics latest = latest_.copy();
  for (const BrokerStatistics& broker : latest.brokers) {
    const metrics::Samples::Labels labels{client_id_, broker.name};
    collect_broker(to, labels, broker);
    if (kind_ != ClientKind::producer) continue;
    to.add("", "rdkafka_producer_queue_latency_avg_seconds", labels,
           seconds(broker.queue_latency_avg));
    to.add("", "rdkafka_producer_queue_latency_p99_seconds", labels,
           seconds(broker.queue_latency_p99));
  }
  if (kind_ == ClientKind::consumer) {
    collect_consumer(to, latest);
    return;
  }
  to.add("", "rdkafka_producer_queue_messages", {client_id_},
         static_cast<double>(latest.queued_messages));
  to.add("", "rdkafka_producer_queue_bytes", {client_id_},
         static_cast<double>(latest.queued_bytes));
}

void ClientMetrics::collect_consumer(metrics::Samples& to,
                                     const ClientStatistics& statistics) const {
  constexpr std::string_view fetching = "consumer-fetch-manager-metrics";
  int64_t messages = 0;
  int64_t bytes = 0;
  for (const PartitionStatistics& one : statistics.partitions) {
    const metrics::Samples::Labels labels{client_id_, one.partition.topic,
                                          std::to_string(one.partition.partition)};
    to.add(fetching, "records-lag", labels, number(one.lag));
    to.add("", "kinetica_connect_consumer_committed_lag", labels, number(one.committed_lag));
    messages += one.fetched_messages;
    bytes += one.fetched_bytes;
  }
  to.add(fetching, "records-lag-max", {client_id_}, number(statistics.lag_max()));
  to.add("", "rdkafka_consumer_fetch_queue_messages", {client_id_}, static_cast<double>(messages));
  to.add("", "rdkafka_consumer_fetch_queue_bytes", {client_id_}, static_cast<double>(bytes));
  to.add("", "rdkafka_consumer_rebalances_total", {client_id_},
         static_cast<double>(statistics.rebalances));
}

}  // namespace kc::kafka
