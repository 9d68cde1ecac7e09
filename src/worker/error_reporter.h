// Tells of a consumed record that could not be processed, as errors.* asks: a log line, and the
// record itself with its circumstances in the dead letter topic. (KIP-298; LogReporter and
// DeadLetterQueueReporter of stock Connect.)
//
// Unlike stock Connect's, a dead letter is not lost: the offset of its record is committed only
// after the brokers have it, and one that they refuse fails the task. One thread, the task's.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"
#include "connect/topic_partition.h"
#include "kafka/consumer.h"
#include "kafka/producer.h"
#include "worker/error_policy.h"
#include "worker/task_metrics.h"

namespace kc::worker {

class ErrorReporter : private kafka::DeliveryListener {
 public:
  struct Settings {
    ErrorPolicy policy;
    std::string connector;
    int task = 0;
    config::Properties producer;  // for dead letters
    config::Properties admin;     // to create their topic
  };

  // `counts` and `registry`, which gets the producer's statistics, outlive it.
  ErrorReporter(Settings settings, ErrorCounts& counts, metrics::Registry& registry);
  ~ErrorReporter() override;

  const ErrorPolicy& policy() const { return settings_.policy; }
  bool has_dead_letters() const { return !settings_.policy.dead_letter_topic.empty(); }

  // Creates the dead letter topic where it is missing. Error(retry): no broker answers.
  void start();

  // `original`: as it was consumed. Copies it. Throws Error(fail_task) when an earlier dead letter
  // could not be written.
  void report(const kafka::Message& original, const Step& step, const base::Error& error);

  // False while so many dead letters are on their way that report() should wait. Throws as
  // report().
  bool has_room();
  // Lowers the offsets to what the brokers have the dead letters of, waiting up to `wait` for them.
  void limit(connect::Offsets& offsets, std::chrono::milliseconds wait);

 private:
  struct DeadLetter {
    connect::TopicPartition partition;
    int64_t offset;
    std::string value;  // what the producer sends, until it is delivered
  };

  void delivered(void* opaque, const base::Error* error) override;
  void log(const kafka::Message& original, const Step& step, const base::Error& error) const;
  void send(const kafka::Message& original, const Step& step, const base::Error& error);
  void check() const;

  const Settings settings_;
  ErrorCounts& counts_;
  metrics::Registry& registry_;
  // By address, as the producer hands it back. Before the producer, which reads their values.
  std::map<void*, std::unique_ptr<DeadLetter>> outstanding_;
  size_t outstanding_bytes_ = 0;
  std::optional<base::Error> failure_;
  std::optional<kafka::Producer> producer_;
};

}  // namespace kc::worker
