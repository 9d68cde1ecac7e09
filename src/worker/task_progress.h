// What passes between a running task and its worker: the pipeline tells its state and the topics
// that it has used, on the task's thread; the worker asks it to pause, or to let go of what it has
// not finished, from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "worker/status.h"

namespace kc::worker {

class TaskProgress {
 public:
  // Called on the task's thread; they only pass a message on.
  using Listener = std::function<void(State state, std::string trace)>;
  using TopicListener = std::function<void(std::string topic)>;
  explicit TaskProgress(Listener listener, TopicListener topic_listener = nullptr)
      : listener_(std::move(listener)), topic_listener_(std::move(topic_listener)) {}

  // ---- The task's side ----

  // Tells only what is new.
  void report(State state, std::string trace = {});
  // `topic` was read from or written to. Cheap for one that was told before.
  void uses_topic(std::string_view topic);

  // Calls `start` until it succeeds or fails with anything but Error(retry), with back-off up to 10
  // s between the calls; meanwhile the state is `unassigned` with the reason as trace. False when a
  // stop was requested before.
  bool start_with_retry(const std::function<void()>& start, const std::stop_token& stop);
  // For a task that is not started. Returns when it is not paused (any more) or a stop is
  // requested; meanwhile it is PAUSED.
  void wait_while_paused(const std::stop_token& stop);

  bool paused() const { return paused_.load(std::memory_order_relaxed); }
  // Another task may do the same work by now: nothing more is to be sent or committed.
  bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

  // ---- The worker's side ----

  void set_paused(bool paused);
  void abandon() { abandoned_ = true; }
  // Every topic is told anew when it is used again.
  void forget_topics() { topics_forgotten_ = true; }

 private:
  const Listener listener_;
  const TopicListener topic_listener_;
  std::optional<State> state_;
  std::string trace_;
  std::string last_topic_;
  std::set<std::string, std::less<>> topics_;
  std::atomic<bool> topics_forgotten_ = false;

  std::mutex mutex_;  // for the wait only
  std::condition_variable_any resumed_;
  std::atomic<bool> paused_ = false;
  std::atomic<bool> abandoned_ = false;
};

// "org.apache.kafka.connect.errors.DataException: text"
std::string trace_of(const base::Error& error);

}  // namespace kc::worker
