#include "oauth/login_module_tls.h"

#include "base/error.h"
#include "security/client_tls.h"
#include "security/tls_properties.h"

namespace kc::oauth {

http::TlsOptions login_module_tls(const security::LoginModule& module) {
  config::Properties options;
  for (const auto& [name, value] : module.options) {
    if (name.starts_with("ssl.")) options.set(name, value.reveal());
  }
  try {
    return security::client_tls(security::read_tls(options));
  } catch (const base::Error& error) {
    throw base::Error(error.reaction(), "sasl.jaas.config: {}", error.what());
  }
}

}  // namespace kc::oauth
