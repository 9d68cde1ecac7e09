// What protects the REST API: TLS on its https listeners, and basic authentication.
#pragma once

#include <optional>
#include <string>

#include "config/properties.h"
#include "http/server.h"
#include "security/basic_auth.h"

namespace kc::rest {

// For https listeners, from the worker's PREFIXssl.*, or where nothing begins with `prefix`
// ("listeners.https.") from its ssl.*. Throws Error(fix_config) naming what is missing or wrong.
http::ServerTlsOptions listener_tls(const config::Properties& worker, const std::string& prefix);

// As rest.extension.classes says; nothing: everybody is let in. Throws as listener_tls().
std::optional<security::BasicAuth> basic_auth_of(const config::Properties& worker);

// 401 for a request without the credentials of a user; nothing for one that may go on.
std::optional<http::ServerResponse> refuse(const std::optional<security::BasicAuth>& basic_auth,
                                           const http::ServerRequest& request);

}  // namespace kc::rest
