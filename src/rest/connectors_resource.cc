#include "rest/connectors_resource.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rest/answer.h"

namespace kc::rest {
namespace {

using Json = nlohmann::ordered_json;

std::string_view type_text(connect::ConnectorType type) {
  return type == connect::ConnectorType::sink ? "sink" : "source";
}

Json config_json(const config::Properties& properties) {
  auto config = Json::object();
  for (const auto& [name, value] : properties.entries()) config[name] = value;
  return config;
}

Json task_id_json(const std::string& connector, size_t task) {
  return {{"connector", connector}, {"task", task}};
}

Json info_json(const worker::ConnectorInfo& info) {
  auto tasks = Json::array();
  for (size_t i = 0; i < info.tasks.size(); ++i) tasks.push_back(task_id_json(info.name, i));
  return {{"name", info.name},
          {"config", config_json(info.properties)},
          {"tasks", std::move(tasks)},
          {"type", type_text(info.type)}};
}

void add_state(Json& to, worker::State state, const std::string& worker_id,
               const std::string& trace) {
  to["state"] = worker::state_name(state);
  to["worker_id"] = worker_id;
  if (!trace.empty()) to["trace"] = trace;
}

Json task_json(const worker::TaskStatus& task, const std::string& worker_id) {
  Json json{{"id", task.id}};
  add_state(json, task.state, worker_id, task.trace);
  return json;
}

Json status_json(const worker::ConnectorStatus& status, const std::string& worker_id) {
  auto connector = Json::object();
  add_state(connector, status.state, worker_id, status.trace);
  auto tasks = Json::array();
  for (const auto& task : status.tasks) tasks.push_back(task_json(task, worker_id));
  return {{"name", status.name},
          {"connector", std::move(connector)},
          {"tasks", std::move(tasks)},
          {"type", type_text(status.type)}};
}

http::ServerResponse list(ConnectorQueries& queries) {
  auto names = Json::array();
  for (const auto& name : queries.names()) names.push_back(name);
  return json_answer(names);
}

// KIP-465. A connector that goes meanwhile is left out; unknown expansions are ignored.
http::ServerResponse list_expanded(const http::ServerRequest& request, ConnectorQueries& queries,
                                   const std::string& worker_id) {
  const auto asked = [&](std::string_view expansion) {
    return std::any_of(request.query.begin(), request.query.end(), [&](const auto& parameter) {
      return parameter.first == "expand" && parameter.second == expansion;
    });
  };
  const bool with_info = asked("info");
  const bool with_status = asked("status");
  auto connectors = Json::object();
  for (const auto& name : queries.names()) {
    auto connector = Json::object();
    if (with_info) {
      const auto info = queries.info(name);
      if (!info) continue;
      connector["info"] = info_json(*info);
    }
    if (with_status) {
      const auto status = queries.status(name);
      if (!status) continue;
      connector["status"] = status_json(*status, worker_id);
    }
    connectors[name] = std::move(connector);
  }
  return json_answer(connectors);
}

http::ServerResponse tasks(const worker::ConnectorInfo& info) {
  auto result = Json::array();
  for (size_t i = 0; i < info.tasks.size(); ++i) {
    result.push_back({{"id", task_id_json(info.name, i)}, {"config", config_json(info.tasks[i])}});
  }
  return json_answer(result);
}

http::ServerResponse task_status(const std::string& connector, const std::string& task,
                                 ConnectorQueries& queries, const std::string& worker_id) {
  if (const auto status = queries.status(connector)) {
    for (const auto& candidate : status->tasks) {
      if (std::to_string(candidate.id) == task) return json_answer(task_json(candidate, worker_id));
    }
  }
  return error_answer(404, fmt::format("No status found for task {}-{}", connector, task));
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_connectors_path(std::span<const std::string> path) {
  if (path.size() <= 1) return true;
  if (path.size() == 2) return path[1] == "config" || path[1] == "status" || path[1] == "tasks";
  return path.size() == 4 && path[1] == "tasks" && is_number(path[2]) && path[3] == "status";
}

http::ServerResponse get_connectors(std::span<const std::string> path,
                                    const http::ServerRequest& request, ConnectorQueries& queries,
                                    const std::string& worker_id) {
  if (path.empty()) {
    const bool expanded =
        std::any_of(request.query.begin(), request.query.end(),
                    [](const auto& parameter) { return parameter.first == "expand"; });
    return expanded ? list_expanded(request, queries, worker_id) : list(queries);
  }
  const auto& name = path[0];
  if (path.size() == 4) return task_status(name, path[2], queries, worker_id);
  if (path.size() == 2 && path[1] == "status") {
    const auto status = queries.status(name);
    if (!status) return error_answer(404, "No status found for connector " + name);
    return json_answer(status_json(*status, worker_id));
  }
  const auto info = queries.info(name);
  if (!info) return error_answer(404, fmt::format("Connector {} not found", name));
  if (path.size() == 1) return json_answer(info_json(*info));
  return path[1] == "tasks" ? tasks(*info) : json_answer(config_json(info->properties));
}

}  // namespace kc::rest
