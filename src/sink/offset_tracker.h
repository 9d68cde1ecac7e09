// Which offsets may be committed, when records of many partitions travel in several request bodies
// that are acknowledged in any order.
//
// Every body has a ledger: for each partition the first and the last offset that it holds. An
// offset may be committed when no body that holds it or an earlier one is unacknowledged. One
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "connect/topic_partition.h"
#include "data/record.h"

namespace kc::sink {

// What one body holds. Belongs to the tracker that fills it; empty again after release().
class OffsetLedger {
 public:
  bool empty() const { return spans_.empty(); }

 private:
  friend class OffsetTracker;
  struct Span {
    uint32_t slot;
    int64_t first;
    int64_t last;
  };
  struct Row {
    uint32_t slot;
    int64_t offset;
  };
  std::vector<Span> spans_;
  std::vector<Row> rows_;  // only where the tracker keeps them
};

class OffsetTracker {
 public:
  // `keep_rows`: so that origin() can tell where a row came from.
  explicit OffsetTracker(bool keep_rows = false) : keep_rows_(keep_rows) {}

  // Records of a partition that was closed no longer hold back its commits, should it come back.
  void close(const connect::TopicPartition& partition);

  // `record` is now in the body of `ledger`. Cheap when it is of the same partition as the last
  // one.
  void add(OffsetLedger& ledger, const data::Record& record) {
    const uint32_t slot = slot_of(record.original_topic, record.original_partition);
    if (keep_rows_) ledger.rows_.push_back({slot, record.offset});
    for (auto& span : ledger.spans_) {
      if (span.slot != slot) continue;
      if (record.offset < span.first) [[unlikely]]
        move_first(span, record.offset);
      span.last = record.offset > span.last ? record.offset : span.last;
      return;
    }
    begin_span(ledger, slot, record.offset);
  }

  // The body is acknowledged.
  void release(OffsetLedger& ledger);

  // For each of `positions` (offset after the last record put): the offset that may be committed.
  connect::Offsets committable(const connect::Offsets& positions) const;

  struct Origin {
    connect::TopicPartition partition;
    int64_t offset;
  };
  // Of the body's row number `row`, as the rows were added.
  Origin origin(const OffsetLedger& ledger, size_t row) const {
    const auto& [slot, offset] = ledger.rows_.at(row);
    return {slots_[slot].partition, offset};
  }

  // "topic T partition 0 offsets 5 to 9, topic ..."
  std::string describe(const OffsetLedger& ledger) const;

 private:
  // A partition, from its first record until it is closed and no body holds records of it.
  struct Slot {
    connect::TopicPartition partition;
    bool open = false;
    // Of each unacknowledged body that holds records of it; as few as there are bodies.
    std::vector<int64_t> first_offsets;
  };

  uint32_t slot_of(std::string_view topic, int32_t partition) {
    if (last_slot_ < slots_.size()) [[likely]] {
      const Slot& slot = slots_[last_slot_];
      if (slot.open && slot.partition.partition == partition && slot.partition.topic == topic)
          [[likely]]
        return last_slot_;
    }
    return find_slot(topic, partition);
  }
  uint32_t find_slot(std::string_view topic, int32_t partition);
  void begin_span(OffsetLedger& ledger, uint32_t slot, int64_t offset);
  void move_first(OffsetLedger::Span& span, int64_t offset);

  const bool keep_rows_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> free_slots_;
  std::map<connect::TopicPartition, uint32_t> open_slots_;
  uint32_t last_slot_ = 0;
};

}  // namespace kc::sink
