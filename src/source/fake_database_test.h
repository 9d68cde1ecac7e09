// For tests only: as much of a Kinetica database as the source connector talks to, with the faults
// that it has to survive. HTTP and ZeroMQ over real sockets; any thread may call it.
#pragma once

#include <zmq.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "http/server.h"
#include "wire/envelope.h"
#include "wire/messages.h"
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
    const std::lock_guard lock(socket_mutex_);
    const int seconds_max = 20;
    const int timeout = seconds_max * 1000;
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &timeout, sizeof timeout);
    while (subscriptions_.size() < count) {
      char frame[256];
      const int size = zmq_recv(socket_, frame, sizeof frame, 0);
      if (size < 1) throw std::runtime_error("the subscriptions did not come");
      const std::string topic(frame + 1, static_cast<size_t>(size) - 1);
      if (frame[0] == 1) subscriptions_.insert(topic);
      if (frame[0] == 0) subscriptions_.erase(topic);
    }
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
  void bind() {
    socket_ = zmq_socket(context_, ZMQ_XPUB);
    const int zero = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &zero, sizeof zero);
    zmq_setsockopt(socket_, ZMQ_SNDHWM, &zero, sizeof zero);
    if (zmq_bind(socket_, "tcp://127.0.0.1:*") != 0) throw std::runtime_error(zmq_strerror(errno));
    char endpoint[64];
    size_t size = sizeof endpoint;
    zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, endpoint, &size);
    const std::string text(endpoint);
    monitor_port_ = text.substr(text.rfind(':') + 1);
  }

  static http::ServerResponse reply(int status, std::string body) {
    return {.status = status,
            .content_type = "application/octet-stream",
            .body = std::move(body),
            .headers = {}};
  }

  http::ServerResponse answer(const http::ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    ++calls_[request.path];
    if (const int status = refused_[request.path]; status != 0) {
      return reply(status, wire::error_body("not now"));
    }
    if (request.path == "/show/system/properties") {
      wire::ShowSystemPropertiesResponse response;
      response.property_map = {{"version.gpudb_core_version", "7.2.0.0.20250101000000"}};
      if (!monitor_port_.empty()) response.property_map["conf.set_monitor_port"] = monitor_port_;
      return reply(200, wire::encode_ok(response));
    }
    if (request.path == "/show/table") return show_table(request.body);
    if (request.path == "/has/table") {
      const auto name = wire::decode<wire::HasTableRequest>(request.body).table_name;
      return reply(200, wire::encode_ok(wire::HasTableResponse{
                            .table_name = name, .table_exists = tables_.contains(name)}));
    }
    if (request.path == "/create/tablemonitor") return create_monitor(request.body);
    if (request.path == "/clear/tablemonitor") {
      const auto topic = wire::decode<wire::ClearTableMonitorRequest>(request.body).topic_id;
      if (monitors_.erase(topic) == 0) return reply(400, wire::error_body("no such monitor"));
      return reply(200, wire::encode_ok(wire::ClearTableMonitorResponse{.topic_id = topic}));
    }
    return reply(404, "");
  }

  // Knows nothing of no_error_if_not_exists, as an old database.
  http::ServerResponse show_table(std::string_view body) {
    const auto name = wire::decode<wire::ShowTableRequest>(body).table_name;
    wire::ShowTableResponse response;
    response.table_name = name;
    response.table_names = {name};
    response.type_ids = {"1"};
    response.additional_info = {{}};
    if (collections_.contains(name)) {
      response.table_descriptions = {{"COLLECTION"}};
      response.type_schemas = {""};
      response.properties = {{}};
    } else if (const auto table = tables_.find(name); table != tables_.end()) {
      response.table_descriptions = {{}};
      response.type_schemas = {table->second.definition()};
      response.properties = {table->second.properties()};
    } else {
      return reply(400, wire::error_body("no such table"));
    }
    return reply(200, wire::encode_ok(response));
  }

  http::ServerResponse create_monitor(std::string_view body) {
    const auto name = wire::decode<wire::CreateTableMonitorRequest>(body).table_name;
    const auto table = tables_.find(name);
    if (table == tables_.end()) return reply(400, wire::error_body("no such table"));
    const std::string topic = "monitor-" + std::to_string(++last_monitor_) + "-of-" + name;
    monitors_[topic] = name;
    return reply(200, wire::encode_ok(wire::CreateTableMonitorResponse{
                          .topic_id = topic,
                          .table_name = name,
                          .type_schema = table->second.definition()}));
  }

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
