// The REST API of a worker: listeners, routing, errors.
#pragma once

#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"
#include "http/server.h"
#include "rest/cross_origin.h"
#include "rest/loggers_resource.h"
#include "rest/offsets_resource.h"
#include "rest/response_headers.h"
#include "rest/root_resource.h"
#include "rest/router.h"
#include "security/basic_auth.h"
#include "worker/herder.h"

namespace kc::rest {

struct Listener {
  std::string host;  // empty: all interfaces
  uint16_t port = 0;
  bool https = false;
  bool operator==(const Listener&) const = default;
};

// PROTOCOL://HOST:PORT as in `listeners`; an IPv6 host may stand in brackets. Throws
// Error(fix_config) for another form or a port out of range.
Listener parse_listener(std::string_view text);

// What the worker's properties say: `listeners`; else rest.host.name and rest.port, which stock
// Connect had until 2.8; else all interfaces, port 8083. Throws as parse_listener() does.
std::vector<Listener> listeners_of(const config::Properties& worker);

struct RestOptions {
  std::vector<Listener> listeners;  // at least one
  ServerInfo info;
  // rest.advertised.host.name and rest.advertised.port, for the worker's id. The first listener's
  // when not given; for all interfaces, the machine's address.
  std::string advertised_host;
  std::optional<uint16_t> advertised_port;
  // What GET /metrics answers with, in Prometheus' text format; nothing: 404. Called on a request's
  // thread.
  std::function<std::string()> metrics{};
  TopicTracking topic_tracking = {};
  // Of /admin alone. Nothing: it is served with the rest; empty: it is not served.
  std::optional<std::vector<Listener>> admin_listeners;
  // Of https listeners, and of those of /admin.
  http::ServerTlsOptions tls = {};
  http::ServerTlsOptions admin_tls = {};
  std::optional<security::BasicAuth> basic_auth = {};  // nothing: everybody is let in
  CrossOrigin cross_origin = {};
  ResponseHeaders response_headers = {};
};

// What the worker's properties say, `info` and `topic_tracking` apart. Throws Error(fix_config)
// naming the property.
RestOptions rest_options_of(const config::Properties& worker);

// Answers from construction to destruction, on threads of its own: the resources of this folder. A
// request that the herder refuses is answered with 400, 404 or 409, a failure with 500, all as
// {"error_code":...,"message":"..."}.
class RestServer {
 public:
  // Listens when it returns. `herder` outlives it. Throws Error(fix_config) when an address cannot
  // be had.
  RestServer(RestOptions options, worker::Herder& herder);
  ~RestServer();
  RestServer(const RestServer&) = delete;
  RestServer& operator=(const RestServer&) = delete;

  // http[s]://HOST:PORT of the first listener.
  const std::string& url() const;
  // host:port, as in status answers.
  const std::string& worker_id() const { return worker_id_; }

 private:
  void listen();
  void serve(const Listener& listener, const http::ServerTlsOptions& tls, const Router& router);
  void add_resources(worker::Herder& herder);
  http::ServerResponse answer(const http::ServerRequest& request, const Router& router);

  const RestOptions options_;
  std::string worker_id_;
  Loggers loggers_;
  Router router_;
  Router admin_router_;  // where /admin has listeners of its own
  std::latch ready_{1};  // all of this is complete
  std::vector<std::unique_ptr<http::Server>> servers_;
};

}  // namespace kc::rest
