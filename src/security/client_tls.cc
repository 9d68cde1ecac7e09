#include "security/client_tls.h"

namespace kc::security {

http::TlsOptions client_tls(const TlsMaterial& material) {
  http::TlsOptions tls;
  tls.trusted = material.trusted;
  if (material.identity) {
    tls.chain = material.identity->chain;
    tls.key = material.identity->key.reveal();
  }
  tls.verify_host = material.verify_host;
  return tls;
}

}  // namespace kc::security
