#include "worker/sink_offsets.h"

#include <algorithm>

namespace kc::worker {

using connect::Offsets;
using connect::TopicPartition;

SinkOffsets::Acknowledged SinkOffsets::acknowledged(const Offsets& offsets) {
  Acknowledged result;
  for (const auto& [partition, position] : positions_) {
    const auto found = offsets.find(partition);
    const auto before = acknowledged_.find(partition);
    if (found == offsets.end()) continue;
    const auto lag = static_cast<uint64_t>(std::max<int64_t>(position - found->second, 0));
    result.unacknowledged += lag;
    result.lag_max = std::max(result.lag_max, lag);
    result.advanced |= before == acknowledged_.end() || before->second < found->second;
  }
  acknowledged_ = offsets;
  has_unacknowledged_ = result.unacknowledged > 0;
  return result;
}

Offsets SinkOffsets::uncommitted(Offsets acknowledged) const {
  std::erase_if(acknowledged, [&](const auto& entry) {
    const auto position = positions_.find(entry.first);
    const auto committed = committed_.find(entry.first);
    return position == positions_.end() || entry.second > position->second ||
           (committed != committed_.end() && entry.second <= committed->second);
  });
  return acknowledged;
}

void SinkOffsets::committed(const Offsets& offsets) {
  for (const auto& [partition, offset] : offsets) committed_[partition] = offset;
}

void SinkOffsets::forget(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& gone : partitions) {
    acknowledged_.erase(gone);
    positions_.erase(gone);
    committed_.erase(gone);
  }
}

}  // namespace kc::worker
