// What the worker knows about its connectors and tasks, as plain values for REST and logs.
// (Connect's AbstractStatus, ConnectorStateInfo, ConnectorInfo.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"
#include "connect/connector.h"

namespace kc::worker {

enum class State : uint8_t { unassigned, running, paused, failed, stopped };

// "RUNNING", as in a status answer.
std::string_view state_name(State state);
// "running", as in metrics.
std::string lower_state_name(State state);

struct TaskStatus {
  int id = 0;
  // unassigned: not started yet, perhaps because something it needs is away; `trace` then says
  // what.
  State state = State::unassigned;
  // Empty, or the reason of a failure, or what a running task is waiting for:
  // "org.apache.kafka.connect.errors.DataException: text".
  std::string trace;
};

struct ConnectorStatus {
  std::string name;
  connect::ConnectorType type = connect::ConnectorType::sink;
  State state = State::unassigned;
  std::string trace;
  std::vector<TaskStatus> tasks;  // by id
};

struct ConnectorInfo {
  std::string name;
  connect::ConnectorType type = connect::ConnectorType::sink;
  // As given, in the order of the file, with the values of passwords replaced by [hidden].
  config::Properties properties;
  // The same for each task's configuration.
  std::vector<config::Properties> tasks;
};

}  // namespace kc::worker
