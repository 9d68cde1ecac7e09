// Where a row belongs: key columns to key bytes, key bytes to routing hash, hash to worker.
// (Kinetica documentation, "Multi-Head Ingest"; the rules of its Java client where the official
// clients disagree, except that a datetime without a time is accepted.)
//
//   key = the encodings of the key columns in the table's order, little-endian, no separators;
//         null and what cannot be parsed = zeros of the same size
//   int8, boolean 1   int16 2   int, float 4   long, double 8   string 8: its own murmur3 hash
//   charN N: UTF-8 cut to N bytes, reversed, right-aligned     date 4, time 4, datetime,
//   timestamp 8: packed calendar fields     decimal 8, 12 when its precision is above 18
//   ipv4 4   ulong 8   uuid 16: reversed
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "wire/column_format.h"
#include "wire/table_type.h"

namespace kc::wire {

// Appends the key bytes of one value; bytes, array, json, vector and wkt have none.
void append_key(const ColumnFormat& format, const data::Value& value, std::string& key);

// The number that the database routes by.
int64_t routing_hash(std::string_view key);
// The entry of /admin/show/shards' `rank` for this hash. `shards` > 0.
size_t shard_index(int64_t hash, size_t shards);

// The key of one table type. Immutable.
class ShardKey {
 public:
  // Columns with shard_key; else those with primary_key; else none.
  explicit ShardKey(const TableType& type);

  // No key columns: any worker will do.
  bool empty() const { return columns_.empty(); }
  // The key's columns, in the table's order.
  std::vector<size_t> columns() const;
  // `row`: a value for each column of the type. Replaces `key`.
  void encode(std::span<const data::Value> row, std::string& key) const;
  int64_t hash(std::span<const data::Value> row) const;
  // The same from a row's Avro bytes, which are read no further than the last key column. `key` is
  // memory to work in. Throws Error(fail_task) when the bytes are no row of the type.
  int64_t hash_of_row(std::string_view row, std::string& key) const;

 private:
  struct KeyColumn {
    size_t index;
    ColumnFormat format;
  };
  // The columns up to the last one of the key, as they stand in a row.
  struct Step {
    BaseType type;
    bool nullable;
    bool is_key;
    ColumnFormat format;
  };
  std::vector<KeyColumn> columns_;
  std::vector<Step> steps_;
};

}  // namespace kc::wire
