// When a task that has failed is begun again by the worker (task.restart.*), with a wait that
// doubles each time. Stock Connect leaves it FAILED until somebody asks for a restart, and so does
// this worker by default.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/backoff.h"
#include "base/clock.h"

namespace kc::worker {

struct RestartPolicy {
  bool enabled = false;
  std::chrono::milliseconds backoff{10'000};
  // Also how long a task has to run for its next failure to count as the first one.
  std::chrono::milliseconds backoff_max{600'000};
};

// The restarts of one task. One thread.
class TaskRestarts {
 public:
  using steady_time = base::Clock::steady_time;

  explicit TaskRestarts(const RestartPolicy& policy = {})
      : policy_(policy), backoff_(policy.backoff, policy.backoff_max) {}

  void begun(steady_time now) {
    begun_ = now;
    due_.reset();
  }
  // The task has failed. `may_help`: a restart without a change of its configuration. The wait
  // before the restart; nothing when there will be none.
  std::optional<std::chrono::milliseconds> failed(steady_time now, bool may_help);
  // When the task is to be begun again; nothing while that is not to happen.
  const std::optional<steady_time>& due() const { return due_; }
  // Somebody else sees to it.
  void reset() {
    due_.reset();
    backoff_.reset();
  }

 private:
  RestartPolicy policy_;
  base::Backoff backoff_;
  steady_time begun_;
  std::optional<steady_time> due_;
};

}  // namespace kc::worker
