#include "http/connection_threads.h"

#include <system_error>
#include <utility>

#include "base/log.h"

namespace kc::http {

bool ConnectionThreads::run(std::function<void()> connection) {
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= waiting_max) return false;
  connections_.push_back(std::move(connection));
  ++waiting_;
  if (idle_ < connections_.size() && threads_.size() < threads_max_) {
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& e) {
      base::log_error("No thread for a connection besides {} others: {}", threads_.size(),
                      e.what());
    }
  }
  wake_.notify_one();
  return true;
}

void ConnectionThreads::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return !connections_.empty() || stopping_; });
    --idle_;
    if (connections_.empty()) return;
    const auto connection = std::move(connections_.front());
    connections_.pop_front();
    --waiting_;
    lock.unlock();
    connection();
    lock.lock();
  }
}

ConnectionThreads::~ConnectionThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace kc::http
