#include "worker/worker_connector.h"

#include "base/error.h"
#include "base/log.h"
#include "worker/connector_validation.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using config::Properties;

WorkerConnector::WorkerConnector(const Surroundings& surroundings,
                                 const connect::ConnectorPlugin& plugin, Properties given,
                                 TargetState target, ConnectorTasks::Listener listener)
    : config_(surroundings.config),
      offsets_(surroundings.offsets),
      metrics_(surroundings.metrics),
      plugin_(plugin),
      name_(given.get("name")),
      given_(std::move(given)),
      target_(target),
      tasks_(config_, surroundings.plugins, plugin, offsets_, metrics_, surroundings.abandoned,
             std::move(listener)) {}

void WorkerConnector::start() {
  const base::LogContext context("[" + name_ + "|worker]");
  trace_.clear();
  const auto tell = [&](bool success) {
    metrics_.connector_changed(name_, state_);
    if (target_ == TargetState::started) metrics_.connector_startup(success);
  };
  try {
    reach_target();
    tell(true);
  } catch (const Error& error) {
    base::log_error("The connector has failed: {}", error.what());
    state_ = State::failed;
    trace_ = trace_of(error);
    tell(false);
    throw;
  }
}

void WorkerConnector::reach_target() {
  switch (target_) {
    case TargetState::started:
      state_ = State::running;
      resolved_ = config_.providers.resolve(given_);
      tasks_.update(resolved_.properties, make_task_configs(), false, config_.graceful_shutdown);
      base::log_info("Connector {} runs with {} task(s)", name_, tasks_.size());
      break;
    case TargetState::paused:
      // As in stock Connect, a change of the configuration reaches the tasks when they go on.
      state_ = State::paused;
      tasks_.set_paused(true);
      break;
    case TargetState::stopped:
      state_ = State::stopped;
      end();
      break;
  }
}

std::vector<Properties> WorkerConnector::make_task_configs() const {
  const Properties& properties = resolved_.properties;
  const auto parsed = connector_config_def(plugin_.type()).parse(properties);
  const int64_t tasks_max = parsed.integer("tasks.max");
  auto configs = plugin_.task_configs(properties, static_cast<int>(tasks_max));
  if (configs.size() <= static_cast<size_t>(tasks_max)) return configs;
  const std::string text = fmt::format(
      "The connector {} has generated {} tasks, which is greater than {}, the maximum number of "
      "tasks it is configured to create. ",
      name_, configs.size(), tasks_max);
  if (parsed.boolean("tasks.max.enforce")) {
    throw Error(Reaction::fail_task,
                "{}This behaviour should be considered a bug and is disallowed. If necessary, it "
                "can be permitted by reconfiguring the connector with 'tasks.max.enforce' set to "
                "false; however, this option will be removed in a future release of Kafka Connect.",
                text)
        .with_java_class("org.apache.kafka.connect.runtime.TooManyTasksException");
  }
  base::log_warn("{}tasks.max.enforce = false permits it", text);
  return configs;
}

void WorkerConnector::restart_tasks(const std::vector<int>& ids) {
  tasks_.restart(ids, is_paused(), config_.graceful_shutdown);
}

ConnectorInfo WorkerConnector::info() const {
  ConnectorInfo info{name_, plugin_.type(), hide_secrets(given_, plugin_), {}};
  for (size_t id = 0; id < tasks_.size(); ++id) {
    Properties shown = hide_secrets(resolved_.with_references(tasks_.properties(id)), plugin_);
    shown.set("task.class", std::string(plugin_.task_class_name()));
    info.tasks.push_back(std::move(shown));
  }
  return info;
}

ConnectorStatus WorkerConnector::status() const {
  return {name_, plugin_.type(), std::string(plugin_.version()), state_, trace_, tasks_.statuses()};
}

OffsetAdmin WorkerConnector::offsets() const {
  return {config_, offsets_, plugin_, config_.providers.resolve(given_).properties};
}

void WorkerConnector::forget_topics() {
  topics_.clear();
  tasks_.forget_topics();
}

}  // namespace kc::worker
