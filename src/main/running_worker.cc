#include "main/running_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.h"
#include "http/client.h"
#include "rest/rest_security.h"
#include "rest/rest_server.h"
#include "security/basic_auth.h"
#include "security/jaas.h"

namespace kc::main {
namespace {

using base::Error;
using config::Properties;
using Json = nlohmann::json;

constexpr std::chrono::seconds answer_timeout{3};

std::string url_of(const rest::Listener& listener, bool https) {
  std::string host = listener.host;
  if (host.empty() || host == "0.0.0.0") host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("{}://{}:{}", https ? "https" : "http", host, listener.port);
}

http::TlsOptions trusting(const http::ServerTlsOptions& server) {
  http::TlsOptions tls;
  tls.trusted = server.chain;
  // The certificate itself is known; what it is called from outside does not matter here.
  tls.verify_host = false;
  if (server.client_certificate != http::ClientCertificate::none) {
    tls.chain = server.chain;
    tls.key = server.key;
  }
  return tls;
}

http::ClientOptions with_deadlines() {
  http::ClientOptions options;
  options.connect_timeout = answer_timeout;
  options.timeout = answer_timeout;
  return options;
}

// What cannot be read here is left out: a worker that then refuses us is one that runs.
http::ClientOptions client_options(const Properties& worker, bool https) {
  http::ClientOptions options = with_deadlines();
  try {
    if (!worker.get("rest.extension.classes").empty()) {
      const Properties users =
          security::BasicAuth::read_credentials(security::jaas_file_of_environment());
      if (!users.entries().empty()) {
        std::tie(options.username, options.password) = *users.entries().begin();
      }
    }
    if (https) options.tls = trusting(rest::listener_tls(worker, "listeners.https."));
  } catch (const Error&) {
  }
  return options;
}

// Whether anybody takes a request there, whatever he makes of it.
bool listens(const rest::Listener& listener) {
  try {
    http::Client(with_deadlines()).get(url_of(listener, false));
    return true;
  } catch (const Error& error) {
    return error.in_doubt();
  }
}

// Whether somebody listens there who has the connector or does not say.
bool may_run(const rest::Listener& listener, const Properties& worker,
             const std::string& connector) {
  try {
    const auto answer = http::Client(client_options(worker, listener.https))
                            .get(url_of(listener, listener.https) + "/connectors");
    const Json names = Json::parse(answer.body, nullptr, false);
    return answer.status != 200 || !names.is_array() ||
           std::ranges::find(names, Json(connector)) != names.end();
  } catch (const Error&) {
    return listens(listener);
  }
}

}  // namespace

std::optional<std::string> find_running_worker(const Properties& worker,
                                               const std::string& connector) {
  for (const rest::Listener& listener : rest::listeners_of(worker)) {
    if (listener.port != 0 && may_run(listener, worker, connector)) {
      return url_of(listener, listener.https);
    }
  }
  return std::nullopt;
}

}  // namespace kc::main
