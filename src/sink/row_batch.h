// Rows on their way into one table, and out of it, with the offsets that they came from.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "kinetica/client.h"
#include "kinetica/insert_batch.h"
#include "metrics/instruments.h"
#include "sink/offset_tracker.h"
#include "sink/primary_key.h"

namespace kc::sink {

// Where rows for a table of this type go.
inline std::shared_ptr<const kinetica::InsertTarget> insert_target(const kinetica::Table& table) {
  return std::make_shared<const kinetica::InsertTarget>(kinetica::InsertTarget{
      table.name, wire::ShardKey(table.type), table.is_replicated, table.type});
}

// Rows to delete, by their keys.
struct Deletions {
  // Shared by the table's writer and the batches on their way.
  std::shared_ptr<const PrimaryKey> key;
  wire::InsertBody keys;  // each a row of key->type()
  size_t bytes_done = 0;  // of the keys, as they stand in `keys`: the database has deleted these
  OffsetLedger offsets;

  bool done() const { return bytes_done == keys.bytes(); }
  void clear() {
    keys.clear();
    bytes_done = 0;
  }
};

// The deletions take effect before the rows, whatever their records' order: none of the deletions
// is of a row whose record stands before its own in the same batch.
struct RowBatch {
  const std::string& table() const { return insert.target->table; }
  bool empty() const { return insert.body.empty() && deletions.keys.empty(); }

  Deletions deletions;
  kinetica::InsertBatch insert;
  OffsetLedger offsets;                     // of the rows
  std::vector<kinetica::RowError> refused;  // by the database, one by one
  bool rewritten = false;                   // for a type that the table got meanwhile
  base::Clock::steady_time started;         // when its first row was written
  // Its records' timestamps, as far as they have one: since 1970.
  metrics::Instants<std::chrono::milliseconds> timestamps;
};

}  // namespace kc::sink
