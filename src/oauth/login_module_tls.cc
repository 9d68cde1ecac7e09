#include "oauth/login_module_tls.h"

#include "base/error.h"
#include "security/tls_properties.h"

namespace kc::oauth {

http::TlsOptions login_module_tls(const security::LoginModule& module) {
  config::Properties options;
  for (const auto& [name, value] : module.options) {
    if (name.starts_with("ssl.")) options.set(name, value.reveal());
  }
  try {
    const security::TlsMaterial material = security::read_tls(options);
    http::TlsOptions tls;
    tls.trusted = material.trusted;
    if (material.identity) {
      tls.chain = material.identity->chain;
      tls.key = material.identity->key.reveal();
    }
    tls.verify_host = material.verify_host;
    return tls;
  } catch (const base::Error& error) {
    throw base::Error(error.reaction(), "sasl.jaas.config: {}", error.what());
  }
}

}  // namespace kc::oauth
