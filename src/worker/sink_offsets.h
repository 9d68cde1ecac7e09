// How far a sink's partitions are: put into the task, acknowledged by it, committed.
#pragma once

#include <cstdint>
#include <span>

#include "connect/topic_partition.h"

namespace kc::worker {

// Offsets are those after the last record. One thread.
class SinkOffsets {
 public:
  // After the last record that was put, dropped or skipped.
  void set_position(connect::TopicPartition partition, int64_t offset) {
    positions_[std::move(partition)] = offset;
  }
  const connect::Offsets& positions() const { return positions_; }

  // What the task has said that it is done with.
  struct Acknowledged {
    bool advanced = false;        // since the last time
    uint64_t unacknowledged = 0;  // records
    uint64_t lag_max = 0;         // of those the most in one partition
  };
  Acknowledged acknowledged(const connect::Offsets& offsets);
  // As it was told last.
  bool has_unacknowledged() const { return has_unacknowledged_; }

  // Of what the task has acknowledged, what is not committed yet.
  connect::Offsets uncommitted(connect::Offsets acknowledged) const;
  // These were given to the consumer to commit.
  void committed(const connect::Offsets& offsets);
  // A commit has failed, whichever it was: everything is to be committed again.
  void commit_failed() { committed_.clear(); }

  // The partitions are not ours any more.
  void forget(std::span<const connect::TopicPartition> partitions);

 private:
  connect::Offsets positions_;
  connect::Offsets acknowledged_;
  connect::Offsets committed_;
  bool has_unacknowledged_ = false;
};

}  // namespace kc::worker
