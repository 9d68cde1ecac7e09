// One task: its thread, which makes the task's parts, runs its pipeline and tells its state.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "connect/connector.h"
#include "worker/offset_store.h"
#include "worker/plugins.h"
#include "worker/task_metrics.h"
#include "worker/task_progress.h"
#include "worker/worker_config.h"
#include "worker/worker_metrics.h"

namespace kc::worker {

class WorkerTask {
 public:
  struct Settings {
    const WorkerConfig& worker;
    const Plugins& plugins;
    const connect::ConnectorPlugin& connector;
    OffsetStore& offsets;
    WorkerMetrics& metrics;
    config::Properties connector_properties;
    config::Properties task_properties;
    int id;
  };

  // Starts the thread. The listeners are called on it. References in `settings` outlive the task.
  // One that begins `paused` does nothing until it is resumed. Where the system gives no thread,
  // the task has ended before it began: start_failure().
  WorkerTask(Settings settings, bool paused, TaskProgress::Listener listener,
             TaskProgress::TopicListener topic_listener);
  // Requests a stop and waits for the thread.
  ~WorkerTask() = default;

  void request_stop() { thread_.request_stop(); }
  bool ended() const { return ended_; }
  // The trace of its state FAILED when it got no thread, which no listener is told.
  const std::optional<std::string>& start_failure() const { return start_failure_; }
  // False when it has failed of its configuration: a restart would change nothing.
  bool restart_may_help() const { return restart_may_help_; }
  void set_restart_pending() { metrics_.set_restart_pending(); }
  // TaskProgress: the worker's side.
  TaskProgress& progress() { return progress_; }
  const Settings& settings() const { return settings_; }

 private:
  void run(const std::stop_token& stop);
  void run_pipeline(const std::stop_token& stop);

  const Settings settings_;
  TaskMetrics metrics_;
  TaskProgress progress_;
  std::optional<std::string> start_failure_;
  std::atomic<bool> ended_ = false;
  std::atomic<bool> restart_may_help_ = true;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace kc::worker
