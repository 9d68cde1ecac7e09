// The properties `bearer.auth.*` of Confluent's converters: a bearer token for the registry, given
// as it is or fetched from an OAuth provider.
#pragma once

#include "config/config_def.h"
#include "registry/registry_settings.h"

namespace kc::registry {

// Adds the properties that add_bearer_auth() reads, `sasl.jaas.config` apart.
void declare_bearer_auth_properties(config::ConfigDef& def);

// Sets what `bearer.auth.credentials.source` asks for; nothing where it is empty. `tls`: whom to
// trust, and what to show, at the provider of the source OAUTHBEARER. Throws Error(fix_config)
// naming the property that is missing or wrong; never shows a credential.
void add_bearer_auth(const config::Config& config, const http::TlsOptions& tls,
                     RegistrySettings& settings);

}  // namespace kc::registry
