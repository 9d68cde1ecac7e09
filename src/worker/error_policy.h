// What a connector's errors.* properties ask for when a record cannot be processed (KIP-298), and
// the words for where it happened.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/properties.h"

namespace kc::worker {

// org.apache.kafka.connect.runtime.errors.Stage, those that this worker reports.
enum class Stage : uint8_t {
  transformation,
  key_converter,
  value_converter,
  header_converter,
  task_put,
  kafka_produce
};

// "VALUE_CONVERTER"
std::string_view stage_name(Stage stage);

// Where a record is, or was when it failed. `class_name`: the Java class that would have run.
struct Step {
  Stage stage = Stage::key_converter;
  std::string_view class_name;
};

struct ErrorPolicy {
  bool tolerate_all = false;
  // How long an operation that fails with Error(retry) is tried again; below zero: for ever.
  std::chrono::milliseconds retry_timeout{0};
  std::chrono::milliseconds retry_delay_max{60'000};
  bool log = false;
  bool log_messages = false;
  // Sinks only.
  std::string dead_letter_topic;  // empty: none
  int16_t dead_letter_replication = 3;
  bool dead_letter_headers = false;

  // `connector`: valid for connector_config_def().
  static ErrorPolicy of(const config::Properties& connector, bool is_sink);
};

// The waits between tries of one operation: 300 ms, doubled each time up to retry_delay_max, the
// last one cut at the end of retry_timeout.
class ErrorRetries {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  explicit ErrorRetries(const ErrorPolicy& policy) : policy_(policy) {}

  // The wait before the next try of an operation that has failed at `now`; nothing when its time is
  // over.
  std::optional<std::chrono::milliseconds> next(steady_time now);
  // The operation has succeeded, or was given up.
  void reset() { attempts_ = 0; }

 private:
  const ErrorPolicy& policy_;
  int attempts_ = 0;
  steady_time deadline_;
};

// "Error encountered in task X-0. Executing stage ..." `where`: empty, or ", where consumed record
// is {...}".
void log_record_error(const std::string& task_name, const Step& step, const std::string& where,
                      const base::Error& error);

// What the task fails with when errors.tolerance does not cover `cause`.
base::Error tolerance_exceeded(const base::Error& cause);

}  // namespace kc::worker
