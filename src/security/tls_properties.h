// The `ssl.*` properties of a client or listener, by Kafka's names, whatever prefix they stand
// under: the Kafka clients', the Schema Registry's, the database's, the REST API's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config_def.h"
#include "config/properties.h"
#include "security/key_store.h"

namespace kc::security {

struct TlsMaterial {
  std::string trusted;               // PEM; empty: no trust store is given, the system's is meant
  std::optional<Identity> identity;  // nothing: no key store is given
  bool verify_host = true;           // ssl.endpoint.identification.algorithm
};

// Reads what ssl.truststore.{location,password,type,certificates},
// ssl.keystore.{location,password,type,certificate.chain,key}, ssl.key.password and
// ssl.endpoint.identification.algorithm say. `prefix`: what stands before "ssl.", with its dot.
// Throws Error(fix_config) naming the property (with `prefix`) and the file.
TlsMaterial read_tls(const config::Properties& properties, std::string_view prefix = {});

// Declarations of those properties. `alias_prefix`: other names for them, "" for none before
// "ssl."; nothing: they have one name each.
std::vector<config::Property> tls_properties(std::string_view prefix,
                                             std::optional<std::string_view> alias_prefix = {});
// The same as the first, of a configuration with those declarations.
TlsMaterial read_tls(const config::Config& config, std::string_view prefix);
// What read_tls() would throw: a fault for the trust store, one for the key store.
std::vector<config::Fault> find_tls_faults(const config::Config& config, std::string_view prefix);

}  // namespace kc::security
