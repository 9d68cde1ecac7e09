// The tasks of one connector: made, paused and ended together. Herder's thread only.
//
// A task is ended by asking it to flush, commit and leave. One that has not left when the time is
// over is abandoned: it is told to send and commit nothing more, so that a task in its place never
// shares its work, and is kept aside until it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/properties.h"
#include "worker/status.h"
#include "worker/worker_task.h"

namespace kc::worker {

using AbandonedTasks = std::vector<std::unique_ptr<WorkerTask>>;

class ConnectorTasks {
 public:
  struct Listener {
    // On the tasks' threads. `run` tells a task from those that had its place before.
    std::function<void(int id, uint64_t run, State state, std::string trace)> state;
    std::function<void(std::string topic)> topic;
  };

  // References outlive it.
  ConnectorTasks(const WorkerConfig& worker, const Plugins& plugins,
                 const connect::ConnectorPlugin& connector, OffsetStore& offsets,
                 WorkerMetrics& metrics, AbandonedTasks& abandoned, Listener listener);
  // Asks the tasks to end and waits for them, without limit.
  ~ConnectorTasks();

  // There is a task for each of `tasks` afterwards. One whose properties, and its connector's, are
  // as before runs on; the others end within `timeout` altogether, and begin with the new ones.
  void update(const config::Properties& connector, const std::vector<config::Properties>& tasks,
              bool paused, std::chrono::milliseconds timeout);
  // Ends and begins these again, whatever state they are in.
  void restart(const std::vector<int>& ids, bool paused, std::chrono::milliseconds timeout);
  // When the next failed task is to be begun again (task.restart.*); nothing: none is.
  std::optional<base::Clock::steady_time> next_restart() const;
  // Begins those again whose time has come.
  void restart_due(base::Clock::steady_time now, bool paused);
  void set_paused(bool paused);
  // There is none afterwards.
  void end(std::chrono::milliseconds timeout);
  void forget_topics();

  // Asks all to end.
  void request_stop();
  // How many have not ended, the abandoned ones apart.
  size_t running() const;

  size_t size() const { return slots_.size(); }
  // In the order of their ids.
  std::vector<TaskStatus> statuses() const;
  const config::Properties& properties(size_t id) const { return slots_[id].properties; }
  void changed(int id, uint64_t run, State state, std::string trace);

 private:
  struct Slot {
    config::Properties properties;
    TaskStatus status;
    uint64_t run = 0;
    TaskRestarts restarts;
    std::unique_ptr<WorkerTask> task;
  };
  void begin(Slot& slot, bool paused);
  void await(std::vector<std::unique_ptr<WorkerTask>> ending, std::chrono::milliseconds timeout);

  const WorkerConfig& worker_;
  const Plugins& plugins_;
  const connect::ConnectorPlugin& plugin_;
  OffsetStore& offsets_;
  WorkerMetrics& metrics_;
  AbandonedTasks& abandoned_;
  const Listener listener_;
  config::Properties connector_;
  std::vector<Slot> slots_;
  uint64_t last_run_ = 0;
};

}  // namespace kc::worker
