// The sink's data path: Kafka -> converters -> SinkTask, with offsets committed only for what the
// task says is safe.
//
// Everything runs on the task's thread. Delivery is at least once: offsets are committed after the
// task's other side has acknowledged every record before them, so a process killed at any moment
// reads again what was not acknowledged, and nothing else. (WorkerSinkTask of stock Connect.)
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
#include "connect/converter.h"
#include "connect/sink_task.h"
#include "kafka/consumer.h"
#include "worker/task_progress.h"

namespace kc::worker {

struct SinkPipelineSettings {
  config::Properties consumer;      // the Java consumer's properties
  std::vector<std::string> topics;  // or one regular expression that begins with ^
  size_t batch_records_max = 2000;
  std::chrono::milliseconds commit_interval{60000};
  // For the last commit before partitions are given up or the task ends.
  std::chrono::milliseconds commit_timeout{5000};
};

struct Converters {
  std::unique_ptr<connect::Converter> key;
  std::unique_ptr<connect::Converter> value;
};

class SinkPipeline : private connect::SinkTaskContext, private kafka::RebalanceListener {
 public:
  SinkPipeline(SinkPipelineSettings settings, Converters converters,
               std::unique_ptr<connect::SinkTask> task, TaskProgress& progress,
               const base::Clock& clock);
  ~SinkPipeline() override;

  // Returns when `stop` is requested, after what was read has been written and committed as far as
  // commit_timeout allows. Throws what the task fails with; offsets before the failing record have
  // then been committed.
  void run(const std::stop_token& stop);

 private:
  // SinkTaskContext, RebalanceListener.
  void call_again_within(std::chrono::milliseconds wait) override;
  void assigned(std::span<const connect::TopicPartition> partitions) override;
  void revoked(std::span<const connect::TopicPartition> partitions) override;
  void lost(std::span<const connect::TopicPartition> partitions) override;

  void pass();
  void read();
  void convert(const kafka::Message& message);
  void put();
  void hold(const base::Error& reason);
  void remember_positions(size_t taken);
  void forget(std::span<const connect::TopicPartition> partitions);
  connect::Offsets new_offsets(std::chrono::milliseconds wait);
  void commit_when_due();
  void commit_before_leaving();
  std::chrono::milliseconds poll_wait() const;

  const SinkPipelineSettings settings_;
  Converters converters_;
  const std::unique_ptr<connect::SinkTask> task_;
  TaskProgress& progress_;
  const base::Clock& clock_;
  std::optional<kafka::Consumer> consumer_;

  kafka::MessageBatch messages_;  // what batch_ points into
  data::RecordBatch batch_;
  // The task refused batch_ for now: it is put again at retry_at_, with the consumer paused
  // meanwhile.
  bool held_ = false;
  base::Clock::steady_time retry_at_;
  base::Backoff retry_backoff_{std::chrono::milliseconds(50), std::chrono::milliseconds(2000)};
  // Why the record after batch_ could not be converted: the task fails with it once batch_ is put.
  std::exception_ptr failure_after_batch_;

  connect::Offsets positions_;  // after the last record put
  connect::Offsets committed_;  // given to the consumer to commit
  uint64_t failed_commits_seen_ = 0;
  base::Clock::steady_time next_commit_;
  base::Clock::steady_time call_again_at_ = base::Clock::steady_time::max();
};

}  // namespace kc::worker
