// A bump allocator for data that lives exactly as long as a batch. Not thread-safe; one owner.
//
// Memory comes in chunks that double up to `chunk_bytes_max`; reset() keeps the chunks for the next
// batch and gives back what exceeds `kept_bytes_max`, so that one huge message does not pin its
// memory for ever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kc::base {

class Arena {
 public:
  static constexpr size_t chunk_bytes_min = 64 * 1024;
  static constexpr size_t chunk_bytes_max = 4 * 1024 * 1024;
  static constexpr size_t kept_bytes_max = 16 * 1024 * 1024;

  Arena() = default;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  // Uninitialised memory that stays valid until reset() or destruction. `alignment` is a power of
  // two.
  void* allocate(size_t bytes, size_t alignment = alignof(std::max_align_t)) {
    std::byte* start = align(next_, alignment);
    if (next_ == nullptr || start > end_ || bytes > static_cast<size_t>(end_ - start))
        [[unlikely]] {
      start = grow(bytes, alignment);
    }
    next_ = start + bytes;
    return start;
  }

  // `count` uninitialised elements of a type without constructor or destructor to run.
  template <typename T>
  T* allocate_array(size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* copied = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(copied, text.data(), text.size());
    return {copied, text.size()};
  }

  // Gives back the unused tail of the latest allocation, which began at `start`; `used` bytes of it
  // stay.
  void shrink_latest(void* start, size_t used) { next_ = static_cast<std::byte*>(start) + used; }

  void reset();
  size_t reserved_bytes() const { return reserved_bytes_; }

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> memory;
    size_t size;
  };

  static std::byte* align(std::byte* pointer, size_t alignment) {
    const auto address = reinterpret_cast<std::uintptr_t>(pointer);
    return pointer + (((address + alignment - 1) & ~(alignment - 1)) - address);
  }
  std::byte* grow(size_t bytes, size_t alignment);

  std::vector<Chunk> chunks_;
  size_t used_chunks_ = 0;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  size_t reserved_bytes_ = 0;
};

}  // namespace kc::base
