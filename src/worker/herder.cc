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
  for (auto& [name, connector] : connectors_) connector.tasks->request_stop();
  connectors_.clear();
}

// ---- Connectors come, change and go ------------------------------------------------------------

ConnectorInfo Herder::create_connector(const Properties& properties, TargetState initial) {
  return thread_.ask([this, properties, initial] {
    const std::string name = properties.get("name");
    if (find(name) != nullptr) {
      throw RequestError(Refusal::already_exists, "Connector {} already exists", name);
    }
    Connector& connector =
        add(properties, *plugins_.find_connector(properties.get("connector.class")), initial);
    thread_.at_stage("starting connector " + name, [&] { start(connector); });
    return info_of(connector);
  });
}

Herder::Replaced Herder::replace_connector(const Properties& properties) {
  return thread_.ask([this, properties] {
    const std::string name = properties.get("name");
    const auto& plugin = *plugins_.find_connector(properties.get("connector.class"));
    Connector* connector = find(name);
    const bool created = connector == nullptr;
    if (created) {
      connector = &add(properties, plugin, TargetState::started);
    } else if (connector->plugin != &plugin) {
      // Another connector altogether under the same name.
      const TargetState target = connector->target;
      thread_.at_stage("stopping connector " + name,
                       [&] { connector->tasks->end(config_.graceful_shutdown); });
      connectors_.erase(name);
      connector = &add(properties, plugin, target);
    } else {
      connector->given = properties;
    }
    thread_.at_stage("starting connector " + name, [&] { start(*connector); });
    return Replaced{created, info_of(*connector)};
  });
}

void Herder::delete_connector(const std::string& name) {
  thread_.ask([this, name] {
    Connector& connector = get(name, not_found);
    thread_.at_stage("stopping connector " + name,
                     [&] { connector.tasks->end(config_.graceful_shutdown); });
    connectors_.erase(name);
    metrics_.connector_removed(name);
    base::log_info("Connector {} is deleted", name);
  });
}

std::optional<Properties> Herder::stored_config(const std::string& name) {
  return thread_.ask([this, name]() -> std::optional<Properties> {
    const Connector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(connector->given);
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

Herder::Connector& Herder::add(const Properties& given, const connect::ConnectorPlugin& plugin,
                               TargetState target) {
  const std::string name = given.get("name");
  Connector& connector = connectors_[name];
  connector.name = name;
  connector.plugin = &plugin;
  connector.given = given;
  connector.target = target;
  metrics_.connector_added(
      name, {std::string(plugin.class_name()), plugin.type(), std::string(plugin.version())});
  connector.tasks = std::make_unique<ConnectorTasks>(
      config_, plugins_, plugin, offsets_, metrics_, abandoned_,
      ConnectorTasks::Listener{[this, name](int id, uint64_t run, State state, std::string trace) {
                                 thread_.post(
                                     [this, name, id, run, state, trace = std::move(trace)] {
                                       task_changed(name, id, run, state, trace);
                                     });
                               },
                               [this, name](std::string topic) {
                                 thread_.post([this, name, topic = std::move(topic)] {
                                   if (Connector* used = find(name)) used->topics.insert(topic);
                                 });
                               }});
  return connector;
}

// Brings connector and tasks to what configuration and target state say.
void Herder::start(Connector& connector) {
  const base::LogContext context("[" + connector.name + "|worker]");
  connector.trace.clear();
  const auto tell = [&](bool success) {
    metrics_.connector_changed(connector.name, connector.state);
    if (connector.target == TargetState::started) metrics_.connector_startup(success);
  };
  try {
    reach_target(connector);
    tell(true);
  } catch (const Error& error) {
    base::log_error("The connector has failed: {}", error.what());
    connector.state = State::failed;
    connector.trace = trace_of(error);
    tell(false);
    throw;
  }
}

void Herder::reach_target(Connector& connector) {
  if (stopping_) throw Error(Reaction::retry, "The worker is stopping");
  switch (connector.target) {
    case TargetState::started:
      connector.state = State::running;
      connector.resolved = config_.providers.resolve(connector.given);
      refresh_tasks(connector);
      break;
    case TargetState::paused:
      // As in stock Connect, a change of the configuration reaches the tasks when they go on.
      connector.state = State::paused;
      connector.tasks->set_paused(true);
      break;
    case TargetState::stopped:
      connector.state = State::stopped;
      connector.tasks->end(config_.graceful_shutdown);
      break;
  }
}

void Herder::refresh_tasks(Connector& connector) {
  connector.tasks->update(connector.resolved.properties, make_task_configs(connector), false,
                          config_.graceful_shutdown);
  base::log_info("Connector {} runs with {} task(s)", connector.name, connector.tasks->size());
}

std::vector<Properties> Herder::make_task_configs(const Connector& connector) const {
  const Properties& properties = connector.resolved.properties;
  const auto parsed = connector_config_def(connector.plugin->type()).parse(properties);
  const int64_t tasks_max = parsed.integer("tasks.max");
  auto configs = connector.plugin->task_configs(properties, static_cast<int>(tasks_max));
  if (configs.size() <= static_cast<size_t>(tasks_max)) return configs;
  const std::string text = fmt::format(
      "The connector {} has generated {} tasks, which is greater than {}, the maximum number of "
      "tasks it is configured to create. ",
      connector.name, configs.size(), tasks_max);
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

// ---- Target states -----------------------------------------------------------------------------

void Herder::pause_connector(const std::string& name) {
  thread_.ask([this, name] {
    Connector& connector = get(name, unknown);
    connector.target = TargetState::paused;
    thread_.at_stage("pausing connector " + name, [&] { start(connector); });
  });
}

void Herder::resume_connector(const std::string& name) {
  thread_.ask([this, name] {
    Connector& connector = get(name, unknown);
    connector.target = TargetState::started;
    thread_.at_stage("resuming connector " + name, [&] { start(connector); });
  });
}

void Herder::stop_connector(const std::string& name) {
  thread_.ask([this, name] {
    Connector& connector = get(name, unknown);
    connector.target = TargetState::stopped;
    thread_.at_stage("stopping connector " + name, [&] { start(connector); });
  });
}

// ---- Restarts ----------------------------------------------------------------------------------

void Herder::restart_connector(const std::string& name) {
  thread_.ask([this, name] {
    Connector& connector = get(name, not_found);
    thread_.at_stage("restarting connector " + name, [&] { start(connector); });
  });
}

ConnectorStatus Herder::restart_connector(const std::string& name, bool include_tasks,
                                          bool only_failed) {
  return thread_.ask([this, name, include_tasks, only_failed] {
    Connector& connector = get(name, "Unknown connector: {}");
    ConnectorStatus plan = status_of(connector);
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
      const bool paused = connector.target == TargetState::paused;
      connector.tasks->restart(tasks, paused, config_.graceful_shutdown);
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
    Connector* connector = find(name);
    if (connector == nullptr || task < 0 || static_cast<size_t>(task) >= connector->tasks->size()) {
      throw RequestError(Refusal::not_found, "Task {}-{} not found", name, task);
    }
    thread_.at_stage(fmt::format("restarting task {}-{}", name, task), [&] {
      connector->tasks->restart({task}, connector->target == TargetState::paused,
                                config_.graceful_shutdown);
    });
  });
}

milliseconds Herder::restart_failed_tasks() {
  const auto now = metrics_.clock().now();
  auto next = now + 1h;
  if (stopping_) return 1h;
  for (auto& [name, connector] : connectors_) {
    connector.tasks->restart_due(now, connector.target == TargetState::paused);
    next = std::min(next, connector.tasks->next_restart().value_or(next));
  }
  return std::chrono::ceil<milliseconds>(next - now);
}

// ---- Questions ---------------------------------------------------------------------------------

Herder::Connector* Herder::find(const std::string& name) {
  const auto found = connectors_.find(name);
  return found == connectors_.end() ? nullptr : &found->second;
}

Herder::Connector& Herder::get(const std::string& name, const char* refusal) {
  Connector* connector = find(name);
  if (connector == nullptr) {
    throw RequestError(Refusal::not_found, fmt::format(fmt::runtime(refusal), name));
  }
  return *connector;
}

ConnectorInfo Herder::info_of(const Connector& connector) const {
  const auto& plugin = *connector.plugin;
  ConnectorInfo info{connector.name, plugin.type(), hide_secrets(connector.given, plugin), {}};
  for (size_t id = 0; id < connector.tasks->size(); ++id) {
    Properties shown =
        hide_secrets(connector.resolved.with_references(connector.tasks->properties(id)), plugin);
    shown.set("task.class", std::string(plugin.task_class_name()));
    info.tasks.push_back(std::move(shown));
  }
  return info;
}

ConnectorStatus Herder::status_of(const Connector& connector) {
  return {connector.name,  connector.plugin->type(), std::string(connector.plugin->version()),
          connector.state, connector.trace,          connector.tasks->statuses()};
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
    const Connector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(info_of(*connector));
  });
}

std::optional<ConnectorStatus> Herder::connector_status(const std::string& name) {
  return thread_.ask([this, name]() -> std::optional<ConnectorStatus> {
    const Connector* connector = find(name);
    return connector == nullptr ? std::nullopt : std::optional(status_of(*connector));
  });
}

std::set<std::string> Herder::active_topics(const std::string& name) {
  return thread_.ask([this, name] {
    const Connector* connector = find(name);
    return connector == nullptr ? std::set<std::string>() : connector->topics;
  });
}

void Herder::reset_active_topics(const std::string& name) {
  thread_.ask([this, name] {
    Connector* connector = find(name);
    if (connector == nullptr) return;
    connector->topics.clear();
    connector->tasks->forget_topics();
  });
}

// ---- Offsets -----------------------------------------------------------------------------------

OffsetAdmin Herder::offsets_of(const Connector& connector) {
  return {config_, offsets_, *connector.plugin,
          config_.providers.resolve(connector.given).properties};
}

OffsetAdmin Herder::offsets_to_change(const std::string& name) {
  const Connector& connector = get(name, not_found);
  if (connector.target != TargetState::stopped || connector.tasks->size() > 0) {
    throw RequestError(Refusal::bad_request,
                       "Connectors must be in the STOPPED state before their offsets can be "
                       "modified. This can be done for the specified connector by issuing a 'PUT' "
                       "request to the '/connectors/{}/stop' endpoint",
                       name);
  }
  return offsets_of(connector);
}

std::vector<PartitionOffset> Herder::connector_offsets(const std::string& name) {
  // The brokers are asked on the caller's thread: that may take its time.
  return thread_.ask([this, name] { return offsets_of(get(name, not_found)); }).list();
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

void Herder::task_changed(const std::string& connector, int task, uint64_t run, State state,
                          std::string trace) {
  if (Connector* found = find(connector)) {
    found->tasks->changed(task, run, state, std::move(trace));
  }
}

bool Herder::stop(milliseconds timeout) {
  thread_.ask([this] {
    stopping_ = true;
    for (auto& [name, connector] : connectors_) connector.tasks->request_stop();
  });
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const size_t running = thread_.ask([this] {
      size_t count = 0;
      for (const auto& [name, connector] : connectors_) count += connector.tasks->running();
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
