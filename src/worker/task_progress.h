// How a pipeline tells its worker what state it is in. Called on the task's thread; implementations
// only pass a message on.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "worker/status.h"

namespace kc::worker {

class TaskProgress {
 public:
  using Listener = std::function<void(State state, std::string trace)>;
  explicit TaskProgress(Listener listener) : listener_(std::move(listener)) {}

  // Tells only what is new.
  void report(State state, std::string trace = {});

  // Calls `start` until it succeeds or fails with anything but Error(retry), with back-off up to 10
  // s between the calls; meanwhile the state is `unassigned` with the reason as trace. False when a
  // stop was requested before.
  bool start_with_retry(const std::function<void()>& start, const std::stop_token& stop);

 private:
  Listener listener_;
  std::optional<State> state_;
  std::string trace_;
};

// "org.apache.kafka.connect.errors.DataException: text"
std::string trace_of(const base::Error& error);

}  // namespace kc::worker
