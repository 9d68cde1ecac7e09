#include "kafka/mock_cluster.h"

#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "kafka/client.h"
#include "kafka/handles.h"

namespace kc::kafka {

using base::Error;
using base::Reaction;

struct MockCluster::Impl {
  ClientHandle client;  // The cluster's threads and log hang on a client of its own.
  MockHandle cluster;
  std::string bootstrap_servers;
};

MockCluster::MockCluster(int brokers) : impl_(std::make_unique<Impl>()) {
  ConfHandle conf = make_conf({{"client.id", "embedded-kafka"}});
  rd_kafka_conf_set_log_cb(conf.get(),
                           [](const rd_kafka_t*, int, const char* facility, const char* text) {
                             base::log_debug("embedded Kafka: {}: {}", facility, text);
                           });
  char reason[512];
  impl_->client.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason, sizeof reason));
  if (impl_->client == nullptr) {
    throw Error(Reaction::fail_task, "The embedded Kafka cannot start: {}", reason);
  }
  conf.release();  // The client's now.
  impl_->cluster.reset(rd_kafka_mock_cluster_new(impl_->client.get(), brokers));
  if (impl_->cluster == nullptr) {
    throw Error(Reaction::fail_task,
                "The embedded Kafka cannot start: {} brokers cannot listen on 127.0.0.1", brokers);
  }
#if RD_KAFKA_VERSION >= 0x02080000
  rd_kafka_mock_group_initial_rebalance_delay_ms(impl_->cluster.get(), 0);
#endif
  impl_->bootstrap_servers = rd_kafka_mock_cluster_bootstraps(impl_->cluster.get());
}

MockCluster::~MockCluster() = default;

const std::string& MockCluster::bootstrap_servers() const { return impl_->bootstrap_servers; }

void MockCluster::create_topic(const std::string& name, int32_t partitions) {
  const auto code = rd_kafka_mock_topic_create(impl_->cluster.get(), name.c_str(), partitions, 1);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::fix_config, "The embedded Kafka cannot create topic {}: {}", name,
                describe(code));
  }
}

void MockCluster::set_topic_error(const std::string& name, int16_t error_code) {
  rd_kafka_mock_topic_set_error(impl_->cluster.get(), name.c_str(),
                                static_cast<rd_kafka_resp_err_t>(error_code));
}

void MockCluster::fail_requests(int16_t api_key, int16_t error_code, size_t count) {
  const std::vector<rd_kafka_resp_err_t> errors(count,
                                                static_cast<rd_kafka_resp_err_t>(error_code));
  rd_kafka_mock_push_request_errors_array(impl_->cluster.get(), api_key, errors.size(),
                                          errors.data());
}

void MockCluster::set_broker_down(int32_t broker_id, bool down) {
  if (down) {
    rd_kafka_mock_broker_set_down(impl_->cluster.get(), broker_id);
  } else {
    rd_kafka_mock_broker_set_up(impl_->cluster.get(), broker_id);
  }
}

void MockCluster::set_round_trip_time(int32_t broker_id, std::chrono::milliseconds time) {
  rd_kafka_mock_broker_set_rtt(impl_->cluster.get(), broker_id, to_timeout(time));
}

}  // namespace kc::kafka
