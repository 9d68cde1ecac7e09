// Connectors and tasks as answers show them (ConnectorInfo, ConnectorStateInfo, TaskInfo of stock
// Connect).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "worker/status.h"

namespace kc::rest {

nlohmann::ordered_json config_json(const config::Properties& properties);
// {"name","config","tasks":[{"connector","task"}],"type"}
nlohmann::ordered_json info_json(const worker::ConnectorInfo& info);
// [{"id":{"connector","task"},"config":{...}}]
nlohmann::ordered_json tasks_json(const worker::ConnectorInfo& info);
// {"name","connector":{"state","worker_id","version"[,"trace"]},"tasks":[...],"type"}
nlohmann::ordered_json status_json(const worker::ConnectorStatus& status,
                                   const std::string& worker_id);
// {"id","state","worker_id","version"[,"trace"]}
nlohmann::ordered_json task_status_json(const worker::ConnectorStatus& status, size_t task,
                                        const std::string& worker_id);

}  // namespace kc::rest
