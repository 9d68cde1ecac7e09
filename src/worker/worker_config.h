// The worker's own properties (WorkerConfig, StandaloneConfig), the properties that every connector
// has (ConnectorConfig, SinkConnectorConfig, SourceConnectorConfig), and what follows from both for
// the Kafka clients of a task.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config_def.h"
#include "config/config_providers.h"
#include "config/properties.h"
#include "connect/connector.h"
#include "worker/task_restarts.h"
#include "worker/worker_metrics.h"

namespace kc::worker {

const config::ConfigDef& standalone_config_def();
// `type` decides about topics and the like. (connector_properties.cc)
const config::ConfigDef& connector_config_def(connect::ConnectorType type);

// Which properties of its Kafka clients a connector may override.
enum class OverridePolicy { all, none, principal };

// Read once at start; immutable.
struct WorkerConfig {
  config::Properties properties;  // as given, references resolved: never to be shown
  config::ConfigProviders providers;
  std::string bootstrap_servers;
  std::string offset_file;
  // The worker's id in status answers, where it is not the listener's address.
  std::string advertised_host;
  std::optional<uint16_t> advertised_port;
  std::chrono::milliseconds offset_flush_interval{60000};
  std::chrono::milliseconds offset_flush_timeout{5000};
  std::chrono::milliseconds graceful_shutdown{5000};
  WorkerMetrics::Options metrics;
  RestartPolicy restarts;
  OverridePolicy override_policy = OverridePolicy::all;
  bool topic_creation = true;
  bool topic_tracking = true;
  bool topic_tracking_reset = true;

  // Appends what is wrong to `faults`, and what has no effect to `warnings`.
  static WorkerConfig parse(const config::Properties& properties,
                            std::vector<config::Fault>& faults, std::vector<std::string>& warnings);
};

// A converter's class and settings for one role ("key", "value" or "header"): the connector's own
// when it names the class itself, else the worker's; sub-keys are never mixed (Connect's rule).
// Headers have a default class.
struct ConverterChoice {
  std::string class_name;
  config::Properties settings;
  std::vector<std::string> notes;  // log lines on settings that come from elsewhere
};
ConverterChoice choose_converter(const WorkerConfig& worker, const config::Properties& connector,
                                 std::string_view role);

// The Java properties of a task's clients: Connect's defaults, then the worker's own security
// (shared_security.h), then its `consumer.` / `producer.` properties, then the connector's
// `consumer.override.` / `producer.override.` ones.
// The group of a sink's consumers is connect-NAME unless consumer.override.group.id says otherwise.
config::Properties sink_consumer_properties(const WorkerConfig& worker,
                                            const config::Properties& connector, int task);
// max.poll.records of those, or our own default. Throws Error(fix_config) for what is no number
// from 1.
size_t max_poll_records(const config::Properties& consumer);
config::Properties source_producer_properties(const WorkerConfig& worker,
                                              const config::Properties& connector, int task);
config::Properties dead_letter_producer_properties(const WorkerConfig& worker,
                                                   const config::Properties& connector, int task);
config::Properties admin_properties(const WorkerConfig& worker);
// The same with the connector's `admin.override.` ones.
config::Properties connector_admin_properties(const WorkerConfig& worker,
                                              const config::Properties& connector);

// Prefixes under which a connector or worker may have properties of its own making
// (consumer.override. ...).
const std::vector<std::string>& open_connector_prefixes();
const std::vector<std::string>& open_worker_prefixes();

}  // namespace kc::worker
