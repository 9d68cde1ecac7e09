#include "rest/rest_security.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "base/error.h"
#include "config/config_def.h"
#include "security/jaas.h"
#include "security/tls_properties.h"

namespace kc::rest {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;

http::ClientCertificate client_certificate(const Properties& worker, const std::string& prefix) {
  const std::string name = prefix + "ssl.client.auth";
  std::string value = worker.get(name, "none");
  std::ranges::transform(value, value.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (value == "none") return http::ClientCertificate::none;
  if (value == "requested") return http::ClientCertificate::requested;
  if (value == "required") return http::ClientCertificate::required;
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: String must be one of: required, requested, "
              "none",
              value, name);
}

}  // namespace

http::ServerTlsOptions listener_tls(const Properties& worker, const std::string& own) {
  const std::string prefix = worker.with_prefix(own).entries().empty() ? "" : own;
  const auto material = security::read_tls(worker, prefix);
  if (!material.identity) {
    throw Error(Reaction::fix_config,
                "A listener is for https, but {0}ssl.keystore.location is not set. Hint: "
                "name the key store with the listener's certificate{1}",
                prefix,
                prefix.empty() ? ""
                               : "; as properties begin with " + own +
                                     ", those without that prefix do not count");
  }
  http::ServerTlsOptions tls;
  tls.chain = material.identity->chain;
  tls.key = material.identity->key.reveal();
  tls.client_certificate = client_certificate(worker, prefix);
  tls.client_ca = material.trusted;
  if (tls.client_certificate != http::ClientCertificate::none && tls.client_ca.empty()) {
    throw Error(Reaction::fix_config,
                "{0}ssl.client.auth asks for certificates, but {0}ssl.truststore.location is not "
                "set. Hint: name the store of the authorities that sign clients' certificates",
                prefix);
  }
  return tls;
}

std::optional<security::BasicAuth> basic_auth_of(const Properties& worker) {
  std::optional<security::BasicAuth> result;
  for (const std::string& name : config::split_list(worker.get("rest.extension.classes"))) {
    if (name != security::basic_auth_extension) {
      throw Error(Reaction::fix_config,
                  "rest.extension.classes = {}: Class {} could not be found. Known is: {}", name,
                  name, security::basic_auth_extension);
    }
    result = security::BasicAuth::from_jaas_file(security::jaas_file_of_environment());
  }
  return result;
}

std::optional<http::ServerResponse> refuse(const std::optional<security::BasicAuth>& basic_auth,
                                           const http::ServerRequest& request) {
  if (!basic_auth) return std::nullopt;
  const std::string* const authorization = request.header("Authorization");
  if (authorization != nullptr && basic_auth->allows(*authorization)) return std::nullopt;
  http::ServerResponse answer;
  answer.status = 401;
  answer.body = "User cannot access the resource.";
  return answer;
}

}  // namespace kc::rest
