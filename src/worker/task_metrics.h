// What is counted and measured of one task, and whether it gets on.
//
// Members named as in ConnectMetricsRegistry of stock Connect count what those do. The task's
// thread records, per batch; WorkerMetrics shows it all, from any thread.
//
// Health: the pipeline says whether there is work, and when some of it got done. A task that has
// had work for `stall_timeout` without getting any of it done is unhealthy, and so is one that has
// been starting, or waiting for something that is away, for so long. A paused one is not.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "metrics/registry.h"
#include "worker/status.h"

namespace kc::worker {

class WorkerMetrics;

// task-error-metrics.
struct ErrorCounts {
  metrics::Counter failures;  // attempts
  metrics::Counter errors;    // records, after all attempts
  metrics::Counter skipped, retries, logged;
  metrics::Counter dead_letters, dead_letters_refused;
  std::atomic<int64_t> last_error_ms = 0;  // since 1970; 0: never

  // A record could not be processed, and will not be tried again.
  void record_failed();
};

class TaskMetrics {
 public:
  // Shown by `worker`, which outlives it, from now on.
  TaskMetrics(WorkerMetrics& worker, std::string connector, int task, connect::ConnectorType type);
  ~TaskMetrics();
  TaskMetrics(const TaskMetrics&) = delete;
  TaskMetrics& operator=(const TaskMetrics&) = delete;

  const std::string& connector() const { return connector_; }
  int task() const { return task_; }
  // Where the task's parts show more.
  metrics::Scope scope() const;

  // ---- State ----

  // `waits_for`: a sentence on what is away, empty when nothing is.
  void state_changed(State state, std::string waits_for);
  // It has failed and will be begun again.
  void set_restart_pending() { restart_pending_ = true; }
  State state() const { return life_.copy().state; }

  // ---- Health ----

  void has_work(bool yes);
  // Some of the work is done.
  void progressed();
  // How long there has been work without progress; where no work is known, how long it has been
  // starting or waiting; else 0.
  std::chrono::milliseconds without_progress() const;
  // "has been waiting for 300000 ms: <what for>"; nothing when it is healthy.
  std::optional<std::string> complaint() const;

  void collect(metrics::Samples& to) const;

  // ---- What the pipelines record ----

  ErrorCounts errors;
  metrics::SampledStatistic batch_size;      // of put, or of poll
  metrics::SampledStatistic commit_time;     // ms
  metrics::SampledStatistic commit_success;  // 1 or 0
  // Sink: consumed, and given to the task. Source: polled, and acknowledged by Kafka.
  metrics::Counter records_in, records_out;
  metrics::SampledStatistic records_in_rate, records_out_rate;
  metrics::SampledStatistic batch_time;  // of put, or of poll; ms
  // Sink: consumed and not yet committable. Source: polled and not yet acknowledged.
  std::atomic<uint64_t> active_records = 0;
  metrics::SampledStatistic active_records_statistic;
  // Sinks only.
  std::atomic<uint64_t> partitions = 0, lag_max = 0;
  metrics::Counter commits, commits_completed, commits_skipped;
  metrics::SampledStatistic commit_completion_rate, commit_skip_rate;
  // Sources only.
  metrics::Histogram latency;

  // A batch that put took, or that poll gave.
  void batch_put(size_t records, std::chrono::steady_clock::duration time);
  void batch_polled(size_t records, std::chrono::steady_clock::duration time);
  void records_read(size_t count) { add(records_in, records_in_rate, count); }
  void records_written(size_t count) { add(records_out, records_out_rate, count); }
  void set_active_records(uint64_t count);
  // Nobody will see its answer.
  void commit_skipped() { add(commits_skipped, commit_skip_rate, 1); }
  void commit_ended(std::chrono::steady_clock::duration time, bool success);

 private:
  using steady_time = base::Clock::steady_time;
  struct Life {
    State state = State::unassigned;
    std::string waits_for{};
    bool has_run = false;
    steady_time since;  // in this state
    // Starting, or waiting whatever for.
    std::optional<steady_time> held_up_since;
    std::chrono::steady_clock::duration running{0}, paused{0};
  };

  static void add(metrics::Counter& counter, metrics::SampledStatistic& rate, size_t count);
  int64_t now_ms() const;
  bool unhealthy() const;
  std::string_view condition() const;
  void collect_life(metrics::Samples& to, const metrics::Samples::Labels& labels) const;
  void collect_errors(metrics::Samples& to, const metrics::Samples::Labels& labels) const;
  void collect_sink(metrics::Samples& to, const metrics::Samples::Labels& labels) const;
  void collect_source(metrics::Samples& to, const metrics::Samples::Labels& labels) const;

  WorkerMetrics& worker_;
  const base::Clock& clock_;
  const std::string connector_;
  const int task_;
  const connect::ConnectorType type_;
  const steady_time born_;
  base::Guarded<Life> life_;
  std::atomic<bool> restart_pending_ = false;
  std::atomic<bool> has_work_ = false;
  std::atomic<int64_t> progress_ms_ = 0;
};

}  // namespace kc::worker
