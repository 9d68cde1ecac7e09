// Everything that is wrong with a connector's properties, at once; and which values are secrets.
#pragma once

#include <string>
#include <vector>

#include "config/config_def.h"
#include "worker/plugins.h"
#include "worker/worker_config.h"

namespace kc::worker {

struct ConnectorFindings {
  std::vector<config::Fault> faults;
  // Properties that have no effect, as sentences.
  std::vector<std::string> warnings;
};

// `properties` as given: references are resolved here, and no finding shows their values.
ConnectorFindings validate_connector(const WorkerConfig& worker, const Plugins& plugins,
                                     const config::Properties& properties);

// The same properties with the values of secrets replaced by [hidden]: those declared as passwords,
// and those that a client's password, key or JAAS string would have by its name.
config::Properties hide_secrets(const config::Properties& properties,
                                const connect::ConnectorPlugin& plugin);

}  // namespace kc::worker
