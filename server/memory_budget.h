// How much memory the tables of a server may take together. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>

#include "base/error.h"

namespace kc::server {

class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // Throws Error(fail_task), with nothing taken, when the limit would be passed.
  void take(size_t bytes) {
    if (used_bytes_.fetch_add(bytes) + bytes <= limit_bytes_) return;
    used_bytes_ -= bytes;
    throw base::Error(base::Reaction::fail_task,
                      "The tables' memory limit of {} bytes is reached. Hint: clear tables, or "
                      "start the server with a higher memory limit",
                      limit_bytes_);
  }
  // For what soon gives back more than it takes.
  void take_beyond_limit(size_t bytes) { used_bytes_ += bytes; }
  void give_back(size_t bytes) { used_bytes_ -= bytes; }

  size_t used_bytes() const { return used_bytes_; }

 private:
  const size_t limit_bytes_;
  std::atomic<size_t> used_bytes_{0};
};

}  // namespace kc::server
