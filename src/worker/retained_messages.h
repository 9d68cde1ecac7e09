// Messages of records that a sink task has taken and may still report: a dead letter is the message
// as it was consumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "connect/topic_partition.h"
#include "kafka/consumer.h"

namespace kc::worker {

// One thread.
class RetainedMessages {
 public:
  void add(kafka::MessageBatch messages);
  // Lets go, the oldest batches first, of those that the task has acknowledged or whose partitions
  // are not among `positions` any more.
  void drop(const connect::Offsets& acknowledged, const connect::Offsets& positions);
  // nullptr when it is not kept; valid until the next drop().
  const kafka::Message* find(const connect::TopicPartition& partition, int64_t offset) const;

  bool empty() const { return batches_.empty(); }
  size_t bytes() const { return bytes_; }  // of keys and values

 private:
  struct Batch {
    kafka::MessageBatch messages;
    connect::Offsets ends;  // after the last of each partition
    size_t bytes = 0;
  };

  std::deque<Batch> batches_;
  size_t bytes_ = 0;
};

// The message of the batch with that place; nullptr when it is not there.
const kafka::Message* find_message(const kafka::MessageBatch& batch,
                                   const connect::TopicPartition& partition, int64_t offset);

}  // namespace kc::worker
