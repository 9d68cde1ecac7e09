// httplib's queue of accepted connections: a thread for each, made when it is needed and kept, up
// to a limit; connections beyond wait for one, and beyond another limit are turned away.
#pragma once

#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kc::http {

class ConnectionThreads final : public httplib::TaskQueue {
 public:
  // Connections that may wait for a thread.
  static constexpr size_t waiting_max = 256;

  // `waiting` counts the connections that have no thread yet; it outlives the queue.
  ConnectionThreads(size_t threads_max, std::atomic<size_t>& waiting)
      : threads_max_(threads_max), waiting_(waiting) {}

  // Called by one thread, which the new threads take their signal mask from.
  void enqueue(std::function<void()> work) override;
  void shutdown() override;

  // For the work, on its own thread: it has been turned away and has to end at once.
  static bool turned_away();

 private:
  void run();

  const size_t threads_max_;
  std::atomic<size_t>& waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kc::http
