// The control plane of a standalone worker: which connectors there are, what they were told to be,
// and their tasks' states. (StandaloneHerder of stock Connect.)
//
// One thread of its own works through one queue of requests, so that each sees what the one before
// it did. REST and main ask through the public methods: any thread, waiting for the answer at most
// RequestThread::answer_timeout. Task threads tell their state by messages on the same queue.
//
// Requests that a user can put right are refused with RequestError. A task that has to end gets
// task.shutdown.graceful.timeout.ms for it (connector_tasks.h).
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/properties.h"
#include "worker/config_infos.h"
#include "worker/offset_store.h"
#include "worker/plugins.h"
#include "worker/request_thread.h"
#include "worker/status.h"
#include "worker/submitted_config.h"
#include "worker/worker_config.h"
#include "worker/worker_connector.h"
#include "worker/worker_metrics.h"

namespace kc::worker {

class Herder {
 public:
  // References outlive the herder.
  Herder(const WorkerConfig& config, const Plugins& plugins, OffsetStore& offsets,
         WorkerMetrics& metrics);
  // Stops the tasks and waits for them.
  ~Herder();
  Herder(const Herder&) = delete;
  Herder& operator=(const Herder&) = delete;

  // ---- Connectors come, change and go ----

  // `properties` have the name, and are such that validate_connector() finds no fault. Connector
  // and tasks are begun when these return. What fails on the way leaves a connector that has
  // FAILED, and is thrown.
  //
  // Refused when the name is taken.
  ConnectorInfo create_connector(const config::Properties& properties,
                                 TargetState initial = TargetState::started);
  struct Replaced {
    bool created;
    ConnectorInfo info;
  };
  // Creates it or takes the place of its configuration; its target state stays.
  Replaced replace_connector(const config::Properties& properties);
  void delete_connector(const std::string& name);
  // The configuration as given, with its secrets: never to be shown.
  std::optional<config::Properties> stored_config(const std::string& name);
  // What a request submits, as the two above take it: validated, on the caller's thread, and with
  // the secrets that the connector has already where they are [hidden].
  config::Properties check_config(SubmittedConfig submitted);
  // The same, property by property, for a connector class that is there.
  ConfigInfos describe_config(SubmittedConfig submitted);
  const Plugins& plugins() const { return plugins_; }

  // ---- Target states ----

  // Tasks stay; a sink's keep their place in the group.
  void pause_connector(const std::string& name);
  void resume_connector(const std::string& name);
  // The tasks are gone when it returns.
  void stop_connector(const std::string& name);

  // ---- Restarts ----

  // The connector alone; a task only when its configuration is not what it was.
  void restart_connector(const std::string& name);
  // KIP-745. Returns the states as they were, with RESTARTING for what was restarted.
  ConnectorStatus restart_connector(const std::string& name, bool include_tasks, bool only_failed);
  void restart_task(const std::string& name, int task);

  // ---- Questions ----

  // In the order of the names.
  std::vector<std::string> connector_names();
  // Nothing for a name that is not there. The values of secrets are hidden.
  std::optional<ConnectorInfo> connector_info(const std::string& name);
  std::optional<ConnectorStatus> connector_status(const std::string& name);
  // Topics that the connector's tasks have used since its creation or the last reset (KIP-558);
  // none for a name that is not there.
  std::set<std::string> active_topics(const std::string& name);
  void reset_active_topics(const std::string& name);

  // ---- Offsets ----

  // As OffsetAdmin has them. Changing them is refused unless the connector is stopped.
  std::vector<PartitionOffset> connector_offsets(const std::string& name);
  void alter_offsets(const std::string& name, const std::vector<PartitionOffset>& offsets);
  void reset_offsets(const std::string& name);

  // ---- The worker itself ----

  // The connectors that it was started with have been begun: /health may say so.
  void set_ready() { ready_ = true; }
  bool ready() const { return ready_; }
  // What keeps it from being healthy, a sentence each.
  std::vector<std::string> unhealthy_tasks() const { return metrics_.unhealthy_tasks(); }
  // Returns when the thread answers. Throws Error(retry) when it does not within `timeout`.
  void check(std::chrono::milliseconds timeout) {
    thread_.ask([] {}, timeout);
  }
  // "The worker is currently ..., which began at ..." or what it did last; may be empty.
  std::string stage_summary() const { return thread_.stage_summary(); }

  // Asks every task to flush, commit and end, and waits up to `timeout` for all of them. False when
  // some have not ended by then: the process should then leave without running destructors, which
  // would wait for them.
  bool stop(std::chrono::milliseconds timeout);

 private:
  void restore_stored_secrets(SubmittedConfig& submitted);

  // On the herder's thread.
  WorkerConnector* find(const std::string& name);
  WorkerConnector& get(const std::string& name, const char* refusal);
  WorkerConnector& add(const config::Properties& given, const connect::ConnectorPlugin& plugin,
                       TargetState target);
  void refuse_when_stopping() const;
  void start(WorkerConnector& connector) const;
  OffsetAdmin offsets_to_change(const std::string& name);
  // Begins failed tasks again whose time has come; how long until the next one's has.
  std::chrono::milliseconds restart_failed_tasks();

  const WorkerConfig& config_;
  const Plugins& plugins_;
  OffsetStore& offsets_;
  WorkerMetrics& metrics_;
  AbandonedTasks abandoned_;                           // the herder's thread only
  std::map<std::string, WorkerConnector> connectors_;  // the same
  bool stopping_ = false;                              // the same
  std::atomic<bool> ready_ = false;
  RequestThread thread_;  // last: it uses the rest
};

}  // namespace kc::worker
