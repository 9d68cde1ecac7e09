// How a Schema Registry is reached: the properties that Confluent's converters, all three, read.
//
// A property that stands with and without `schema.registry.` before it in Confluent's documents is
// taken both ways; so a converter's settings may say `schema.registry.ssl.truststore.location` or
// `ssl.truststore.location`.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/config_def.h"
#include "config/secret.h"
#include "http/client.h"
#include "oauth/token_endpoint.h"

namespace kc::registry {

// One of several equal servers.
struct Endpoint {
  std::string url;  // without user information and without a slash at the end
  http::ClientOptions http;
};

struct RegistrySettings {
  // Asked in this order, beginning with the one that answered last. At least one.
  std::vector<Endpoint> endpoints;
  // Where the bearer token for all of them comes from; nothing: it stands in their options, or they
  // get none.
  std::optional<oauth::TokenRequest> token;
  // How long before it expires it is renewed.
  std::chrono::seconds token_renewed_before{300};
  // The most schemas that are kept by id.
  size_t schemas_max = 1000;
  // How long the answer that an id does not exist is believed.
  std::chrono::milliseconds missing_kept{5000};
  bool normalize = false;
};

// Adds the properties that registry_settings() reads.
void declare_registry_properties(config::ConfigDef& def);

// Throws Error(fix_config) naming the property that cannot be used; never shows a credential.
RegistrySettings registry_settings(const config::Config& config);

}  // namespace kc::registry
