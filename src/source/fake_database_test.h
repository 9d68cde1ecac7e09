// For tests only: as much of a Kinetica database as the source connector talks to, with the faults
// that it has to survive. HTTP and ZeroMQ over real sockets; any thread may call it.
#pragma once

#include <zmq.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/server.h"
#include "wire/table_type.h"

namespace kc::source {

class FakeDatabase {
 public:
  FakeDatabase()
      : context_(zmq_ctx_new()),
        server_(std::make_unique<http::Server>(
            http::ServerOptions{},
            [this](const http::ServerRequest& request) { return answer(request); })) {
    bind();
  }
  ~FakeDatabase() {
    server_.reset();
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  FakeDatabase(const FakeDatabase&) = delete;
  FakeDatabase& operator=(const FakeDatabase&) = delete;

  const std::string& url() const { return server_->url(); }

  void create_table(const std::string& name, std::vector<wire::Column> columns) {
    const std::lock_guard lock(mutex_);
    tables_[name] = wire::TableType(std::move(columns));
  }
  // With its monitors.
  void drop_table(const std::string& name) {
    const std::lock_guard lock(mutex_);
    tables_.erase(name);
    std::erase_if(monitors_, [&](const auto& monitor) { return monitor.second == name; });
  }
  void create_collection(const std::string& name) {
    const std::lock_guard lock(mutex_);
    collections_.insert(name);
  }
  void set_monitor_port(std::string port) {
    const std::lock_guard lock(mutex_);
    monitor_port_ = std::move(port);
  }
  // Requests to `endpoint` are refused with this status until it is 0.
  void refuse(const std::string& endpoint, int status) {
    const std::lock_guard lock(mutex_);
    refused_[endpoint] = status;
  }
  size_t monitors() {
    const std::lock_guard lock(mutex_);
    return monitors_.size();
  }
  int calls(const std::string& endpoint) {
    const std::lock_guard lock(mutex_);
    return calls_[endpoint];
  }

  // Waits until subscriptions to `count` monitors are there.
  void wait_for_subscriptions(size_t count) {
    wait_until([&] { return subscriptions_.size() >= count; });
  }
  // Waits for the subscription to a topic whose id ends so.
  void wait_for_subscription(const std::string& end) {
    wait_until([&] {
      return std::any_of(subscriptions_.begin(), subscriptions_.end(),
                         [&](const std::string& topic) { return topic.ends_with(end); });
    });
  }

  // Publishes the rows as one message to each monitor of the table.
  void publish(const std::string& table, const std::vector<std::string>& rows) {
    const std::scoped_lock lock(mutex_, socket_mutex_);
    for (const auto& [topic, monitored] : monitors_) {
      if (monitored != table) continue;
      zmq_send(socket_, topic.data(), topic.size(), rows.empty() ? 0 : ZMQ_SNDMORE);
      for (size_t i = 0; i < rows.size(); ++i) {
        zmq_send(socket_, rows[i].data(), rows[i].size(), i + 1 < rows.size() ? ZMQ_SNDMORE : 0);
      }
    }
  }

  // As after a restart: connections are cut and the monitors forgotten.
  void restart() {
    const std::scoped_lock lock(mutex_, socket_mutex_);
    monitors_.clear();
    subscriptions_.clear();
    zmq_close(socket_);
    bind();
  }

 private:
  template <typename Condition>
  void wait_until(Condition&& condition) {
    const std::lock_guard lock(socket_mutex_);
    const int timeout = 20'000;  // milliseconds
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    while (!condition()) {
      char frame[256];
      const int size = zmq_recv(socket_, frame, sizeof frame, 0);
      if (size < 1) throw std::runtime_error("the subscriptions did not come");
      const std::string topic(frame + 1, static_cast<size_t>(size) - 1);
      if (frame[0] == 1) subscriptions_.insert(topic);
      if (frame[0] == 0) subscriptions_.erase(topic);
    }
  }

  void bind();
  http::ServerResponse answer(const http::ServerRequest& request);
  http::ServerResponse show_table(std::string_view body);
  http::ServerResponse create_monitor(std::string_view body);
  http::ServerResponse clear_monitor(std::string_view body);

  void* context_;
  std::mutex socket_mutex_;  // over the next two
  void* socket_ = nullptr;
  std::multiset<std::string> subscriptions_;

  std::mutex mutex_;  // over what follows
  std::string monitor_port_;
  std::map<std::string, wire::TableType> tables_;
  std::set<std::string> collections_;
  std::map<std::string, std::string> monitors_;  // topic id -> table
  std::map<std::string, int> refused_;
  std::map<std::string, int> calls_;
  int last_monitor_ = 0;
  std::unique_ptr<http::Server> server_;
};

}  // namespace kc::source
