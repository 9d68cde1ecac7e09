#include "worker/herder.h"

#include <algorithm>
#include <future>

#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"
#include "worker/worker_task.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using config::Properties;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

Herder::Herder(const WorkerConfig& config, const Plugins& plugins, OffsetStore& offsets,
               WorkerMetrics& metrics)
    : config_(config), plugins_(plugins), offsets_(offsets), metrics_(metrics) {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (auto work = requests_.pop(1h, stop)) (*work)();
    }
  });
}

Herder::~Herder() {
  thread_.request_stop();
  thread_.join();
  // Tasks that still tell their state must not wait for a thread that is gone.
  requests_.close();
  for (auto& [name, connector] : connectors_) {
    for (const auto& task : connector.tasks) task->request_stop();
  }
  connectors_.clear();
}

template <typename F>
auto Herder::ask(F work) {
  using Result = decltype(work());
  auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
  auto result = task->get_future();
  if (!requests_.push([task] { (*task)(); }, {}) ||
      result.wait_for(request_timeout) != std::future_status::ready) {
    throw Error(Reaction::retry, "Request timed out. The worker is stopping or does not answer");
  }
  return result.get();
}

void Herder::start_connector(const Properties& properties) {
  ask([this, properties] { add_connector(properties); });
}

void Herder::add_connector(const Properties& given) {
  const auto resolved = config_.providers.resolve(given);
  const Properties& properties = resolved.properties;
  const auto& plugin = *plugins_.find_connector(properties.get("connector.class"));
  const std::string name = properties.get("name");
  if (connectors_.contains(name)) {
    throw Error(Reaction::fix_config,
                "Connector {} already exists. Give each connector a name of its own", name);
  }
  const auto parsed = connector_config_def(plugin.type()).parse(properties);
  const auto task_configs =
      plugin.task_configs(properties, static_cast<int>(parsed.integer("tasks.max")));

  Connector& connector = connectors_[name];
  connector.info = {name, plugin.type(), hide_secrets(given, plugin), {}};
  connector.status = {name, plugin.type(), State::running, {}, {}};
  metrics_.connector_added(
      name, {std::string(plugin.class_name()), plugin.type(), std::string(plugin.version())});
  metrics_.connector_changed(name, State::running);
  for (const Properties& task_config : task_configs) {
    const int id = static_cast<int>(connector.tasks.size());
    Properties shown = hide_secrets(resolved.with_references(task_config), plugin);
    shown.set("task.class", std::string(plugin.task_class_name()));
    connector.info.tasks.push_back(std::move(shown));
    connector.status.tasks.push_back({id, State::unassigned, {}});
    connector.tasks.push_back(std::make_unique<WorkerTask>(
        WorkerTask::Settings{config_, plugins_, plugin, offsets_, metrics_, properties, task_config,
                             id},
        [this, name, id](State state, std::string trace) {
          requests_.push([this, name, id, state,
                          trace = std::move(trace)] { task_changed(name, id, state, trace); },
                         {});
        }));
  }
  metrics_.connector_startup(true);
  base::log_info("Connector {} runs with {} task(s)", name, connector.tasks.size());
}

void Herder::task_changed(const std::string& connector, int task, State state, std::string trace) {
  const auto found = connectors_.find(connector);
  if (found == connectors_.end()) return;
  TaskStatus& status = found->second.status.tasks[static_cast<size_t>(task)];
  status.state = state;
  status.trace = std::move(trace);
}

std::vector<std::string> Herder::connector_names() {
  return ask([this] {
    std::vector<std::string> names;
    for (const auto& [name, connector] : connectors_) names.push_back(name);
    return names;
  });
}

std::optional<ConnectorInfo> Herder::connector_info(const std::string& name) {
  return ask([this, name]() -> std::optional<ConnectorInfo> {
    const auto found = connectors_.find(name);
    if (found == connectors_.end()) return std::nullopt;
    return found->second.info;
  });
}

std::optional<ConnectorStatus> Herder::connector_status(const std::string& name) {
  return ask([this, name]() -> std::optional<ConnectorStatus> {
    const auto found = connectors_.find(name);
    if (found == connectors_.end()) return std::nullopt;
    return found->second.status;
  });
}

bool Herder::stop(milliseconds timeout) {
  const auto each_task = [this](auto&& visit) {
    for (auto& [name, connector] : connectors_) {
      for (const auto& task : connector.tasks) visit(*task);
    }
  };
  ask([each_task] { each_task([](WorkerTask& task) { task.request_stop(); }); });
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (;;) {
    const int running = ask([each_task] {
      int count = 0;
      each_task([&](const WorkerTask& task) { count += task.ended() ? 0 : 1; });
      return count;
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
