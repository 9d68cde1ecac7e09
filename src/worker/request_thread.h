// One thread that works through one queue of requests, and what it is busy with, for those who wait
// too long.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "base/error.h"
#include "base/finally.h"
#include "base/guarded.h"

namespace kc::worker {

class RequestThread {
 public:
  static constexpr std::chrono::seconds answer_timeout{90};
  static constexpr size_t requests_max = 1024;

  // `between` is called on the thread before each wait for a request, and says how long that wait
  // may last.
  explicit RequestThread(std::function<std::chrono::milliseconds()> between);
  // As stop().
  ~RequestThread() { stop(); }
  // Returns when the request at work has ended; those behind it are dropped.
  void stop();

  // Runs `work` on the thread and returns its result, or throws what it throws. Throws Error(retry)
  // with what the thread is busy with after `timeout`; `work` is then still done in its turn. So it
  // does at once when too many wait already, and drops `work`. Not from the thread itself.
  template <typename F>
  auto ask(F work, std::chrono::milliseconds timeout = answer_timeout) {
    using Result = decltype(work());
    auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
    auto result = task->get_future();
    std::function<void()> request = [task] { (*task)(); };
    if (!queue_.try_push(request) || result.wait_for(timeout) != std::future_status::ready) {
      const std::string stage = stage_summary();
      throw base::Error(base::Reaction::retry, "Request timed out{}{}", stage.empty() ? "" : ". ",
                        stage);
    }
    return result.get();
  }
  // Runs `work` on the thread some time; dropped once it is stopped.
  void post(std::function<void()> work) { queue_.push(std::move(work), {}); }

  // On the thread: runs `work`, which may take a while, under a description.
  template <typename F>
  auto at_stage(std::string description, F work) {
    begin_stage(std::move(description));
    const base::Finally end([this] { end_stage(); });
    return work();
  }
  // "The worker is currently ..., which began at ..." or what it did last; may be empty. Any
  // thread.
  std::string stage_summary() const;

 private:
  using Time = std::chrono::system_clock::time_point;
  struct Stage {
    std::string description;
    Time began;
    std::optional<Time> completed;
  };
  void begin_stage(std::string description);
  void end_stage();

  base::Guarded<std::optional<Stage>> stage_;
  base::BoundedQueue<std::function<void()>> queue_{requests_max};
  std::jthread thread_;
};

}  // namespace kc::worker
