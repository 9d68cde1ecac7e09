// The source's data path: SourceTask -> transformations -> converters -> Kafka, with source offsets
// written only for what the brokers have acknowledged.
//
// Everything runs on the task's thread. A batch polled from the task becomes a flight: its records
// are encoded into one buffer, which librdkafka sends without copying and which lives until every
// delivery is reported. Flights end in any order; source offsets move with the contiguous prefix of
// flights that have ended. (WorkerSourceTask, SubmittedRecords of stock Connect.)
//
// A record that cannot be processed, or that no broker takes, is logged and skipped or ends the
// task, as errors.tolerance says; what fails with Error(retry) is tried again as in SinkPipeline.
#pragma once

#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connect/source_task.h"
#include "kafka/producer.h"
#include "worker/error_policy.h"
#include "worker/flight_encoder.h"
#include "worker/offset_store.h"
#include "worker/task_metrics.h"
#include "worker/task_progress.h"
#include "worker/topic_creation.h"

namespace kc::worker {

struct SourcePipelineSettings {
  config::Properties producer;  // the Java producer's properties
  std::chrono::milliseconds commit_interval{60000};
  // For the last flush and commit before the task ends.
  std::chrono::milliseconds commit_timeout{5000};
  // Polling pauses while this much is on its way to the brokers: few enough records that their
  // delivery reports are still in the processor's caches.
  size_t outstanding_records_max = 6000;
  size_t outstanding_bytes_max = 16 * 1024 * 1024;
  ErrorPolicy errors;
  std::string task_name;  // "CONNECTOR-0", in error lines
  // The connector's topic.creation.* properties, empty where no topics are to be created; and the
  // Java admin client's.
  config::Properties topic_creation = {};
  config::Properties admin = {};
};

class SourcePipeline : private connect::SourceTaskContext, private kafka::DeliveryListener {
 public:
  SourcePipeline(SourcePipelineSettings settings, RecordSteps steps,
                 std::unique_ptr<connect::SourceTask> task, ConnectorOffsets offsets,
                 TaskProgress& progress, TaskMetrics& metrics, const base::Clock& clock);
  ~SourcePipeline() override;

  // Returns when `stop` is requested, after what was polled has been sent and its offsets written
  // as far as commit_timeout allows. Throws what the task fails with, after the same.
  void run(const std::stop_token& stop);

 private:
  // SourceTaskContext, DeliveryListener.
  const connect::OffsetReader& offsets() const override { return offsets_; }
  metrics::Scope metrics() override { return metrics_.scope(); }
  void delivered(void* opaque, const base::Error* error) override;

  bool pass(const std::stop_token& stop, bool paused);
  bool has_room() const;
  std::unique_ptr<Flight> new_flight();
  void continue_flight(Flight& flight);
  bool encode(Flight& flight);
  void skip_or_fail(const data::Record& record, const Step& step, const base::Error& error);
  bool topics_are_there(Flight& flight);
  void send(Flight& flight);
  void skip_undelivered(Flight& flight, const base::Error& error);
  std::string trouble() const;
  void poll_task(Flight& flight, const std::stop_token& stop);
  void retire();
  void commit_when_due();
  void commit();
  void leave() noexcept;

  const SourcePipelineSettings settings_;
  FlightEncoder encoder_;
  const std::unique_ptr<connect::SourceTask> task_;
  ConnectorOffsets offsets_;
  TaskProgress& progress_;
  TaskMetrics& metrics_;
  const base::Clock& clock_;

  std::deque<std::unique_ptr<Flight>> flights_;  // in the order polled
  std::vector<std::unique_ptr<Flight>> idle_;    // for reuse
  std::optional<kafka::Producer> producer_;      // reads the flights' payloads while it lives
  std::optional<TopicCreator> topic_creator_;
  ErrorRetries retries_;
  base::Clock::steady_time retry_at_;

  size_t outstanding_records_ = 0;
  size_t outstanding_bytes_ = 0;
  std::map<std::string, std::string> committable_;  // acknowledged, not yet written
  std::exception_ptr failure_;                      // what the task fails with after this pass
  base::Clock::steady_time next_commit_;
};

}  // namespace kc::worker
