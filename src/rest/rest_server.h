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
#include "rest/connector_queries.h"
#include "rest/root_resource.h"

namespace kc::rest {

struct Listener {
  std::string host;  // empty: all interfaces
  uint16_t port = 0;
  bool operator==(const Listener&) const = default;
};

// PROTOCOL://HOST:PORT as in `listeners`; an IPv6 host may stand in brackets. Throws
// Error(fix_config) for another form, a port out of range, and https, which is not supported.
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
};

// Answers from construction to destruction, on threads of its own. Paths take a trailing slash and
// encoded names. An unknown path is answered with 404, another method with 405, a body that is not
// JSON with 415, a client that wants no JSON with 406, a failure with 500, all as
// {"error_code":...,"message":"..."}.
class RestServer {
 public:
  // Listens when it returns. `queries` outlives it. Throws Error(fix_config) when an address cannot
  // be had.
  RestServer(RestOptions options, ConnectorQueries& queries);
  ~RestServer();
  RestServer(const RestServer&) = delete;
  RestServer& operator=(const RestServer&) = delete;

  // http://HOST:PORT of the first listener.
  const std::string& url() const;
  // host:port, as in status answers.
  const std::string& worker_id() const { return worker_id_; }

 private:
  void listen();
  http::ServerResponse answer(const http::ServerRequest& request);
  http::ServerResponse dispatch(const http::ServerRequest& request);

  const RestOptions options_;
  ConnectorQueries& queries_;
  std::string worker_id_;
  std::latch ready_{1};  // worker_id_ is known
  std::vector<std::unique_ptr<http::Server>> servers_;
};

}  // namespace kc::rest
