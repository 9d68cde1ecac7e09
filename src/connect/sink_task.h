// org.apache.kafka.connect.sink.SinkTask, on one thread: start, then open / put / pre_commit /
// close in the order that the group's rebalances dictate, then stop.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>

#include "base/error.h"
#include "connect/topic_partition.h"
#include "data/record.h"
#include "metrics/registry.h"

namespace kc::connect {

// What a task may ask of its worker. Outlives the task.
class SinkTaskContext {
 public:
  virtual ~SinkTaskContext() = default;
  // put() is to be called again, with an empty batch if need be, within `wait` from now
  // (SinkTaskContext.timeout). Lasts until the next call of put().
  virtual void call_again_within(std::chrono::milliseconds wait) = 0;

  // The errant record reporter (KIP-610): whether the user wants records that the other side
  // refuses one by one to be reported; else such a refusal ends the task.
  virtual bool takes_reports() const = 0;
  // The record that put() has taken from this partition and offset was refused, and counts as
  // acknowledged when this returns. Only from inside put() and pre_commit(). Throws when the task
  // is to end with it: let that pass.
  virtual void report(const TopicPartition& partition, int64_t offset,
                      const base::Error& error) = 0;

  // Where the task may show metrics, with the labels `connector` and `task` (KIP-877).
  virtual metrics::Scope metrics() = 0;
};

// A record of a batch that put() can never take; the records before it were taken, those after it
// were not.
class RecordError : public base::Error {
 public:
  RecordError(size_t index, const std::string& message)
      : Error(base::Reaction::skip_record, message), index_(index) {}
  // The record's place in the batch.
  size_t index() const { return index_; }

 private:
  size_t index_;
};

class SinkTask {
 public:
  virtual ~SinkTask() = default;

  // Connects. Error(retry): the other side is away, call again after a wait. `stop` ends every wait
  // inside.
  virtual void start(SinkTaskContext& context, const std::stop_token& stop) = 0;

  virtual void open(std::span<const TopicPartition> partitions) = 0;

  // Whether the task looks at the records' headers; they may be left out otherwise.
  virtual bool reads_headers() const { return true; }

  // Takes the batch; it may still be on its way when this returns. Also called with an empty batch.
  //   Error(retry)     nothing of this batch was taken; the worker pauses and calls again with it.
  //   RecordError      one record cannot be taken; the task fails after a last pre_commit().
  //   any other Error  an earlier write has failed for good; nothing of this batch was taken; the
  //                    task fails likewise.
  // Must not block longer than about a second, or the worker cannot keep its place in the consumer
  // group.
  virtual void put(const data::RecordBatch& batch) = 0;

  // Which offsets may be committed: for each partition of `positions` (offset after the last record
  // put) at most that offset, and only the contiguous prefix that the other side has acknowledged.
  // Sends what is held back and waits up to `wait` for it. Partitions without progress may be left
  // out. Throws what an asynchronous write has failed with, once; called again it returns the
  // acknowledged prefix all the same.
  virtual Offsets pre_commit(const Offsets& positions, std::chrono::milliseconds wait) = 0;

  // After pre_commit() with a wait: these partitions now belong to somebody else. Records of theirs
  // that are not yet acknowledged may be written twice, by both owners.
  virtual void close(std::span<const TopicPartition> partitions) = 0;

  // The last call. Does not throw.
  virtual void stop() noexcept = 0;
};

}  // namespace kc::connect
