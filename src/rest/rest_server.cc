#include "rest/rest_server.h"

#include <fmt/core.h>
#include <netdb.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <memory>
#include <regex>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config_def.h"
#include "rest/answer.h"
#include "rest/connectors_resource.h"
#include "rest/plugins_resource.h"
#include "rest/rest_security.h"
#include "worker/request_error.h"

namespace kc::rest {

using base::Error;
using base::Reaction;

namespace {

constexpr uint16_t default_port = 8083;

std::optional<uint16_t> port_of(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, port);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return port;
}

// As InetAddress.getLocalHost: the address of the machine's name; the loopback when it has none.
std::string machine_address() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "127.0.0.1";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.data(), nullptr, &hints, &found) != 0) return "127.0.0.1";
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::array<char, NI_MAXHOST> address{};
  const int failure = getnameinfo(found->ai_addr, found->ai_addrlen, address.data(), address.size(),
                                  nullptr, 0, NI_NUMERICHOST);
  return failure ? "127.0.0.1" : address.data();
}

bool is_wildcard(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

http::ServerResponse refusal_answer(const worker::RequestError& error) {
  switch (error.refusal()) {
    case worker::Refusal::bad_request:
      return error_answer(400, error.what());
    case worker::Refusal::not_found:
      return error_answer(404, error.what());
    case worker::Refusal::already_exists:
      break;
  }
  return error_answer(409, error.what());
}

// In Prometheus' text format, whatever the client accepts: it has no other.
http::ServerResponse metrics_answer(const std::function<std::string()>& metrics) {
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics(), {}};
}

}  // namespace

Listener parse_listener(std::string_view text) {
  static const std::regex form(R"(^(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+))");
  constexpr size_t listener_bytes_max = 1024;  // std::regex recurses
  const std::string listener(base::trim(text));
  std::smatch match;
  if (listener.size() > listener_bytes_max || !std::regex_match(listener, match, form)) {
    throw Error(Reaction::fix_config,
                "The listener {} doesn't have the right format (protocol://hostname:port). Write "
                "http://:{} for all interfaces",
                listener, default_port);
  }
  const auto protocol = match[1].str();
  const bool https = strcasecmp(protocol.c_str(), "https") == 0;
  if (!https && strcasecmp(protocol.c_str(), "http") != 0) {
    throw Error(Reaction::fix_config,
                "The listener {} has the protocol {}; it must be http or https", listener,
                protocol);
  }
  const auto port = port_of(match[3].str());
  if (!port) {
    throw Error(Reaction::fix_config,
                "The listener {} has the port {}; it must be between 0 (any free one) and 65535",
                listener, match[3].str());
  }
  return {match[2].str(), *port, https};
}

std::vector<Listener> listeners_of(const config::Properties& worker) {
  std::vector<Listener> listeners;
  const auto* text = worker.find("listeners");
  if (text && !base::trim(*text).empty()) {
    for (const auto listener : base::split(*text, ','))
      listeners.push_back(parse_listener(listener));
    return listeners;
  }
  const std::string port(base::trim(worker.get("rest.port", fmt::format("{}", default_port))));
  return {
      parse_listener(fmt::format("http://{}:{}", base::trim(worker.get("rest.host.name")), port))};
}

RestOptions rest_options_of(const config::Properties& worker) {
  RestOptions options;
  options.listeners = listeners_of(worker);
  if (const auto* text = worker.find("admin.listeners")) {
    options.admin_listeners.emplace();
    for (const std::string& listener : config::split_list(*text)) {
      options.admin_listeners->push_back(parse_listener(listener));
    }
  }
  const auto any_https = [](const std::vector<Listener>& listeners) {
    return std::ranges::any_of(listeners, &Listener::https);
  };
  if (any_https(options.listeners)) options.tls = listener_tls(worker, "listeners.https.");
  if (options.admin_listeners && any_https(*options.admin_listeners)) {
    options.admin_tls = listener_tls(worker, "admin.listeners.https.");
  }
  options.basic_auth = basic_auth_of(worker);
  options.cross_origin.origins = config::split_list(worker.get("access.control.allow.origin"));
  const auto methods = config::split_list(worker.get("access.control.allow.methods"));
  if (!methods.empty()) options.cross_origin.methods = methods;
  options.response_headers = ResponseHeaders(worker.get("response.http.headers.config"));
  return options;
}

RestServer::RestServer(RestOptions options, worker::Herder& herder) : options_(std::move(options)) {
  assert(!options_.listeners.empty());
  try {
    listen();
    add_resources(herder);
  } catch (...) {
    ready_.count_down();  // requests may be waiting, and the servers wait for them
    throw;
  }
  ready_.count_down();
  base::log_info("REST resources initialized; server is started and ready to handle requests at {}",
                 url());
}

RestServer::~RestServer() = default;

const std::string& RestServer::url() const { return servers_.front()->url(); }

void RestServer::listen() {
  for (const auto& listener : options_.listeners) serve(listener, options_.tls, router_);
  if (options_.admin_listeners) {
    for (const auto& listener : *options_.admin_listeners) {
      serve(listener, options_.admin_tls, admin_router_);
    }
  }
  const auto& first = options_.listeners.front();
  auto host = options_.advertised_host;
  if (host.empty()) host = is_wildcard(first.host) ? machine_address() : first.host;
  worker_id_ =
      fmt::format("{}:{}", host, options_.advertised_port.value_or(servers_.front()->port()));
}

void RestServer::serve(const Listener& listener, const http::ServerTlsOptions& tls,
                       const Router& router) {
  http::ServerOptions options;
  options.host = listener.host;
  options.port = listener.port;
  options.body_bytes_max = size_t{8} << 20;
  if (listener.https) options.tls = tls;
  servers_.push_back(
      std::make_unique<http::Server>(options, [this, &router](const http::ServerRequest& request) {
        auto answer = this->answer(request, router);
        options_.cross_origin.add_headers(request, answer);
        options_.response_headers.add_to(answer, std::chrono::system_clock::now());
        return answer;
      }));
}

void RestServer::add_resources(worker::Herder& herder) {
  add_root_resource(router_, options_.info, herder);
  if (options_.metrics) {
    router_.add_text("/metrics", [this](const Call&) { return metrics_answer(options_.metrics); });
  }
  add_connectors_resource(router_, herder, worker_id_);
  add_plugins_resource(router_, herder);
  add_offsets_resource(router_, herder, options_.topic_tracking);
  add_loggers_resource(options_.admin_listeners ? admin_router_ : router_, loggers_);
}

http::ServerResponse RestServer::answer(const http::ServerRequest& request, const Router& router) {
  ready_.wait();
  http::ServerResponse preflight;
  if (options_.cross_origin.answers(request, preflight)) return preflight;
  if (auto refusal = refuse(options_.basic_auth, request)) return std::move(*refusal);
  try {
    return router.answer(request);
  } catch (const worker::RequestError& error) {
    return refusal_answer(error);
  } catch (const StatusError& error) {
    return error_answer(error.status(), error.what());
  } catch (const std::exception& error) {
    base::log_error("Uncaught exception in REST call to {}: {}", request.path, error.what());
    return error_answer(500, error.what());
  }
}

}  // namespace kc::rest
