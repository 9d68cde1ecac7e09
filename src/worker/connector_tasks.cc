#include "worker/connector_tasks.h"

#include <algorithm>

#include "base/log.h"
#include "base/wait.h"

namespace kc::worker {

using config::Properties;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

ConnectorTasks::ConnectorTasks(const WorkerConfig& worker, const Plugins& plugins,
                               const connect::ConnectorPlugin& connector, OffsetStore& offsets,
                               WorkerMetrics& metrics, AbandonedTasks& abandoned, Listener listener)
    : worker_(worker),
      plugins_(plugins),
      plugin_(connector),
      offsets_(offsets),
      metrics_(metrics),
      abandoned_(abandoned),
      listener_(std::move(listener)) {}

ConnectorTasks::~ConnectorTasks() { request_stop(); }

void ConnectorTasks::update(const Properties& connector, const std::vector<Properties>& tasks,
                            bool paused, milliseconds timeout) {
  const bool same_connector = connector_ == connector;
  connector_ = connector;
  std::vector<std::unique_ptr<WorkerTask>> ending;
  std::vector<Slot> slots(tasks.size());
  for (size_t id = 0; id < std::max(tasks.size(), slots_.size()); ++id) {
    const bool stays = same_connector && id < slots_.size() && id < tasks.size() &&
                       slots_[id].properties == tasks[id];
    if (stays) {
      slots[id] = std::move(slots_[id]);
      slots[id].task->progress().set_paused(paused);
    } else if (id < slots_.size()) {
      ending.push_back(std::move(slots_[id].task));
    }
  }
  slots_ = std::move(slots);
  await(std::move(ending), timeout);
  for (size_t id = 0; id < slots_.size(); ++id) {
    if (slots_[id].task) continue;
    slots_[id].properties = tasks[id];
    slots_[id].status.id = static_cast<int>(id);
    slots_[id].restarts = TaskRestarts(worker_.restarts);
    begin(slots_[id], paused);
  }
}

void ConnectorTasks::restart(const std::vector<int>& ids, bool paused, milliseconds timeout) {
  std::vector<std::unique_ptr<WorkerTask>> ending;
  for (const int id : ids) ending.push_back(std::move(slots_[static_cast<size_t>(id)].task));
  await(std::move(ending), timeout);
  for (const int id : ids) {
    Slot& slot = slots_[static_cast<size_t>(id)];
    slot.restarts.reset();
    begin(slot, paused);
  }
}

std::optional<base::Clock::steady_time> ConnectorTasks::next_restart() const {
  std::optional<base::Clock::steady_time> next;
  for (const Slot& slot : slots_) {
    const auto& due = slot.restarts.due();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

void ConnectorTasks::restart_due(base::Clock::steady_time now, bool paused) {
  for (Slot& slot : slots_) {
    const auto& due = slot.restarts.due();
    if (!due || *due > now) continue;
    base::log_info("Task {}-{} is begun again after its failure", connector_.get("name"),
                   slot.status.id);
    metrics_.task_restarted(connector_.get("name"), slot.status.id);
    slot.task.reset();  // it has failed: there is nothing to wait for
    begin(slot, paused);
  }
}

void ConnectorTasks::set_paused(bool paused) {
  for (const Slot& slot : slots_) slot.task->progress().set_paused(paused);
}

void ConnectorTasks::end(milliseconds timeout) {
  std::vector<std::unique_ptr<WorkerTask>> ending;
  for (Slot& slot : slots_) ending.push_back(std::move(slot.task));
  slots_.clear();
  await(std::move(ending), timeout);
}

void ConnectorTasks::forget_topics() {
  for (const Slot& slot : slots_) slot.task->progress().forget_topics();
}

void ConnectorTasks::request_stop() {
  for (const Slot& slot : slots_) slot.task->request_stop();
}

size_t ConnectorTasks::running() const {
  return static_cast<size_t>(
      std::ranges::count_if(slots_, [](const Slot& slot) { return !slot.task->ended(); }));
}

std::vector<TaskStatus> ConnectorTasks::statuses() const {
  std::vector<TaskStatus> statuses;
  for (const Slot& slot : slots_) statuses.push_back(slot.status);
  return statuses;
}

void ConnectorTasks::changed(int id, uint64_t run, State state, std::string trace) {
  if (static_cast<size_t>(id) >= slots_.size()) return;
  Slot& slot = slots_[static_cast<size_t>(id)];
  if (slot.run != run) return;  // of a task that is not there any more
  slot.status.state = state;
  slot.status.trace = std::move(trace);
  if (state != State::failed) return;
  const auto wait = slot.restarts.failed(metrics_.clock().now(), slot.task->restart_may_help());
  if (!wait) return;
  slot.task->set_restart_pending();
  base::log_warn("Task {}-{} has failed and is begun again in {} ms", connector_.get("name"), id,
                 wait->count());
}

void ConnectorTasks::begin(Slot& slot, bool paused) {
  const int id = slot.status.id;
  const uint64_t run = slot.run = ++last_run_;
  slot.restarts.begun(metrics_.clock().now());
  slot.status.state = State::unassigned;
  slot.status.trace.clear();
  slot.task = std::make_unique<WorkerTask>(
      WorkerTask::Settings{worker_, plugins_, plugin_, offsets_, metrics_, connector_,
                           slot.properties, id},
      paused,
      [listener = listener_.state, id, run](State state, std::string trace) {
        listener(id, run, state, std::move(trace));
      },
      listener_.topic);
  if (const auto& failure = slot.task->start_failure()) {
    base::log_error("Task {}-{}: {}", connector_.get("name"), id, *failure);
    changed(id, run, State::failed, *failure);
  }
}

void ConnectorTasks::await(std::vector<std::unique_ptr<WorkerTask>> ending, milliseconds timeout) {
  std::erase_if(abandoned_, [](const auto& task) { return task->ended(); });
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  for (const auto& task : ending) task->request_stop();
  for (auto& task : ending) {
    while (!task->ended() && std::chrono::steady_clock::now() < deadline) {
      base::wait_unless_stopped({}, 5ms);
    }
    if (task->ended()) continue;
    base::log_error(
        "Task {}-{} has not ended within task.shutdown.graceful.timeout.ms and is abandoned: it "
        "sends and commits nothing more",
        connector_.get("name"), task->settings().id);
    task->progress().abandon();
    abandoned_.push_back(std::move(task));
  }
}

}  // namespace kc::worker
