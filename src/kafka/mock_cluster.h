// librdkafka's mock cluster as an embedded Kafka: for the demo and for tests. It lives in this
// process and listens on 127.0.0.1 with a port that the kernel chooses. It keeps 5 MiB or 100,000
// batches a partition, has no admin API, TLS, SASL or compaction. An empty fetch is answered only
// after fetch.max.wait.ms: consumers of it set that to 10. Sessions shorter than 4 s never get an
// assignment. Its methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace kc::kafka {

class MockCluster {
 public:
  explicit MockCluster(int brokers = 1);
  ~MockCluster();
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  const std::string& bootstrap_servers() const;
  // Throws Error(fix_config) when it exists already.
  void create_topic(const std::string& name, int32_t partitions);
  // Metadata of `name` carries `error_code` from now on (3: unknown topic), 0: no more.
  void set_topic_error(const std::string& name, int16_t error_code);
  // The next `count` answers to `api_key` (0 Produce, 1 Fetch, 8 OffsetCommit ...) carry
  // `error_code` of the Kafka protocol.
  void fail_requests(int16_t api_key, int16_t error_code, size_t count);
  // Broker ids begin with 1.
  void set_broker_down(int32_t broker_id, bool down);
  void set_round_trip_time(int32_t broker_id, std::chrono::milliseconds time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kafka
