// How much memory the tables of a server may take together: rows, lists of rows and key indexes.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>

#include "base/error.h"

namespace kc::server {

class MemoryBudget {
 public:
  explicit MemoryBudget(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  // False, with nothing taken, when the limit would be passed.
  bool try_take(size_t bytes) {
    if (used_bytes_.fetch_add(bytes) + bytes <= limit_bytes_) return true;
    used_bytes_ -= bytes;
    return false;
  }
  // Throws Error(fail_task) instead.
  void take(size_t bytes) {
    if (try_take(bytes)) return;
    throw base::Error(base::Reaction::fail_task,
                      "The tables' memory limit of {} bytes is reached. Hint: clear tables or "
                      "delete rows, or start the server with a higher --memory-limit",
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

// For containers whose memory counts. What grows them throws Error(fail_task) at the limit and
// leaves them as they were.
template <typename T>
class BudgetAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  // `budget` outlives all containers.
  explicit BudgetAllocator(MemoryBudget& budget) : budget_(&budget) {}
  template <typename U>
  explicit BudgetAllocator(const BudgetAllocator<U>& other) : budget_(other.budget()) {}

  T* allocate(size_t count) {
    budget_->take(count * sizeof(T));
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, size_t count) {
    std::allocator<T>().deallocate(memory, count);
    budget_->give_back(count * sizeof(T));
  }
  MemoryBudget* budget() const { return budget_; }
  bool operator==(const BudgetAllocator&) const = default;

 private:
  MemoryBudget* budget_;
};

}  // namespace kc::server
