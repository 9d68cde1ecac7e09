#include "worker/task_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "worker/worker_metrics.h"

namespace kc::worker {
namespace {

using metrics::Counter;
using metrics::SampledStatistic;
using metrics::Samples;
using std::chrono::milliseconds;

constexpr milliseconds waiting_time{5000};

double number(const Counter& counter) { return static_cast<double>(counter.value()); }
double number(const std::atomic<uint64_t>& value) { return static_cast<double>(value.load()); }

double milliseconds_of(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

double share(std::chrono::steady_clock::duration part, std::chrono::steady_clock::duration whole) {
  return whole.count() <= 0 ? 0 : milliseconds_of(part) / milliseconds_of(whole);
}

}  // namespace

void ErrorCounts::record_failed() {
  errors.add();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  last_error_ms = std::chrono::duration_cast<milliseconds>(now).count();
}

TaskMetrics::TaskMetrics(WorkerMetrics& worker, std::string connector, int task,
                         connect::ConnectorType type)
    : batch_size(worker.windows(), worker.clock()),
      commit_time(worker.windows(), worker.clock()),
      commit_success(worker.windows(), worker.clock()),
      records_in_rate(worker.windows(), worker.clock()),
      records_out_rate(worker.windows(), worker.clock()),
      batch_time(worker.windows(), worker.clock()),
      active_records_statistic(worker.windows(), worker.clock()),
      commit_completion_rate(worker.windows(), worker.clock()),
      commit_skip_rate(worker.windows(), worker.clock()),
      worker_(worker),
      clock_(worker.clock()),
      connector_(std::move(connector)),
      task_(task),
      type_(type),
      born_(clock_.now()),
      life_(Life{.since = born_, .held_up_since = born_}) {
  worker_.add(*this);
}

TaskMetrics::~TaskMetrics() { worker_.remove(*this); }

metrics::Scope TaskMetrics::scope() const {
  return {worker_.registry(), {connector_, std::to_string(task_)}};
}

// ---- State, health -----------------------------------------------------------------------------

void TaskMetrics::state_changed(State state, std::string waits_for) {
  const auto now = clock_.now();
  const bool first_outcome = life_.with([&](Life& life) {
    if (life.state == State::running) life.running += now - life.since;
    if (life.state == State::paused) life.paused += now - life.since;
    // What was left undone while it was paused is not held against it.
    if (state == State::running && life.state != State::running) progressed();
    life.since = now;
    life.state = state;
    life.waits_for = std::move(waits_for);
    const bool waits = state == State::running && !life.waits_for.empty();
    if (state != State::unassigned && !waits) {
      life.held_up_since.reset();
    } else if (!life.held_up_since) {
      life.held_up_since = now;
    }
    const bool outcome = state == State::running || state == State::failed;
    return outcome && !std::exchange(life.has_run, life.has_run || outcome);
  });
  if (first_outcome) worker_.task_startup(state == State::running);
}

int64_t TaskMetrics::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch()).count();
}

void TaskMetrics::has_work(bool yes) {
  if (has_work_.load(std::memory_order_relaxed) == yes) return;
  if (yes) progress_ms_ = now_ms();
  has_work_ = yes;
}

void TaskMetrics::progressed() { progress_ms_.store(now_ms(), std::memory_order_relaxed); }

milliseconds TaskMetrics::without_progress() const {
  if (has_work_) return milliseconds(std::max<int64_t>(now_ms() - progress_ms_.load(), 0));
  const auto since = life_.copy().held_up_since;
  return since ? std::chrono::duration_cast<milliseconds>(clock_.now() - *since) : milliseconds(0);
}

bool TaskMetrics::unhealthy() const {
  const milliseconds timeout = worker_.stall_timeout();
  const State now = state();
  return timeout.count() > 0 && (now == State::running || now == State::unassigned) &&
         without_progress() >= timeout;
}

std::optional<std::string> TaskMetrics::complaint() const {
  if (!unhealthy()) return std::nullopt;
  const std::string waits_for = life_.copy().waits_for;
  const std::string_view what = has_work_           ? "has work and has made no progress"
                                : waits_for.empty() ? "has been starting"
                                                    : "has been waiting";
  return fmt::format("{} for {} ms{}{}", what, without_progress().count(),
                     waits_for.empty() ? "" : ": ", waits_for);
}

// One of the states of kinetica_connect_task_state.
std::string_view TaskMetrics::condition() const {
  const Life life = life_.copy();
  switch (life.state) {
    case State::unassigned:
      return life.waits_for.empty() ? "starting" : "waiting";
    case State::running:
      if (has_work_ && unhealthy()) return "stalled";
      // A sink that is merely busy waits for moments only.
      return life.held_up_since && (!has_work_ || without_progress() >= waiting_time) ? "waiting"
                                                                                      : "running";
    case State::paused:
      return "paused";
    case State::failed:
      return restart_pending_ ? "restarting" : "failed";
    case State::restarting:  // told of connectors only
    case State::stopped:
      break;
  }
  return "stopped";
}

// ---- Recording ---------------------------------------------------------------------------------

void TaskMetrics::add(Counter& counter, SampledStatistic& rate, size_t count) {
  if (count == 0) return;
  counter.add(count);
  rate.record(static_cast<double>(count));
}

void TaskMetrics::batch_put(size_t records, std::chrono::steady_clock::duration time) {
  batch_size.record(static_cast<double>(records));
  batch_time.record(milliseconds_of(time));
  records_written(records);
  set_active_records(active_records + records);
}

void TaskMetrics::batch_polled(size_t records, std::chrono::steady_clock::duration time) {
  batch_size.record(static_cast<double>(records));
  batch_time.record(milliseconds_of(time));
  records_read(records);
}

void TaskMetrics::set_active_records(uint64_t count) {
  active_records = count;
  active_records_statistic.record(static_cast<double>(count));
}

void TaskMetrics::commit_ended(std::chrono::steady_clock::duration time, bool success) {
  commit_time.record(milliseconds_of(time));
  commit_success.record(success ? 1 : 0);
  if (!success) return;
  commits_completed.add();
  commit_completion_rate.record(1);
}

// ---- Showing -----------------------------------------------------------------------------------

void TaskMetrics::collect(Samples& to) const {
  const Samples::Labels labels{connector_, std::to_string(task_)};
  collect_life(to, labels);
  collect_errors(to, labels);
  constexpr std::string_view group = "connector-task-metrics";
  to.add(group, "batch-size-max", labels, batch_size.max());
  to.add(group, "batch-size-avg", labels, batch_size.average());
  to.add(group, "offset-commit-max-time-ms", labels, commit_time.max());
  to.add(group, "offset-commit-avg-time-ms", labels, commit_time.average());
  const double success = commit_success.average();
  // As Kafka's Frequencies: neither, while there was no commit.
  to.add(group, "offset-commit-success-percentage", labels, std::isnan(success) ? 0 : success);
  to.add(group, "offset-commit-failure-percentage", labels, std::isnan(success) ? 0 : 1 - success);
  if (type_ == connect::ConnectorType::sink) {
    collect_sink(to, labels);
  } else {
    collect_source(to, labels);
  }
}

void TaskMetrics::collect_life(Samples& to, const Samples::Labels& labels) const {
  const auto now = clock_.now();
  Life life = life_.copy();
  if (life.state == State::running) life.running += now - life.since;
  if (life.state == State::paused) life.paused += now - life.since;
  constexpr std::string_view group = "connector-task-metrics";
  to.add(group, "status", labels, lower_state_name(life.state));
  to.add(group, "running-ratio", labels, share(life.running, now - born_));
  to.add(group, "pause-ratio", labels, share(life.paused, now - born_));
  const std::string_view current = condition();
  for (const std::string_view one :
       {"starting", "waiting", "running", "stalled", "paused", "failed", "restarting", "stopped"}) {
    to.add("", "kinetica_connect_task_state", {labels[0], labels[1], std::string(one)},
           one == current ? 1 : 0);
  }
  to.add("", "kinetica_connect_task_unhealthy", labels, unhealthy() ? 1 : 0);
  to.add("", "kinetica_connect_task_seconds_since_progress", labels,
         std::chrono::duration<double>(without_progress()).count());
}

void TaskMetrics::collect_errors(Samples& to, const Samples::Labels& labels) const {
  constexpr std::string_view group = "task-error-metrics";
  to.add(group, "total-record-failures", labels, number(errors.failures));
  to.add(group, "total-record-errors", labels, number(errors.errors));
  to.add(group, "total-records-skipped", labels, number(errors.skipped));
  to.add(group, "total-retries", labels, number(errors.retries));
  to.add(group, "total-errors-logged", labels, number(errors.logged));
  to.add(group, "deadletterqueue-produce-requests", labels, number(errors.dead_letters));
  to.add(group, "deadletterqueue-produce-failures", labels, number(errors.dead_letters_refused));
  to.add(group, "last-error-timestamp", labels, static_cast<double>(errors.last_error_ms.load()));
}

void TaskMetrics::collect_sink(Samples& to, const Samples::Labels& labels) const {
  constexpr std::string_view group = "sink-task-metrics";
  to.add(group, "sink-record-read-rate", labels, records_in_rate.rate());
  to.add(group, "sink-record-read-total", labels, number(records_in));
  to.add(group, "sink-record-send-rate", labels, records_out_rate.rate());
  to.add(group, "sink-record-send-total", labels, number(records_out));
  to.add(group, "sink-record-lag-max", labels, number(lag_max));
  to.add(group, "partition-count", labels, number(partitions));
  to.add(group, "offset-commit-seq-no", labels, number(commits));
  to.add(group, "offset-commit-completion-rate", labels, commit_completion_rate.rate());
  to.add(group, "offset-commit-completion-total", labels, number(commits_completed));
  to.add(group, "offset-commit-skip-rate", labels, commit_skip_rate.rate());
  to.add(group, "offset-commit-skip-total", labels, number(commits_skipped));
  to.add(group, "put-batch-max-time-ms", labels, batch_time.max());
  to.add(group, "put-batch-avg-time-ms", labels, batch_time.average());
  to.add(group, "sink-record-active-count", labels, number(active_records));
  to.add(group, "sink-record-active-count-max", labels, active_records_statistic.max());
  to.add(group, "sink-record-active-count-avg", labels, active_records_statistic.average());
}

void TaskMetrics::collect_source(Samples& to, const Samples::Labels& labels) const {
  constexpr std::string_view group = "source-task-metrics";
  to.add(group, "source-record-poll-rate", labels, records_in_rate.rate());
  to.add(group, "source-record-poll-total", labels, number(records_in));
  to.add(group, "source-record-write-rate", labels, records_out_rate.rate());
  to.add(group, "source-record-write-total", labels, number(records_out));
  to.add(group, "poll-batch-max-time-ms", labels, batch_time.max());
  to.add(group, "poll-batch-avg-time-ms", labels, batch_time.average());
  to.add(group, "source-record-active-count", labels, number(active_records));
  to.add(group, "source-record-active-count-max", labels, active_records_statistic.max());
  to.add(group, "source-record-active-count-avg", labels, active_records_statistic.average());
  for (const char* name :
       {"transaction-size-min", "transaction-size-max", "transaction-size-avg"}) {
    to.add(group, name, labels, std::numeric_limits<double>::quiet_NaN());
  }
  to.add("", "kinetica_connect_source_latency_seconds", labels, latency);
}

}  // namespace kc::worker
