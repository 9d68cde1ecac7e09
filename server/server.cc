#include "server/server.h"

#include <fmt/core.h>

#include <utility>

#include "server/database.h"
#include "server/network/dispatcher.h"

namespace kc::server {

struct Server::Impl {
  explicit Impl(const ServerOptions& options) : database(options), dispatcher(database) {
    database.listeners.open_all([this](const http::ServerRequest& request, size_t rank) {
      return dispatcher.answer(request, rank);
    });
  }
  ~Impl() {
    database.faults.stop();
    database.listeners.close_all();
  }

  Database database;
  Dispatcher dispatcher;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(options)) {}
Server::~Server() = default;

std::string Server::url() const { return rank_url(0); }
uint16_t Server::port() const { return impl_->database.listeners.port(0); }
std::string Server::rank_url(size_t rank) const {
  return impl_->database.listeners.all().at(rank).url;
}
uint16_t Server::monitor_port() const { return impl_->database.publisher.port(); }

std::string Server::monitor_endpoint() const {
  return fmt::format("tcp://{}:{}", impl_->database.options.host, monitor_port());
}

void Server::set_ha_ring(std::vector<std::string> head_urls) {
  impl_->database.ha_ring.with([&](auto& ring) { ring = std::move(head_urls); });
}

Faults& Server::faults() { return impl_->database.faults; }

size_t Server::subscribers(const std::string& table_name) const {
  const auto table = impl_->database.catalog.find_table(table_name);
  size_t subscribers = 0;
  for (const MonitorEntry& monitor : impl_->database.catalog.monitors()) {
    if (monitor.table == table) {
      subscribers += impl_->database.publisher.subscribers(monitor.topic_id);
    }
  }
  return subscribers;
}

size_t Server::rows(const std::string& table_name) const {
  const auto table = impl_->database.catalog.find_table(table_name);
  return table ? table->read().size() : 0;
}

}  // namespace kc::server
