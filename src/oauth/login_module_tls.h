// Whom a token endpoint's client trusts.
#pragma once

#include "http/client.h"
#include "security/jaas.h"

namespace kc::oauth {

// As Kafka's OAuthBearerLoginModule: `ssl.truststore.location` and the other `ssl.*` among its
// options say it, not those of the Kafka client; without them the system's authorities. Throws
// Error(fix_config) naming the option and the file.
http::TlsOptions login_module_tls(const security::LoginModule& module);

}  // namespace kc::oauth
