#include "sink/alteration_gate.h"

namespace kc::sink {

bool AlterationGate::enter(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return !closed_; })) return false;
  ++inside_;
  return true;
}

void AlterationGate::leave() {
  {
    const std::lock_guard lock(mutex_);
    --inside_;
  }
  changed_.notify_all();
}

bool AlterationGate::close(std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  std::unique_lock lock(mutex_);
  if (!changed_.wait_until(lock, deadline, [this] { return !closed_; })) return false;
  closed_ = true;  // nobody comes in while those inside leave
  if (changed_.wait_until(lock, deadline, [this] { return inside_ == 0; })) return true;
  closed_ = false;
  lock.unlock();
  changed_.notify_all();
  return false;
}

void AlterationGate::open() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = false;
  }
  changed_.notify_all();
}

}  // namespace kc::sink
