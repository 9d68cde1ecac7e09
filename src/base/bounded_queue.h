// The queue through which two threads meet: bounded, blocking, closable, stoppable.
//
// close() wakes everybody: pushes then fail, pops drain what is left. Every wait ends at a stop
// request.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace kc::base {

template <typename T>
class BoundedQueue {
 public:
  // Holds at most `capacity` items, at least 1.
  explicit BoundedQueue(size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

  // Waits for room. False, with the item dropped, when the queue is closed or a stop is requested.
  bool push(T item, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!room_.wait(lock, stop, [&] { return closed_ || items_.size() < capacity_; }) || closed_) {
      return false;
    }
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  // False, with `item` untouched, when the queue is full or closed.
  bool try_push(T& item) {
    std::unique_lock lock(mutex_);
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  // Waits up to `timeout` for an item; nothing when it passed, when a stop was requested, or when
  // the queue is closed and empty.
  std::optional<T> pop(std::chrono::milliseconds timeout, const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, stop, timeout, [&] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    room_.notify_one();
    return item;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    room_.notify_all();
  }

  size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any filled_;
  std::condition_variable_any room_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace kc::base
