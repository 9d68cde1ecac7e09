// The control plane of a standalone worker: which connectors there are, and their tasks' states.
//
// One thread of its own works through one queue of requests. REST asks through the query methods
// (any thread; they wait for the answer at most `request_timeout`). Task threads tell their state
// by messages on the same queue.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "config/properties.h"
#include "worker/connector_validation.h"
#include "worker/offset_store.h"
#include "worker/plugins.h"
#include "worker/status.h"
#include "worker/worker_config.h"

namespace kc::worker {

class WorkerMetrics;
class WorkerTask;

class Herder {
 public:
  static constexpr std::chrono::seconds request_timeout{90};

  // References outlive the herder.
  Herder(const WorkerConfig& config, const Plugins& plugins, OffsetStore& offsets,
         WorkerMetrics& metrics);
  // Stops the tasks and waits for them.
  ~Herder();
  Herder(const Herder&) = delete;
  Herder& operator=(const Herder&) = delete;

  // Starts a connector that validate_connector() finds no fault with, and its tasks. Throws
  // Error(fix_config) when the name is taken.
  void start_connector(const config::Properties& properties);

  // In the order of the names.
  std::vector<std::string> connector_names();
  // Nothing for a name that is not there.
  std::optional<ConnectorInfo> connector_info(const std::string& name);
  std::optional<ConnectorStatus> connector_status(const std::string& name);

  // Asks every task to flush, commit and end, and waits up to `timeout` for all of them. False when
  // some have not ended by then: the process should then leave without running destructors, which
  // would wait for them.
  bool stop(std::chrono::milliseconds timeout);

 private:
  struct Connector {
    ConnectorInfo info;
    ConnectorStatus status;
    std::vector<std::unique_ptr<WorkerTask>> tasks;
  };

  // Runs `work` on the herder's thread and returns its result. Throws Error(retry) after
  // request_timeout.
  template <typename F>
  auto ask(F work);
  // `given`: with the references, as they are shown.
  void add_connector(const config::Properties& given);
  void task_changed(const std::string& connector, int task, State state, std::string trace);

  const WorkerConfig& config_;
  const Plugins& plugins_;
  OffsetStore& offsets_;
  WorkerMetrics& metrics_;
  std::map<std::string, Connector> connectors_;  // the herder's thread only
  base::BoundedQueue<std::function<void()>> requests_{1024};
  std::jthread thread_;
};

}  // namespace kc::worker
