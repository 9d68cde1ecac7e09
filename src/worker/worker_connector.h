// One connector: what it was told to be, what became of that, and its tasks. (WorkerConnector of
// stock Connect.) Herder's thread only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "config/properties.h"
#include "worker/connector_tasks.h"
#include "worker/offset_admin.h"
#include "worker/offset_store.h"
#include "worker/plugins.h"
#include "worker/status.h"
#include "worker/worker_config.h"
#include "worker/worker_metrics.h"

namespace kc::worker {

class WorkerConnector {
 public:
  // All outlive the connector.
  struct Surroundings {
    const WorkerConfig& config;
    const Plugins& plugins;
    OffsetStore& offsets;
    WorkerMetrics& metrics;
    AbandonedTasks& abandoned;
  };
  // Begins nothing. `given`: with references and secrets.
  WorkerConnector(const Surroundings& surroundings, const connect::ConnectorPlugin& plugin,
                  config::Properties given, TargetState target, ConnectorTasks::Listener listener);

  const connect::ConnectorPlugin& plugin() const { return plugin_; }
  const config::Properties& given() const { return given_; }
  TargetState target() const { return target_; }

  // The next start() goes by these.
  void set_given(config::Properties given) { given_ = std::move(given); }
  void set_target(TargetState target) { target_ = target; }
  // Brings connector and tasks to what configuration and target state say. When that fails, the
  // connector has FAILED, and the failure is thrown.
  void start();
  // There are no tasks afterwards.
  void end() { tasks_.end(config_.graceful_shutdown); }
  // Ends and begins these again.
  void restart_tasks(const std::vector<int>& ids);
  // Begins failed tasks again whose time has come.
  void restart_due(base::Clock::steady_time now) { tasks_.restart_due(now, is_paused()); }
  ConnectorTasks& tasks() { return tasks_; }

  ConnectorInfo info() const;
  ConnectorStatus status() const;
  // Where it is; to be changed when it is_stopped() only.
  OffsetAdmin offsets() const;
  bool is_stopped() const { return target_ == TargetState::stopped && tasks_.size() == 0; }

  // Topics that its tasks have used (KIP-558).
  void uses_topic(std::string topic) { topics_.insert(std::move(topic)); }
  const std::set<std::string>& topics() const { return topics_; }
  void forget_topics();

 private:
  bool is_paused() const { return target_ == TargetState::paused; }
  void reach_target();
  std::vector<config::Properties> make_task_configs() const;

  const WorkerConfig& config_;
  OffsetStore& offsets_;
  WorkerMetrics& metrics_;
  const connect::ConnectorPlugin& plugin_;
  const std::string name_;
  config::Properties given_;
  TargetState target_;
  State state_ = State::unassigned;
  std::string trace_;
  config::ResolvedProperties resolved_;
  ConnectorTasks tasks_;
  std::set<std::string> topics_;
};

}  // namespace kc::worker
