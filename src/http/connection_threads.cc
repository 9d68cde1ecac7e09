#include "http/connection_threads.h"

#include <system_error>
#include <utility>

#include "base/log.h"

namespace kc::http {

namespace {

thread_local bool is_turned_away = false;

}  // namespace

bool ConnectionThreads::turned_away() { return is_turned_away; }

void ConnectionThreads::enqueue(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  if (work_.size() >= waiting_max) {
    lock.unlock();
    is_turned_away = true;
    work();
    is_turned_away = false;
    return;
  }
  work_.push_back(std::move(work));
  ++waiting_;
  if (idle_ < work_.size() && threads_.size() < threads_max_) {
    try {
      threads_.emplace_back([this] { run(); });
    } catch (const std::system_error& e) {
      base::log_error("No thread for a connection besides {} others: {}", threads_.size(),
                      e.what());
    }
  }
  wake_.notify_one();
}

void ConnectionThreads::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return !work_.empty() || stopping_; });
    --idle_;
    if (work_.empty()) return;
    const auto work = std::move(work_.front());
    work_.pop_front();
    --waiting_;
    lock.unlock();
    work();
    lock.lock();
  }
}

void ConnectionThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace kc::http
