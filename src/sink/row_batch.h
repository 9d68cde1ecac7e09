// Rows on their way into one table, with the offsets that they came from.
#pragma once

#include <string>

#include "base/clock.h"
#include "sink/offset_tracker.h"
#include "wire/insert_body.h"

namespace kc::sink {

struct RowBatch {
  std::string table;
  wire::InsertBody body;
  OffsetLedger offsets;
  base::Clock::steady_time started;  // when its first row was written
};

}  // namespace kc::sink
