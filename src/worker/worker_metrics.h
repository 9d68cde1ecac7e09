// The worker's own metrics, and those of its connectors and tasks, in the registry.
//
// The herder tells what becomes of connectors; tasks come and go with their TaskMetrics. Any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "metrics/registry.h"
#include "worker/status.h"

namespace kc::worker {

class TaskMetrics;

class WorkerMetrics : public metrics::Source {
 public:
  struct Options {
    metrics::Windows windows;
    // After which a task is unhealthy (task_metrics.h); 0: never.
    std::chrono::milliseconds stall_timeout{0};
  };

  // `registry` and `clock` outlive it, and it outlives its tasks' metrics.
  WorkerMetrics(metrics::Registry& registry, Options options, const base::Clock& clock);

  metrics::Registry& registry() { return registry_; }
  const metrics::Windows& windows() const { return options_.windows; }
  std::chrono::milliseconds stall_timeout() const { return options_.stall_timeout; }
  const base::Clock& clock() const { return clock_; }

  // ---- Told by the herder ----

  struct ConnectorDescription {
    std::string class_name;
    connect::ConnectorType type = connect::ConnectorType::sink;
    std::string version;
  };
  // A connector is there, or is there with another configuration.
  void connector_added(const std::string& name, ConnectorDescription description);
  // The outcome of a start.
  void connector_startup(bool success);
  void connector_changed(const std::string& name, State state);
  void connector_removed(const std::string& name);
  // The worker starts a task again that has failed.
  void task_restarted(const std::string& connector, int task);

  // ---- Told by TaskMetrics ----

  void add(TaskMetrics& task);
  void remove(TaskMetrics& task);
  void task_startup(bool success);

  // What keeps the worker from being healthy, a sentence each: "Task c-0 has work and has made no
  // progress for 300000 ms", with what it waits for. In the order of their names.
  std::vector<std::string> unhealthy_tasks() const;

  void collect(metrics::Samples& to) const override;

 private:
  struct Connector {
    ConnectorDescription description;
    State state = State::unassigned;
    std::map<int, uint64_t> restarts{};  // by task
  };
  struct Startups {
    metrics::Counter attempts, successes;

    void collect(metrics::Samples& to, const std::string& of) const;
  };
  // Of tasks with one name, one of which may have been abandoned, the latest.
  static std::map<std::pair<std::string, int>, const TaskMetrics*> latest(
      const std::vector<TaskMetrics*>& tasks);
  void collect_counts(metrics::Samples& to, const std::string& connector,
                      const std::map<State, size_t>& counts) const;

  metrics::Registry& registry_;
  const Options options_;
  const base::Clock& clock_;
  Startups connector_startups_, task_startups_;
  base::Guarded<std::map<std::string, Connector>> connectors_;
  base::Guarded<std::vector<TaskMetrics*>> tasks_;  // in the order in which they came
  const metrics::Registration registration_;
};

}  // namespace kc::worker
