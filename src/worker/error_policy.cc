#include "worker/error_policy.h"

#include <algorithm>

#include "base/log.h"
#include "worker/worker_config.h"

namespace kc::worker {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_delay{300};
constexpr int doublings_max = 30;
// Java's "never" is Long.MAX_VALUE, which no clock can be advanced by.
constexpr milliseconds time_max = std::chrono::hours(24 * 365);

}  // namespace

std::string_view stage_name(Stage stage) {
  switch (stage) {
    case Stage::transformation:
      return "TRANSFORMATION";
    case Stage::key_converter:
      return "KEY_CONVERTER";
    case Stage::value_converter:
      return "VALUE_CONVERTER";
    case Stage::header_converter:
      return "HEADER_CONVERTER";
    case Stage::task_put:
      return "TASK_PUT";
    case Stage::kafka_produce:
      break;
  }
  return "KAFKA_PRODUCE";
}

ErrorPolicy ErrorPolicy::of(const config::Properties& connector, bool is_sink) {
  const auto type = is_sink ? connect::ConnectorType::sink : connect::ConnectorType::source;
  const config::Config parsed = connector_config_def(type).parse(connector);
  ErrorPolicy policy;
  policy.tolerate_all = parsed.string("errors.tolerance") == "all";
  // An outage is waited for; who sets the property wants it to end.
  policy.retry_timeout =
      parsed.given("errors.retry.timeout")
          ? std::min(milliseconds(parsed.integer("errors.retry.timeout")), time_max)
          : milliseconds(-1);
  policy.retry_delay_max =
      std::min(milliseconds(parsed.integer("errors.retry.delay.max.ms")), time_max);
  policy.log = parsed.boolean("errors.log.enable");
  policy.log_messages = parsed.boolean("errors.log.include.messages");
  if (is_sink) {
    policy.dead_letter_topic = parsed.string("errors.deadletterqueue.topic.name");
    policy.dead_letter_replication =
        static_cast<int16_t>(parsed.integer("errors.deadletterqueue.topic.replication.factor"));
    policy.dead_letter_headers = parsed.boolean("errors.deadletterqueue.context.headers.enable");
  }
  return policy;
}

std::optional<milliseconds> ErrorRetries::next(steady_time now) {
  if (attempts_++ == 0) deadline_ = now + std::max(policy_.retry_timeout, milliseconds(0));
  const bool for_ever = policy_.retry_timeout < milliseconds(0);
  if (!for_ever && now >= deadline_) return std::nullopt;
  const milliseconds delay =
      std::min(first_delay * (int64_t{1} << std::min(attempts_ - 1, doublings_max)),
               policy_.retry_delay_max);
  if (for_ever) return delay;
  return std::min(delay, std::chrono::ceil<milliseconds>(deadline_ - now));
}

void log_record_error(const std::string& task_name, const Step& step, const std::string& where,
                      const base::Error& error) {
  base::log_error("Error encountered in task {}. Executing stage '{}' with class '{}'{}. {}: {}",
                  task_name, stage_name(step.stage), step.class_name, where, error.java_class(),
                  error.what());
}

base::Error tolerance_exceeded(const base::Error& cause) {
  return base::Error(base::Reaction::fail_task,
                     "Tolerance exceeded in error handler\nCaused by: {}: {}", cause.java_class(),
                     cause.what());
}

}  // namespace kc::worker
