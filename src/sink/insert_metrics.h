// What is counted and measured of a sink task's inserts, in the registry. The inserting thread
// records.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "kinetica/client.h"
#include "metrics/registry.h"
#include "sink/row_batch.h"

namespace kc::sink {

class InsertMetrics : public metrics::Source {
 public:
  // The registry outlives it.
  explicit InsertMetrics(metrics::Scope scope)
      : labels_(std::move(scope.labels)), registration_(scope.registry, *this) {}

  // One exchange with the database took so long, whatever came of it.
  void attempt_ended(std::chrono::steady_clock::duration time) { insert_time_.observe(time); }
  // What the database has taken of a batch, and refused.
  void inserted(const kinetica::InsertOutcome& outcome);
  void deleted(int64_t rows) { deleted_.add(static_cast<uint64_t>(rows)); }
  // Nothing of the batch is left.
  void acknowledged(const RowBatch& batch);
  void retried() { retries_.add(); }
  void set_unavailable(bool unavailable) { unavailable_ = unavailable; }

  void collect(metrics::Samples& to) const override;

 private:
  const metrics::Samples::Labels labels_;
  metrics::Counter batches_, inserted_, updated_, deleted_, refused_, bytes_, retries_;
  metrics::Histogram insert_time_, latency_;
  std::atomic<bool> unavailable_ = false;
  const metrics::Registration registration_;
};

}  // namespace kc::sink
