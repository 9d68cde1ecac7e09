// What librdkafka tells of a client every few seconds (STATISTICS.md of librdkafka), as far as we
// show it: the brokers' connections, the queues, and how far the consumer is behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "connect/topic_partition.h"
#include "kafka/client_properties.h"
#include "metrics/registry.h"

namespace kc::kafka {

struct BrokerStatistics {
  std::string name;  // host:port/id
  bool up = false;
  int64_t tx_bytes = 0, rx_bytes = 0;
  int64_t tx_errors = 0, rx_errors = 0, tx_retries = 0, request_timeouts = 0;
  int64_t connects = 0, disconnects = 0;
  int64_t queued_requests = 0, requests_in_flight = 0;
  // Of the last interval, in microseconds; nothing when there was no request.
  std::optional<int64_t> rtt_avg, rtt_p99, queue_latency_avg, queue_latency_p99;
};

// A partition that the consumer is assigned.
struct PartitionStatistics {
  connect::TopicPartition partition;
  int64_t fetched_messages = 0, fetched_bytes = 0;  // not yet read
  // Messages that were not read, or not committed; nothing while that is not known.
  std::optional<int64_t> lag, committed_lag;
};

struct ClientStatistics {
  std::vector<BrokerStatistics> brokers;
  std::vector<PartitionStatistics> partitions;
  int64_t queued_messages = 0, queued_bytes = 0;  // of a producer
  int64_t rebalances = 0;

  // The largest; nothing while none is known.
  std::optional<int64_t> lag_max() const;
};

// Throws Error(fail_task) for what is no such JSON. `read_committed`: messages of transactions that
// have not ended are no lag.
ClientStatistics parse_statistics(std::string_view json, bool read_committed);

// The latest statistics of a client, in the registry. One thread updates.
class ClientMetrics : public metrics::Source {
 public:
  // `kind`: consumer or producer.
  ClientMetrics(metrics::Registry& registry, std::string client_id, ClientKind kind)
      : client_id_(std::move(client_id)), kind_(kind), registration_(registry, *this) {}

  void update(ClientStatistics statistics);

  void collect(metrics::Samples& to) const override;

 private:
  void collect_consumer(metrics::Samples& to, const ClientStatistics& statistics) const;

  const std::string client_id_;
  const ClientKind kind_;
  base::Guarded<ClientStatistics> latest_;
  const metrics::Registration registration_;
};

}  // namespace kc::kafka
