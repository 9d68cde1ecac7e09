// Memory for the rows of one table: chunks that only grow, until all is given back at once. Not
// thread-safe; the table's lock guards it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "server/tables/memory_budget.h"

namespace kc::server {

class RowChunks {
 public:
  explicit RowChunks(MemoryBudget& budget) : budget_(&budget) {}
  ~RowChunks() { clear(); }
  RowChunks(RowChunks&& other) noexcept { swap(other); }
  RowChunks& operator=(RowChunks&& other) noexcept {
    swap(other);
    return *this;
  }

  // Makes sure that allocations of `bytes` together will succeed. Throws Error(fail_task), with
  // nothing changed, when the server's memory limit is reached.
  void reserve(size_t bytes) { reserve(bytes, true); }
  // For packing: the memory that is packed is given back right afterwards.
  void reserve_beyond_limit(size_t bytes) { reserve(bytes, false); }

  char* allocate(size_t bytes) {
    if (bytes > left_) [[unlikely]]
      use_spare(bytes);
    char* const start = next_;
    next_ += bytes;
    left_ -= bytes;
    return start;
  }

  void clear();

 private:
  void swap(RowChunks& other) noexcept;
  void reserve(size_t bytes, bool within_limit);
  void use_spare(size_t bytes);

  MemoryBudget* budget_ = nullptr;
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t taken_bytes_ = 0;
  char* next_ = nullptr;
  size_t left_ = 0;
  // The next chunk, so that a reservation does not waste what is left of this one.
  std::unique_ptr<char[]> spare_;
  size_t spare_bytes_ = 0;
};

}  // namespace kc::server
