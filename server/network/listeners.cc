#include "server/network/listeners.h"

#include <fmt/core.h>

#include <limits>
#include <utility>

#include "base/error.h"
#include "wire/envelope.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// A fixed head port is followed by the workers' ports unless these are given.
uint16_t port_of(size_t rank, const ServerOptions& options) {
  if (rank == 0) return options.port;
  if (!options.rank_ports.empty()) return options.rank_ports.at(rank - 1);
  if (options.port == 0) return 0;
  const size_t port = options.port + rank;
  if (port > std::numeric_limits<uint16_t>::max()) {
    throw Error(Reaction::fix_config,
                "Rank {} would listen on port {}, which is none. Give the ranks' ports", rank,
                port);
  }
  return static_cast<uint16_t>(port);
}

// Clients read every answer as an envelope.
http::ServerResponse refuse(int status, const std::string& reason) {
  return {
      status, "application/octet-stream", wire::error_body(reason), {{"x-request-time-secs", "0"}}};
}

}  // namespace

Listeners::Listeners(const ServerOptions& options) : options_(options) {
  if (!options.rank_ports.empty() && options.rank_ports.size() != options.ranks) {
    throw Error(Reaction::fix_config, "{} ports are given for {} ranks; give one for each",
                options.rank_ports.size(), options.ranks);
  }
}

Listeners::~Listeners() { close_all(); }

void Listeners::open_all(Handler handler) {
  handler_ = std::move(handler);
  std::vector<Rank> opened;
  // Requests that come before all are open wait here for their addresses.
  const std::lock_guard lock(mutex_);
  for (size_t rank = 0; rank <= options_.ranks; ++rank) {
    auto http = listen(rank, port_of(rank, options_));
    const Listener listener{advertised_url(*http), true, true};
    const uint16_t port = http->port();
    opened.push_back({std::move(http), port, listener});
  }
  ranks_ = std::move(opened);
}

std::unique_ptr<http::Server> Listeners::listen(size_t rank, uint16_t port) {
  http::ServerOptions settings;
  settings.host = options_.host;
  settings.port = port;
  settings.threads = options_.threads;
  settings.tls = options_.tls;
  settings.refusal = refuse;
  return std::make_unique<http::Server>(
      std::move(settings),
      [this, rank](const http::ServerRequest& request) { return handler_(request, rank); });
}

std::string Listeners::advertised_url(const http::Server& http) const {
  if (options_.advertised_host.empty()) return http.url();
  const std::string scheme = http.url().substr(0, http.url().find("://"));
  const bool ipv6 = options_.advertised_host.find(':') != std::string::npos;
  const std::string host =
      ipv6 ? fmt::format("[{}]", options_.advertised_host) : options_.advertised_host;
  return fmt::format("{}://{}:{}", scheme, host, http.port());
}

void Listeners::close_all() {
  std::vector<std::unique_ptr<http::Server>> open;
  {
    const std::lock_guard lock(mutex_);
    for (Rank& rank : ranks_) open.push_back(std::move(rank.http));
  }
}

std::vector<Listeners::Listener> Listeners::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<Listener> listeners;
  for (const Rank& rank : ranks_) listeners.push_back(rank.listener);
  return listeners;
}

uint16_t Listeners::port(size_t rank) const {
  const std::lock_guard lock(mutex_);
  return ranks_.at(rank).port;
}

void Listeners::check_is_worker(size_t rank) const {
  if (rank >= 1 && rank <= options_.ranks) return;
  throw Error(Reaction::fail_task, "There is no worker rank {}; there are {}", rank,
              options_.ranks);
}

void Listeners::close(size_t rank, bool listed) {
  check_is_worker(rank);
  std::unique_ptr<http::Server> closing;  // its running requests may ask for all()
  const std::lock_guard lock(mutex_);
  closing = std::move(ranks_[rank].http);
  ranks_[rank].listener.open = false;
  ranks_[rank].listener.listed = listed;
}

void Listeners::reopen(size_t rank) {
  check_is_worker(rank);
  const std::lock_guard lock(mutex_);
  Rank& reopened = ranks_[rank];
  if (reopened.http == nullptr) reopened.http = listen(rank, reopened.port);
  reopened.listener.open = reopened.listener.listed = true;
}

}  // namespace kc::server
