// The sink's data path: Kafka -> converters -> transformations -> SinkTask, with offsets committed
// only for what the task says is safe.
//
// Everything runs on the task's thread. Delivery is at least once: offsets are committed after the
// task's other side has acknowledged every record before them, so a process killed at any moment
// reads again what was not acknowledged, and nothing else. (WorkerSinkTask of stock Connect.)
//
// A record that cannot be processed is reported and then, as errors.tolerance says, skipped or the
// end of the task. One that cannot be processed now (Error(retry)) is tried again for
// errors.retry.timeout, with the consumer paused, and is then the end of the task whatever the
// tolerance: an outage loses no record. (KIP-298, KIP-610.)
#pragma once

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "connect/sink_task.h"
#include "kafka/consumer.h"
#include "worker/error_policy.h"
#include "worker/error_reporter.h"
#include "worker/record_decoder.h"
#include "worker/retained_messages.h"
#include "worker/sink_offsets.h"
#include "worker/task_metrics.h"
#include "worker/task_progress.h"
#include "worker/topic_pattern.h"

namespace kc::worker {

struct SinkPipelineSettings {
  config::Properties consumer;  // the Java consumer's properties
  std::vector<std::string> topics;
  std::string topics_regex;  // instead of `topics`
  size_t batch_records_max = 2000;
  std::chrono::milliseconds commit_interval{60000};
  // For the last commit before partitions are given up or the task ends.
  std::chrono::milliseconds commit_timeout{5000};
  ErrorReporter::Settings errors;
};

class SinkPipeline : private connect::SinkTaskContext, private kafka::RebalanceListener {
 public:
  SinkPipeline(SinkPipelineSettings settings, RecordSteps steps,
               std::unique_ptr<connect::SinkTask> task, TaskProgress& progress,
               TaskMetrics& metrics, const base::Clock& clock);
  ~SinkPipeline() override;

  // Returns when `stop` is requested, after what was read has been written and committed as far as
  // commit_timeout allows. Throws what the task fails with; offsets before the failing record have
  // then been committed.
  void run(const std::stop_token& stop);

 private:
  // SinkTaskContext, RebalanceListener.
  void call_again_within(std::chrono::milliseconds wait) override;
  bool takes_reports() const override;
  void report(const connect::TopicPartition& partition, int64_t offset,
              const base::Error& error) override;
  metrics::Scope metrics() override { return metrics_.scope(); }
  void assigned(std::span<const connect::TopicPartition> partitions) override;
  void revoked(std::span<const connect::TopicPartition> partitions) override;
  void lost(std::span<const connect::TopicPartition> partitions) override;

  void pass();
  void follow_pause();
  bool needs_headers() const;
  void read();
  void serve_group();
  bool convert_rest();
  bool put();
  void put_batch();
  void hold(const base::Error& reason, std::chrono::milliseconds wait);
  void release();
  void remember_positions(size_t messages);
  void retain();
  void forget(std::span<const connect::TopicPartition> partitions);
  connect::Offsets acknowledged_offsets(std::chrono::milliseconds wait);
  connect::Offsets new_offsets(std::chrono::milliseconds wait);
  void note_work();
  void commit_when_due();
  void commit_before_leaving();
  std::chrono::milliseconds poll_wait() const;

  const SinkPipelineSettings settings_;
  RecordDecoder decoder_;
  ErrorReporter errors_;
  const std::unique_ptr<connect::SinkTask> task_;
  TaskProgress& progress_;
  TaskMetrics& metrics_;
  const base::Clock& clock_;
  std::optional<kafka::Consumer> consumer_;
  std::optional<TopicPattern> pattern_;

  kafka::MessageBatch messages_;  // what batch_ points into
  std::vector<bool> given_up_;    // of messages_: their partition was taken from us meanwhile
  size_t next_ = 0;               // of messages_: the first that is not processed yet
  data::RecordBatch batch_;
  std::vector<size_t> message_of_;  // of each record of batch_: its place in messages_

  // Something cannot be done for now: it is tried again at retry_at_, with the consumer paused
  // meanwhile.
  bool held_ = false;
  base::Clock::steady_time retry_at_;
  // The worker wants no records: the consumer is paused, and stays in its group.
  bool paused_ = false;
  base::Backoff put_retries_{std::chrono::milliseconds(50), std::chrono::milliseconds(2000)};
  ErrorRetries conversion_retries_;
  // Why the record after batch_ ends the task, once batch_ is put.
  std::exception_ptr failure_after_batch_;

  RetainedMessages retained_;
  SinkOffsets offsets_;
  // When an asynchronous commit was begun whose answer is outstanding.
  std::optional<base::Clock::steady_time> commit_began_;
  uint64_t failed_commits_seen_ = 0;
  base::Clock::steady_time next_commit_;
  base::Clock::steady_time call_again_at_ = base::Clock::steady_time::max();
};

}  // namespace kc::worker
