// From a message that was consumed to the record that a sink task gets: converters, then
// transformations.
#pragma once

#include "data/record.h"
#include "kafka/consumer.h"
#include "worker/error_policy.h"
#include "worker/record_steps.h"

namespace kc::worker {

// One thread.
class RecordDecoder {
 public:
  explicit RecordDecoder(RecordSteps steps) : steps_(std::move(steps)) {}

  // Appends the record to `batch`, pointing into `message` and the batch's arena; false when a
  // transformation has dropped it. Throws what a step fails with, which step() tells then.
  bool decode(const kafka::Message& message, data::RecordBatch& batch);
  const Step& step() const { return step_; }
  // False when messages without their headers would do.
  bool looks_at_headers() const;

 private:
  void decode_headers(const kafka::Message& message, data::RecordBatch& batch,
                      data::Record& record);

  RecordSteps steps_;
  Step step_;
};

}  // namespace kc::worker
