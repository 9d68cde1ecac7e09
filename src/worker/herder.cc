#include "worker/herder.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"
#include "worker/connector_validation.h"
#include "worker/request_error.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using config::Properties;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr const char* not_found = "Connector {} not found";
constexpr const char* unknown = "Unknown connector {}";

}  // namespace

Herder::Herder(const WorkerConfig& config, const Plugins& plugins, OffsetStore& offsets,
               WorkerMetrics& metrics)
    : config_(config), plugins_(plugins), offsets_(offsets), metrics_(metrics), thread_([this] {
        return restart_failed_tasks();
      }) {}

Herder::~Herder() {
  thread_.stop();
  for (auto& [name, connector] : connectors_) connector.tasks().request_stop();
  connectors_.clear();
}

// ---- Connectors come, change and go ------------------------------------------------------------

ConnectorInfo Herder::create_connector(const Properties& properties, TargetState initial) {
  return thread_.ask([this, properties, initial] {
    const std::string name = properties.get("name");
    if (find(name) != nullptr) {
      throw RequestError(Refusal::already_exists, "Connector {} already exists", name);
    }
    WorkerConnector& connector =
        add(properties, *plugins_.find_connector(properties.get("connector.class")), initial);
    thread_.at_stage("starting connector " + name, [&] { start(connector); });
    return connector.info();
  });
}

Herder::Replaced Herder::replace_connector(const Properties& properties) {
  return thread_.ask([this, properties] {
    const std::string name = properties.get("name");
    const auto& plugin = *plugins_.find_connector(properties.get("connector.class"));
    WorkerConnector* connector = find(name);
    const bool created = connector == nullptr;
    if (created) {
      connector = &add(properties, plugin, TargetState::started);
    } else if (&connector->plugin() != &plugin) {
      // Another connector altogether under the same name.
      const TargetState target = connector->target();
      thread_.at_stage("stopping connector " + name, [&] { connector->end(); });
      connectors_.erase(name);
      connector = &add(properties, plugin, target);
    } else {
      connector->set_given(properties);
    }
    thread_.at_stage("starting connector " + name, [&] { start(*connector); });
    return Replaced{created, connector->info()};
  });
}

void Herder::delete_connector(const std::string& name) {
  thread_.ask([this, name] {
    WorkerConnector& connector = get(name, not_found);
    thread_.at_stage("stopping connector " + name, [&] { connector.end(); });
    connectors_.erase(name);
    metrics_.connector_removed(name);
    base::log_info("Connector {} is deleted", name);
  });
}

std::optional<Properties> Herder::stored_config(const std::string& name) {
  return thread_.ask([this, name]() -> std::optional<Properties> {
    const WorkerConnector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(connector->given());
  });
}

Properties Herder::check_config(SubmittedConfig submitted) {
  restore_stored_secrets(submitted);
  return validated(config_, plugins_, submitted);
}

ConfigInfos Herder::describe_config(SubmittedConfig submitted) {
  restore_stored_secrets(submitted);
  return worker::describe_config(config_, plugins_, submitted);
}

void Herder::restore_stored_secrets(SubmittedConfig& submitted) {
  if (const auto stored = stored_config(submitted.properties.get("name"))) {
    restore_secrets(submitted.properties, *stored);
  }
}

WorkerConnector& Herder::add(const Properties& given, const connect::ConnectorPlugin& plugin,
                             TargetState target) {
  const std::string name = given.get("name");
  metrics_.connector_added(
      name, {std::string(plugin.class_name()), plugin.type(), std::string(plugin.version())});
  ConnectorTasks::Listener listener;
  listener.state = [this, name](int id, uint64_t run, State state, std::string trace) {
    thread_.post([this, name, id, run, state, trace = std::move(trace)] {
      if (WorkerConnector* found = find(name)) found->tasks().changed(id, run, state, trace);
    });
  };
  listener.topic = [this, name](std::string topic) {
    thread_.post([this, name, topic = std::move(topic)] {
      if (WorkerConnector* found = find(name)) found->uses_topic(topic);
    });
  };
  const WorkerConnector::Surroundings surroundings{config_, plugins_, offsets_, metrics_,
                                                   abandoned_};
  return connectors_.try_emplace(name, surroundings, plugin, given, target, std::move(listener))
      .first->second;
}

// A task that began now would be asked to end by nobody.
void Herder::refuse_when_stopping() const {
  if (stopping_) throw Error(Reaction::retry, "The worker is stopping");
}

void Herder::start(WorkerConnector& connector) const {
  refuse_when_stopping();
  connector.start();
}

// ---- Target states -----------------------------------------------------------------------------

void Herder::pause_connector(const std::string& name) {
  thread_.ask([this, name] {
    WorkerConnector& connector = get(name, unknown);
    connector.set_target(TargetState::paused);
    thread_.at_stage("pausing connector " + name, [&] { start(connector); });
  });
}

void Herder::resume_connector(const std::string& name) {
  thread_.ask([this, name] {
    WorkerConnector& connector = get(name, unknown);
    connector.set_target(TargetState::started);
    thread_.at_stage("resuming connector " + name, [&] { start(connector); });
  });
}

void Herder::stop_connector(const std::string& name) {
  thread_.ask([this, name] {
    WorkerConnector& connector = get(name, unknown);
    connector.set_target(TargetState::stopped);
    thread_.at_stage("stopping connector " + name, [&] { start(connector); });
  });
}

// ---- Restarts ----------------------------------------------------------------------------------

void Herder::restart_connector(const std::string& name) {
  thread_.ask([this, name] {
    WorkerConnector& connector = get(name, not_found);
    thread_.at_stage("restarting connector " + name, [&] { start(connector); });
  });
}

ConnectorStatus Herder::restart_connector(const std::string& name, bool include_tasks,
                                          bool only_failed) {
  return thread_.ask([this, name, include_tasks, only_failed] {
    WorkerConnector& connector = get(name, "Unknown connector: {}");
    refuse_when_stopping();
    ConnectorStatus plan = connector.status();
    const auto wanted = [&](State state) { return !only_failed || state == State::failed; };
    const bool with_connector = wanted(plan.state);
    if (with_connector) plan.state = State::restarting;
    std::vector<int> tasks;
    for (TaskStatus& task : plan.tasks) {
      if (!include_tasks || !wanted(task.state)) continue;
      task.state = State::restarting;
      tasks.push_back(task.id);
    }
    thread_.at_stage("restarting connector " + name, [&] {
      // First what has to be restarted anyway, so that no task is restarted twice.
      connector.restart_tasks(tasks);
      try {
        if (with_connector) start(connector);
      } catch (const Error&) {
        // The connector's state tells it.
      }
    });
    return plan;
  });
}

void Herder::restart_task(const std::string& name, int task) {
  thread_.ask([this, name, task] {
    WorkerConnector* connector = find(name);
    const bool known =
        connector != nullptr && task >= 0 && static_cast<size_t>(task) < connector->tasks().size();
    if (!known) {
      throw RequestError(Refusal::not_found, "Task {}-{} not found", name, task);
    }
    refuse_when_stopping();
    thread_.at_stage(fmt::format("restarting task {}-{}", name, task),
                     [&] { connector->restart_tasks({task}); });
  });
}

milliseconds Herder::restart_failed_tasks() {
  const auto now = metrics_.clock().now();
  auto next = now + 1h;
  if (stopping_) return 1h;
  for (auto& [name, connector] : connectors_) {
    connector.restart_due(now);
    next = std::min(next, connector.tasks().next_restart().value_or(next));
  }
  return std::chrono::ceil<milliseconds>(next - now);
}

// ---- Questions ---------------------------------------------------------------------------------

WorkerConnector* Herder::find(const std::string& name) {
  const auto found = connectors_.find(name);
  return found == connectors_.end() ? nullptr : &found->second;
}

WorkerConnector& Herder::get(const std::string& name, const char* refusal) {
  WorkerConnector* connector = find(name);
  if (connector == nullptr) {
    throw RequestError(Refusal::not_found, fmt::format(fmt::runtime(refusal), name));
  }
  return *connector;
}

std::vector<std::string> Herder::connector_names() {
  return thread_.ask([this] {
    std::vector<std::string> names;
    for (const auto& [name, connector] : connectors_) names.push_back(name);
    return names;
  });
}

std::optional<ConnectorInfo> Herder::connector_info(const std::string& name) {
  return thread_.ask([this, name]() -> std::optional<ConnectorInfo> {
    const WorkerConnector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(connector->info());
  });
}

std::optional<ConnectorStatus> Herder::connector_status(const std::string& name) {
  return thread_.ask([this, name]() -> std::optional<ConnectorStatus> {
    const WorkerConnector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(connector->status());
  });
}

std::set<std::string> Herder::active_topics(const std::string& name) {
  return thread_.ask([this, name] {
    const WorkerConnector* connector = find(name);
    return connector == nullptr ? std::set<std::string>() : connector->topics();
  });
}

void Herder::reset_active_topics(const std::string& name) {
  thread_.ask([this, name] {
    if (WorkerConnector* connector = find(name)) connector->forget_topics();
  });
}

// ---- Offsets -----------------------------------------------------------------------------------

OffsetAdmin Herder::offsets_to_change(const std::string& name) {
  const WorkerConnector& connector = get(name, not_found);
  if (!connector.is_stopped()) {
    throw RequestError(Refusal::bad_request,
                       "Connectors must be in the STOPPED state before their offsets can be "
                       "modified. This can be done for the specified connector by issuing a 'PUT' "
                       "request to the '/connectors/{}/stop' endpoint",
                       name);
  }
  return connector.offsets();
}

std::vector<PartitionOffset> Herder::connector_offsets(const std::string& name) {
  // The brokers are asked on the caller's thread: that may take its time.
  return thread_.ask([this, name] { return get(name, not_found).offsets(); }).list();
}

void Herder::alter_offsets(const std::string& name, const std::vector<PartitionOffset>& offsets) {
  thread_.ask([this, name, offsets] {
    thread_.at_stage("altering the offsets of connector " + name,
                     [&] { offsets_to_change(name).alter(offsets); });
  });
}

void Herder::reset_offsets(const std::string& name) {
  thread_.ask([this, name] {
    thread_.at_stage("resetting the offsets of connector " + name,
                     [&] { offsets_to_change(name).reset(); });
  });
}

// ---- The worker itself -------------------------------------------------------------------------

bool Herder::stop(milliseconds timeout) {
  thread_.ask([this] {
    stopping_ = true;
    for (auto& [name, connector] : connectors_) connector.tasks().request_stop();
  });
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const size_t running = thread_.ask([this] {
      size_t count = 0;
      for (auto& [name, connector] : connectors_) count += connector.tasks().running();
      return count + static_cast<size_t>(std::ranges::count_if(
                         abandoned_, [](const auto& task) { return !task->ended(); }));
    });
    if (running == 0) return true;
    if (std::chrono::steady_clock::now() >= deadline) {
      base::log_warn("{} task(s) did not end within {} ms and are abandoned", running,
                     timeout.count());
      return false;
    }
    base::wait_unless_stopped({}, 10ms);
  }
}

}  // namespace kc::worker
