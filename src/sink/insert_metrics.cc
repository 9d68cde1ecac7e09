#include "sink/insert_metrics.h"

namespace kc::sink {

void InsertMetrics::inserted(const kinetica::InsertOutcome& outcome) {
  inserted_.add(static_cast<uint64_t>(outcome.inserted));
  updated_.add(static_cast<uint64_t>(outcome.updated));
  refused_.add(outcome.rejected.size());
}

void InsertMetrics::acknowledged(const RowBatch& batch) {
  if (!batch.insert.body.empty()) batches_.add();
  bytes_.add(batch.insert.body.bytes());
  latency_.observe_since(batch.timestamps, std::chrono::system_clock::now().time_since_epoch());
}

void InsertMetrics::collect(metrics::Samples& to) const {
  const auto count = [&](std::string_view name, const metrics::Counter& counter) {
    to.add("", name, labels_, static_cast<double>(counter.value()));
  };
  count("kinetica_connect_sink_inserts_total", batches_);
  count("kinetica_connect_sink_rows_inserted_total", inserted_);
  count("kinetica_connect_sink_rows_updated_total", updated_);
  count("kinetica_connect_sink_rows_deleted_total", deleted_);
  count("kinetica_connect_sink_rows_refused_total", refused_);
  count("kinetica_connect_sink_insert_bytes_total", bytes_);
  count("kinetica_connect_sink_insert_retries_total", retries_);
  to.add("", "kinetica_connect_sink_insert_seconds", labels_, insert_time_);
  to.add("", "kinetica_connect_sink_latency_seconds", labels_, latency_);
  to.add("", "kinetica_connect_sink_database_unavailable", labels_, unavailable_ ? 1 : 0);
}

}  // namespace kc::sink
