// The one table of what GET /metrics shows. docs/reference/metrics.md is generated from it; a value
// that is not declared here cannot be shown.
//
// Metrics of Kafka Connect and its clients are declared by group and name as JMX has them
// (ConnectMetricsRegistry); exposure.h has the names that they are shown by. Metrics of our own
// have no group.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kc::metrics {

enum class Kind : uint8_t {
  counter,    // only grows, until what it belongs to is made anew
  gauge,      // a value of now, or of the last windows
  histogram,  // NAME_bucket, NAME_sum and NAME_count
  text,       // a text: the value is 1, the text is a label
};

// "counter"
std::string_view kind_name(Kind kind);

struct Declaration {
  std::string_view group;  // "sink-task-metrics"; empty: ours
  std::string_view name;   // "sink-record-send-total"; ours: as it is shown
  Kind kind;
  std::string_view labels;  // their names as JMX has them, separated by commas, in the order shown
  std::string_view unit;    // "records", "ms" ...; empty: none
  std::string_view help;
};

// In the order of the exposition.
std::span<const Declaration> metric_table();
// nullptr for what is not declared.
const Declaration* find_metric(std::string_view group, std::string_view name);

}  // namespace kc::metrics
