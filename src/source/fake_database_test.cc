#include "source/fake_database_test.h"

#include "wire/envelope.h"
#include "wire/messages.h"

namespace kc::source {

namespace {

http::ServerResponse reply(int status, std::string body) {
  return {.status = status,
          .content_type = "application/octet-stream",
          .body = std::move(body),
          .headers = {}};
}

}  // namespace

void FakeDatabase::bind() {
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

http::ServerResponse FakeDatabase::answer(const http::ServerRequest& request) {
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
  if (request.path == "/show/tablemonitors") {
    std::string data;
    std::vector<std::string> ids;
    for (const auto& [topic, table] : monitors_) ids.push_back(topic);
    wire::AvroWriter writer(data);
    wire::write(writer, ids);
    return reply(200, wire::ok_body("show_table_monitors_response", data));
  }
  if (request.path == "/clear/tablemonitor") return clear_monitor(request.body);
  return reply(404, "");
}

// Knows nothing of no_error_if_not_exists, as an old database.
http::ServerResponse FakeDatabase::show_table(std::string_view body) {
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

http::ServerResponse FakeDatabase::create_monitor(std::string_view body) {
  const auto name = wire::decode<wire::CreateTableMonitorRequest>(body).table_name;
  const auto table = tables_.find(name);
  if (table == tables_.end()) return reply(400, wire::error_body("no such table"));
  const std::string topic = "monitor-" + std::to_string(++last_monitor_) + "-of-" + name;
  monitors_[topic] = name;
  return reply(
      200, wire::encode_ok(wire::CreateTableMonitorResponse{
               .topic_id = topic, .table_name = name, .type_schema = table->second.definition()}));
}

http::ServerResponse FakeDatabase::clear_monitor(std::string_view body) {
  const auto topic = wire::decode<wire::ClearTableMonitorRequest>(body).topic_id;
  if (monitors_.erase(topic) == 0) return reply(400, wire::error_body("no such monitor"));
  return reply(200, wire::encode_ok(wire::ClearTableMonitorResponse{.topic_id = topic}));
}

}  // namespace kc::source
