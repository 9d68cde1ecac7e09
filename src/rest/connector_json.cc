#include "rest/connector_json.h"

#include <nlohmann/json.hpp>

#include "base/redaction.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;

namespace {

std::string_view type_text(connect::ConnectorType type) {
  return type == connect::ConnectorType::sink ? "sink" : "source";
}

Json task_id_json(const std::string& connector, size_t task) {
  return {{"connector", connector}, {"task", task}};
}

void add_state(Json& to, worker::State state, const std::string& trace, const std::string& version,
               const std::string& worker_id) {
  to["state"] = worker::state_name(state);
  to["worker_id"] = worker_id;
  to["version"] = version;
  if (!trace.empty()) to["trace"] = base::redacted(trace);
}

}  // namespace

Json config_json(const config::Properties& properties) {
  auto config = Json::object();
  for (const auto& [name, value] : properties.entries()) config[name] = value;
  return config;
}

Json info_json(const worker::ConnectorInfo& info) {
  auto tasks = Json::array();
  for (size_t i = 0; i < info.tasks.size(); ++i) tasks.push_back(task_id_json(info.name, i));
  return {{"name", info.name},
          {"config", config_json(info.properties)},
          {"tasks", std::move(tasks)},
          {"type", type_text(info.type)}};
}

Json tasks_json(const worker::ConnectorInfo& info) {
  auto result = Json::array();
  for (size_t i = 0; i < info.tasks.size(); ++i) {
    result.push_back({{"id", task_id_json(info.name, i)}, {"config", config_json(info.tasks[i])}});
  }
  return result;
}

Json task_status_json(const worker::ConnectorStatus& status, size_t task,
                      const std::string& worker_id) {
  const auto& one = status.tasks[task];
  Json json{{"id", one.id}};
  add_state(json, one.state, one.trace, status.version, worker_id);
  return json;
}

Json status_json(const worker::ConnectorStatus& status, const std::string& worker_id) {
  auto connector = Json::object();
  add_state(connector, status.state, status.trace, status.version, worker_id);
  auto tasks = Json::array();
  for (size_t i = 0; i < status.tasks.size(); ++i) {
    tasks.push_back(task_status_json(status, i, worker_id));
  }
  return {{"name", status.name},
          {"connector", std::move(connector)},
          {"tasks", std::move(tasks)},
          {"type", type_text(status.type)}};
}

}  // namespace kc::rest
