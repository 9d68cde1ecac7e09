#include "server/network/routing_table.h"

#include <algorithm>
#include <random>
#include <utility>

#include "base/error.h"
#include "data/value.h"
#include "wire/row_codec.h"
#include "wire/shard_key.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

uint64_t bit_of(int32_t rank) { return uint64_t{1} << (rank - 1); }

}  // namespace

RoutingTable::RoutingTable(size_t workers)
    : workers_(std::max<size_t>(workers, 1)), rank_(shards), held_before_(shards) {
  for (size_t i = 0; i < shards; ++i) rank_[i] = static_cast<int32_t>(1 + i % workers_);
}

RoutingTable::Snapshot RoutingTable::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {version_, rank_};
}

size_t RoutingTable::assign(const std::vector<int32_t>& ranks) {
  if (ranks.empty()) throw Error(Reaction::fail_task, "`ranks` is empty: name at least one rank");
  for (const int32_t rank : ranks) {
    if (rank < 1 || static_cast<size_t>(rank) > workers_) {
      throw Error(Reaction::fail_task, "There is no rank {} to hold shards; there are 1 to {}",
                  rank, workers_);
    }
  }
  std::vector<int32_t> assigned(shards);
  for (size_t i = 0; i < shards; ++i) assigned[i] = ranks[i % ranks.size()];
  return replace(std::move(assigned));
}

size_t RoutingTable::shuffle(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int32_t> assigned(shards);
  for (int32_t& rank : assigned) rank = static_cast<int32_t>(1 + random() % workers_);
  return replace(std::move(assigned));
}

size_t RoutingTable::replace(std::vector<int32_t> assigned) {
  const std::lock_guard lock(mutex_);
  size_t moved = 0;
  for (size_t i = 0; i < shards; ++i) {
    if (assigned[i] == rank_[i]) continue;
    held_before_[i] |= bit_of(rank_[i]);
    ++moved;
  }
  rank_ = std::move(assigned);
  ++version_;
  return moved;
}

bool RoutingTable::is_outdated(size_t rank, const wire::TableType& type,
                               std::span<const std::string_view> rows) const {
  const std::lock_guard lock(mutex_);
  if (version_ == 1 || rank == 0 || rank > workers_) return false;
  const wire::ShardKey key(type);
  if (key.empty()) return false;
  const auto number = static_cast<int32_t>(rank);
  std::vector<data::Value> values;
  return std::ranges::any_of(rows, [&](std::string_view row) {
    try {
      wire::decode_row(type, row, values);
    } catch (const Error&) {
      return false;  // refused by the table, with its reason
    }
    const size_t shard = wire::shard_index(key.hash(values), shards);
    return rank_[shard] != number && (held_before_[shard] & bit_of(number)) != 0;
  });
}

}  // namespace kc::server
