// Rows on their way into one table, with the offsets that they came from.
#pragma once

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "kinetica/insert_batch.h"
#include "metrics/instruments.h"
#include "sink/offset_tracker.h"

namespace kc::sink {

struct RowBatch {
  const std::string& table() const { return insert.target->table; }

  kinetica::InsertBatch insert;
  OffsetLedger offsets;
  std::vector<kinetica::RowError> refused;  // by the database, one by one
  base::Clock::steady_time started;         // when its first row was written
  // Its records' timestamps, as far as they have one: since 1970.
  metrics::Instants<std::chrono::milliseconds> timestamps;
};

}  // namespace kc::sink
