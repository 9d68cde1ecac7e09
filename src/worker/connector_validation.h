// Everything that is wrong with a connector's properties, at once; and which values are secrets.
#pragma once

#include <string>
#include <string_view>
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

// True for names that a client's password, key or JAAS string would have.
bool is_named_like_a_secret(std::string_view name);

// Stock Connect's words.
std::string unknown_connector_text(const Plugins& plugins, std::string_view class_name);
config::Fault class_not_found(const std::string& name, const std::string& class_name,
                              const std::string& known);
inline constexpr std::string_view null_value_text =
    "Null value can not be supplied as the configuration value.";

// The same properties with the values of secrets replaced by [hidden]: those declared as passwords,
// and those that is_named_like_a_secret().
config::Properties hide_secrets(const config::Properties& properties,
                                const connect::ConnectorPlugin& plugin);

}  // namespace kc::worker
