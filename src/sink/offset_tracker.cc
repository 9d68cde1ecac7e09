#include "sink/offset_tracker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace kc::sink {

uint32_t OffsetTracker::find_slot(std::string_view topic, int32_t partition) {
  const connect::TopicPartition wanted{std::string(topic), partition};
  if (const auto found = open_slots_.find(wanted); found != open_slots_.end()) {
    return last_slot_ = found->second;
  }
  uint32_t slot;
  if (free_slots_.empty()) {
    slot = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  slots_[slot].partition = wanted;
  slots_[slot].open = true;
  open_slots_.emplace(wanted, slot);
  return last_slot_ = slot;
}

void OffsetTracker::begin_span(OffsetLedger& ledger, uint32_t slot, int64_t offset) {
  ledger.spans_.push_back({slot, offset, offset});
  slots_[slot].first_offsets.push_back(offset);
}

// The partition was read again from an earlier offset.
void OffsetTracker::move_first(OffsetLedger::Span& span, int64_t offset) {
  auto& firsts = slots_[span.slot].first_offsets;
  const auto found = std::ranges::find(firsts, span.first);
  assert(found != firsts.end());
  *found = offset;
  span.first = offset;
}

void OffsetTracker::close(const connect::TopicPartition& partition) {
  const auto found = open_slots_.find(partition);
  if (found == open_slots_.end()) return;
  const uint32_t slot = found->second;
  open_slots_.erase(found);
  slots_[slot].open = false;
  if (slots_[slot].first_offsets.empty()) free_slots_.push_back(slot);
}

void OffsetTracker::release(OffsetLedger& ledger) {
  for (const auto& span : ledger.spans_) {
    Slot& slot = slots_[span.slot];
    const auto found = std::ranges::find(slot.first_offsets, span.first);
    assert(found != slot.first_offsets.end());
    slot.first_offsets.erase(found);
    if (!slot.open && slot.first_offsets.empty()) free_slots_.push_back(span.slot);
  }
  ledger.spans_.clear();
  ledger.rows_.clear();
}

connect::Offsets OffsetTracker::committable(const connect::Offsets& positions) const {
  connect::Offsets result;
  for (const auto& [partition, position] : positions) {
    int64_t offset = position;
    if (const auto found = open_slots_.find(partition); found != open_slots_.end()) {
      for (const int64_t first : slots_[found->second].first_offsets) {
        offset = std::min(offset, first);
      }
    }
    result.emplace(partition, offset);
  }
  return result;
}

std::string OffsetTracker::describe(const OffsetLedger& ledger) const {
  std::string text;
  for (const auto& span : ledger.spans_) {
    const auto& partition = slots_[span.slot].partition;
    fmt::format_to(std::back_inserter(text), "{}topic {} partition {} offsets {} to {}",
                   text.empty() ? "" : ", ", partition.topic, partition.partition, span.first,
                   span.last);
  }
  return text;
}

}  // namespace kc::sink
