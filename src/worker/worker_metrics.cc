#include "worker/worker_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "worker/task_metrics.h"

namespace kc::worker {
namespace {

using metrics::Samples;

constexpr std::string_view group = "connect-worker-metrics";

std::string_view type_name(connect::ConnectorType type) {
  return type == connect::ConnectorType::sink ? "sink" : "source";
}

}  // namespace

WorkerMetrics::WorkerMetrics(metrics::Registry& registry, Options options, const base::Clock& clock)
    : registry_(registry), options_(options), clock_(clock), registration_(registry, *this) {}

void WorkerMetrics::connector_added(const std::string& name, ConnectorDescription description) {
  connectors_.with(
      [&](auto& connectors) { connectors[name].description = std::move(description); });
}

void WorkerMetrics::connector_startup(bool success) {
  connector_startups_.attempts.add();
  if (success) connector_startups_.successes.add();
}

void WorkerMetrics::connector_changed(const std::string& name, State state) {
  connectors_.with([&](auto& connectors) {
    const auto found = connectors.find(name);
    if (found != connectors.end()) found->second.state = state;
  });
}

void WorkerMetrics::connector_removed(const std::string& name) {
  connectors_.with([&](auto& connectors) { connectors.erase(name); });
}

void WorkerMetrics::task_restarted(const std::string& connector, int task) {
  connectors_.with([&](auto& connectors) {
    const auto found = connectors.find(connector);
    if (found != connectors.end()) ++found->second.restarts[task];
  });
}

void WorkerMetrics::add(TaskMetrics& task) {
  tasks_.with([&](auto& tasks) { tasks.push_back(&task); });
}

void WorkerMetrics::remove(TaskMetrics& task) {
  tasks_.with([&](auto& tasks) { std::erase(tasks, &task); });
}

void WorkerMetrics::task_startup(bool success) {
  task_startups_.attempts.add();
  if (success) task_startups_.successes.add();
}

std::map<std::pair<std::string, int>, const TaskMetrics*> WorkerMetrics::latest(
    const std::vector<TaskMetrics*>& tasks) {
  std::map<std::pair<std::string, int>, const TaskMetrics*> result;
  for (const TaskMetrics* task : tasks) result[{task->connector(), task->task()}] = task;
  return result;
}

std::vector<std::string> WorkerMetrics::unhealthy_tasks() const {
  return tasks_.with([](const auto& tasks) {
    std::vector<std::string> result;
    for (const auto& [name, task] : latest(tasks)) {
      if (const auto complaint = task->complaint()) {
        result.push_back(fmt::format("Task {}-{} {}", name.first, name.second, *complaint));
      }
    }
    return result;
  });
}

void WorkerMetrics::collect(Samples& to) const {
  auto connectors = connectors_.copy();
  std::map<std::string, std::map<State, size_t>> counts;
  size_t task_count = 0;
  tasks_.with([&](const auto& tasks) {
    for (const auto& [name, task] : latest(tasks)) {
      ++counts[name.first][task->state()];
      ++task_count;
      task->collect(to);
      const auto connector = connectors.find(name.first);
      if (connector == connectors.end()) continue;
      to.add("", "kinetica_connect_task_restarts_total", {name.first, std::to_string(name.second)},
             static_cast<double>(connector->second.restarts[name.second]));
    }
  });
  to.add(group, "connector-count", {}, static_cast<double>(connectors.size()));
  to.add(group, "task-count", {}, static_cast<double>(task_count));
  connector_startups_.collect(to, "connector");
  task_startups_.collect(to, "task");
  for (const auto& [name, connector] : connectors) {
    collect_counts(to, name, counts[name]);
    constexpr std::string_view texts = "connector-metrics";
    to.add(texts, "connector-class", {name}, connector.description.class_name);
    to.add(texts, "connector-type", {name}, type_name(connector.description.type));
    to.add(texts, "connector-version", {name}, connector.description.version);
    to.add(texts, "status", {name}, lower_state_name(connector.state));
  }
}

void WorkerMetrics::collect_counts(Samples& to, const std::string& connector,
                                   const std::map<State, size_t>& counts) const {
  size_t total = 0;
  for (const auto& [state, count] : counts) total += count;
  const auto add = [&](std::string_view name, size_t count) {
    to.add(group, name, {connector}, static_cast<double>(count));
  };
  const auto of = [&](State state) {
    const auto found = counts.find(state);
    return found == counts.end() ? 0 : found->second;
  };
  add("connector-total-task-count", total);
  add("connector-running-task-count", of(State::running));
  add("connector-paused-task-count", of(State::paused));
  add("connector-failed-task-count", of(State::failed));
  add("connector-unassigned-task-count", of(State::unassigned));
  add("connector-destroyed-task-count", of(State::stopped));
  add("connector-restarting-task-count", of(State::restarting));
}

void WorkerMetrics::Startups::collect(Samples& to, const std::string& of) const {
  const auto all = static_cast<double>(attempts.value());
  const auto good = static_cast<double>(successes.value());
  const auto add = [&](std::string_view what, double value) {
    to.add(group, fmt::format("{}-startup-{}", of, what), {}, value);
  };
  add("attempts-total", all);
  add("success-total", good);
  add("success-percentage", all == 0 ? 0 : good / all);
  add("failure-total", all - good);
  add("failure-percentage", all == 0 ? 0 : (all - good) / all);
}

}  // namespace kc::worker
