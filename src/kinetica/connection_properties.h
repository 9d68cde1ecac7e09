// The properties of a connection that both connectors have besides the Java connector's own:
// tokens, rings of clusters, TLS. Declared once, here.
#pragma once

#include <vector>

#include "config/config_def.h"
#include "kinetica/client_settings.h"

namespace kc::kinetica {

// In the order of the reference page, beginning with that `order`.
std::vector<config::Property> connection_properties(int order);

// What is wrong with the files that they name.
std::vector<config::Fault> find_connection_faults(const config::Config& config);

// Takes them over into `settings`; what else is in there stays. Reads the trust store and the key
// store; throws Error(fix_config) where that fails.
void read_connection_properties(const config::Config& config, ClientSettings& settings);

}  // namespace kc::kinetica
