// The names that metrics are shown by.
//
// Those of Kafka Connect and its clients appear under the names of both widespread exporters'
// rules, always, so that a dashboard made for either finds them without a setting:
//
//   jmx_exporter  examples/kafka-connect.yml of prometheus/jmx_exporter, and Strimzi's
//                 sink-task-metrics, sink-record-send-total
//                 -> kafka_connect_sink_task_sink_record_send_total
//   confluent     kafka_connect.yml of confluentinc/jmx-monitoring-stacks
//                 -> kafka_connect_sink_task_metrics_sink_record_send_total
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric_table.h"

namespace kc::metrics {

enum class Dialect : uint8_t { jmx_exporter, confluent, own };

// "jmx_exporter"
std::string_view dialect_name(Dialect dialect);

// A metric as it stands in the exposition.
struct Exposure {
  Dialect dialect;
  std::string name;
  // By the declaration's labels; for a text, one more for the text.
  std::vector<std::string> labels;
  // A label of the dialect's that is the same for every series, or two empty texts.
  std::string fixed_label{};
  std::string fixed_value{};
  // What values are multiplied by.
  double scale = 1;
};

// At least one.
std::vector<Exposure> exposures(const Declaration& declaration);

}  // namespace kc::metrics
