// Rows on their way into one table, with the offsets that they came from.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "kinetica/insert_batch.h"
#include "sink/offset_tracker.h"

namespace kc::sink {

struct RowBatch {
  const std::string& table() const { return insert.target->table; }

  kinetica::InsertBatch insert;
  OffsetLedger offsets;
  std::vector<kinetica::RowError> refused;  // by the database, one by one
  base::Clock::steady_time started;         // when its first row was written
  // The earliest of its records, in milliseconds since 1970.
  static constexpr int64_t no_timestamp = INT64_MAX;
  int64_t oldest_timestamp = no_timestamp;
};

}  // namespace kc::sink
