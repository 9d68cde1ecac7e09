// Rows on their way into one table, with the offsets that they came from.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "kinetica/client.h"
#include "kinetica/insert_batch.h"
#include "metrics/instruments.h"
#include "sink/offset_tracker.h"

namespace kc::sink {

// Where rows for a table of this type go.
inline std::shared_ptr<const kinetica::InsertTarget> insert_target(const kinetica::Table& table) {
  return std::make_shared<const kinetica::InsertTarget>(kinetica::InsertTarget{
      table.name, wire::ShardKey(table.type), table.is_replicated, table.type});
}

struct RowBatch {
  const std::string& table() const { return insert.target->table; }

  kinetica::InsertBatch insert;
  OffsetLedger offsets;
  std::vector<kinetica::RowError> refused;  // by the database, one by one
  bool rewritten = false;                   // for a type that the table got meanwhile
  base::Clock::steady_time started;         // when its first row was written
  // Its records' timestamps, as far as they have one: since 1970.
  metrics::Instants<std::chrono::milliseconds> timestamps;
};

}  // namespace kc::sink
