// Reads rows of one table by their key, at the rank that holds them where the database allows it.
// (Kinetica documentation, "Multi-Head Operations": key lookup.)
//
// One thread at a time, the client's abort() apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/value.h"
#include "kinetica/client.h"
#include "kinetica/ranks.h"
#include "wire/shard_key.h"

namespace kc::kinetica {

class RecordRetriever {
 public:
  // `client` outlives this. Throws Error(fix_config) for a table without a key.
  RecordRetriever(Client& client, Table table, bool multihead);

  // The rows whose key columns (those with shard_key, else those with primary_key, in the table's
  // order) have these values, and that match `more`, if that is not empty. Throws Error(fail_task)
  // when the values are not as many as the key's columns.
  Rows get(std::span<const data::Value> key, std::string_view more = {});

 private:
  Client& client_;
  const Table table_;
  const wire::ShardKey key_;
  std::vector<size_t> columns_;  // of the key
  Ranks ranks_;
};

}  // namespace kc::kinetica
