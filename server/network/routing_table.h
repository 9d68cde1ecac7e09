// Which rank holds which shard, as /admin/show/shards tells it. Rows may come to any rank all the
// same: every rank of this server works on the same tables. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "wire/table_type.h"

namespace kc::server {

class RoutingTable {
 public:
  static constexpr size_t shards = 16384;
  static constexpr size_t ranks_max = 64;

  // `workers` ranks, numbered from 1, take the shards in turn; with 0 workers all are rank 1's,
  // which is the head under another number. At most ranks_max.
  explicit RoutingTable(size_t workers);

  struct Snapshot {
    int64_t version;
    std::vector<int32_t> rank;  // one entry per shard
  };
  Snapshot snapshot() const;

  // Both give the table a new version and return the number of shards that have another rank.
  // The shards are dealt in turn to `ranks`. Throws Error(fail_task) when it is empty or names a
  // rank that is not there.
  size_t assign(const std::vector<int32_t>& ranks);
  // Every shard is given to a random rank, the same for the same seed.
  size_t shuffle(uint64_t seed);

  // True when one of the rows lies in a shard that `rank` held under an earlier version and has
  // lost: whoever sent it knows an old table. Rows that are no rows of the type are passed over.
  bool is_outdated(size_t rank, const wire::TableType& type,
                   std::span<const std::string_view> rows) const;

 private:
  size_t replace(std::vector<int32_t> assigned);

  const size_t workers_;
  mutable std::mutex mutex_;
  int64_t version_ = 1;
  std::vector<int32_t> rank_;
  std::vector<uint64_t> held_before_;  // per shard, bit r - 1: rank r held it once
};

}  // namespace kc::server
