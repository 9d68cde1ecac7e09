#include "server/tables/row_chunks.h"

#include <algorithm>
#include <utility>

namespace kc::server {

namespace {
constexpr size_t chunk_bytes_min = 16 * 1024;
constexpr size_t chunk_bytes_max = 4 * 1024 * 1024;
}  // namespace

void RowChunks::reserve(size_t bytes, bool within_limit) {
  if (bytes <= left_ || bytes <= spare_bytes_) return;
  // As much again as there is, so that small tables stay small.
  size_t size = std::max(bytes, std::clamp(taken_bytes_, chunk_bytes_min, chunk_bytes_max));
  if (!within_limit) {
    budget_->take_beyond_limit(size);
  } else if (!budget_->try_take(size)) {
    size = bytes;  // near the limit, no more than is needed
    budget_->take(size);
  }
  auto chunk = std::make_unique_for_overwrite<char[]>(size);
  taken_bytes_ += size;
  if (spare_) {  // too small for this, so it will be passed over
    budget_->give_back(spare_bytes_);
    taken_bytes_ -= spare_bytes_;
  }
  spare_ = std::move(chunk);
  spare_bytes_ = size;
}

void RowChunks::use_spare(size_t bytes) {
  reserve(std::max(bytes, left_ + 1));
  chunks_.push_back(std::move(spare_));
  next_ = chunks_.back().get();
  left_ = std::exchange(spare_bytes_, 0);
}

void RowChunks::clear() {
  chunks_.clear();
  spare_.reset();
  spare_bytes_ = 0;
  if (budget_ != nullptr) budget_->give_back(std::exchange(taken_bytes_, 0));
  next_ = nullptr;
  left_ = 0;
}

void RowChunks::swap(RowChunks& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(chunks_, other.chunks_);
  std::swap(taken_bytes_, other.taken_bytes_);
  std::swap(next_, other.next_);
  std::swap(left_, other.left_);
  std::swap(spare_, other.spare_);
  std::swap(spare_bytes_, other.spare_bytes_);
}

}  // namespace kc::server
