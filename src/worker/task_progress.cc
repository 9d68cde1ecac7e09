#include "worker/task_progress.h"

#include "base/backoff.h"
#include "base/log.h"
#include "base/redaction.h"
#include "base/wait.h"

namespace kc::worker {

using namespace std::chrono_literals;

void TaskProgress::report(State state, std::string trace) {
  trace = base::redacted(std::move(trace));
  if (state_ == state && trace_ == trace) return;
  state_ = state;
  trace_ = trace;
  listener_(state, std::move(trace));
}

void TaskProgress::uses_topic(std::string_view topic) {
  if (topics_forgotten_.load(std::memory_order_relaxed)) {
    topics_forgotten_ = false;
    topics_.clear();
    last_topic_.clear();
  }
  if (topic == last_topic_) return;
  last_topic_ = topic;
  if (topics_.contains(topic)) return;
  topics_.emplace(topic);
  if (topic_listener_) topic_listener_(last_topic_);
}

void TaskProgress::set_paused(bool paused) {
  {
    const std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  resumed_.notify_all();
}

void TaskProgress::wait_while_paused(const std::stop_token& stop) {
  if (!paused()) return;
  report(State::paused);
  std::unique_lock lock(mutex_);
  resumed_.wait(lock, stop, [this] { return !paused(); });
  lock.unlock();
  report(State::unassigned);
}

bool TaskProgress::start_with_retry(const std::function<void()>& start,
                                    const std::stop_token& stop) {
  base::Backoff backoff(200ms, 10s);
  std::string last_reason;
  while (!stop.stop_requested()) {
    try {
      start();
      return true;
    } catch (const base::Error& error) {
      if (error.reaction() != base::Reaction::retry) throw;
      if (last_reason != error.what()) {
        last_reason = error.what();
        base::log_warn("The task cannot start yet and tries again with back-off: {}", last_reason);
      }
      report(State::unassigned, trace_of(error));
      base::wait_unless_stopped(stop, error.wait().value_or(backoff.next()));
    }
  }
  return false;
}

std::string trace_of(const base::Error& error) {
  return base::redacted(std::string(error.java_class()) + ": " + error.what());
}

}  // namespace kc::worker
