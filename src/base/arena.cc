#include "base/arena.h"

#include <algorithm>

namespace kc::base {

std::byte* Arena::grow(size_t bytes, size_t alignment) {
  const size_t needed = bytes + alignment;
  // Chunks left from before the last reset() serve first.
  while (used_chunks_ < chunks_.size() && chunks_[used_chunks_].size < needed) ++used_chunks_;
  if (used_chunks_ == chunks_.size()) {
    const size_t doubled = chunks_.empty() ? chunk_bytes_min : chunks_.back().size * 2;
    const size_t size = std::max(needed, std::min(doubled, chunk_bytes_max));
    chunks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
    reserved_bytes_ += size;
  }
  const Chunk& chunk = chunks_[used_chunks_++];
  end_ = chunk.memory.get() + chunk.size;
  return align(chunk.memory.get(), alignment);
}

void Arena::reset() {
  std::erase_if(chunks_, [](const Chunk& chunk) { return chunk.size > chunk_bytes_max; });
  reserved_bytes_ = 0;
  size_t kept = 0;
  while (kept < chunks_.size() && reserved_bytes_ + chunks_[kept].size <= kept_bytes_max) {
    reserved_bytes_ += chunks_[kept++].size;
  }
  chunks_.resize(kept);
  used_chunks_ = 0;
  next_ = end_ = nullptr;
}

}  // namespace kc::base
