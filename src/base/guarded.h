// A value that can be reached only under its lock.
#pragma once

#include <mutex>
#include <utility>

namespace kc::base {

template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Calls `use(value)` under the lock and returns what it returns. Keep `use` short; it must not
  // block.
  template <typename F>
  auto with(F&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }

  template <typename F>
  auto with(F&& use) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }

  T copy() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace kc::base
