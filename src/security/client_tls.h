// What an HTTP client shows and whom it trusts, of `ssl.*` properties.
#pragma once

#include "http/client.h"
#include "security/tls_properties.h"

namespace kc::security {

http::TlsOptions client_tls(const TlsMaterial& material);

}  // namespace kc::security
