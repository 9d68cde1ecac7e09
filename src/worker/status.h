// What the worker knows about its connectors and tasks, as plain values for REST and logs.
// (Connect's AbstractStatus, ConnectorStateInfo, ConnectorInfo.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"
#include "connect/connector.h"

namespace kc::worker {

enum class State : uint8_t { unassigned, running, paused, failed, stopped, restarting };

// What a connector was told to be (KIP-980: also at its creation).
enum class TargetState : uint8_t { started, paused, stopped };

// "RUNNING", as in a status answer.
std::string_view state_name(State state);
// "running", as in metrics.
std::string lower_state_name(State state);
// Of RUNNING, PAUSED or STOPPED in any case, as requests and connector files have it; nothing for
// another text.
std::optional<TargetState> parse_initial_state(std::string_view text);

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
  std::string version;  // of the plug-in
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
