// The threads of a listener's connections: one for each, made when it is needed and kept, up to a
// limit; connections beyond wait for one, and beyond another limit are turned away.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kc::http {

class ConnectionThreads {
 public:
  // Connections that may wait for a thread.
  static constexpr size_t waiting_max = 256;

  // `waiting` counts the connections that have no thread yet; it outlives this.
  ConnectionThreads(size_t threads_max, std::atomic<size_t>& waiting)
      : threads_max_(threads_max), waiting_(waiting) {}
  // Waits for all that has been taken.
  ~ConnectionThreads();
  ConnectionThreads(const ConnectionThreads&) = delete;
  ConnectionThreads& operator=(const ConnectionThreads&) = delete;

  // False: too many wait, the connection is turned away. Called by one thread, which the new
  // threads take their signal mask from.
  [[nodiscard]] bool run(std::function<void()> connection);

 private:
  void work();

  const size_t threads_max_;
  std::atomic<size_t>& waiting_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> connections_;
  size_t idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace kc::http
