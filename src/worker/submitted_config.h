// A connector's configuration as a request has it, on its way to become the connector's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/properties.h"
#include "worker/plugins.h"
#include "worker/worker_config.h"

namespace kc::worker {

struct SubmittedConfig {
  config::Properties properties;
  std::vector<std::string> nulls;  // names whose value was null, in their order
};

// Answers show [hidden] in place of secrets. Where it comes back for one, the value of `stored`,
// the connector's configuration of now, stands for it.
void restore_secrets(config::Properties& properties, const config::Properties& stored);

// `submitted` when nothing is wrong with it; its warnings are logged. Throws RequestError with all
// faults, as stock Connect words them.
config::Properties validated(const WorkerConfig& worker, const Plugins& plugins,
                             const SubmittedConfig& submitted);

// The plug-in that connector.class names. Throws RequestError when it is missing or unknown.
const connect::ConnectorPlugin& connector_plugin(const Plugins& plugins,
                                                 const config::Properties& properties);

// "{name=a, topics=t}", as Java prints a map, without secrets.
std::string map_text(const config::Properties& properties);

}  // namespace kc::worker
