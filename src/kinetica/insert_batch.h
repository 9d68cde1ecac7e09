// Rows on their way into one table.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wire/insert_body.h"
#include "wire/shard_key.h"
#include "wire/table_type.h"

namespace kc::kinetica {

// A table and how its rows find their ranks. Immutable.
struct InsertTarget {
  std::string table;
  // Of the type that the rows are encoded in.
  wire::ShardKey key;
  // A replicated table takes rows at the head only.
  bool head_only = false;
  // That type, for who wants to know whether the table still has it.
  wire::TableType type{};
};

struct InsertBatch {
  // Shared by whoever fills batches for the table and by those on their way: the table may get
  // another type meanwhile.
  std::shared_ptr<const InsertTarget> target;
  wire::InsertBody body;
  // The rows that are not known to be in the database, in their order; nothing: all of them. Kept
  // from attempt to attempt, so that no acknowledged row is sent again.
  std::optional<std::vector<uint32_t>> left;

  void clear() {
    body.clear();
    left.reset();
  }
};

}  // namespace kc::kinetica
