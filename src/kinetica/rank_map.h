// The ranks of a cluster and the shards that they hold: what multi-head ingest routes by.
// (Kinetica documentation, "Multi-Head Operations"; /admin/show/shards.)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "kinetica/url.h"

namespace kc::kinetica {

struct RankMap {
  // Of rank 1, 2, ...; empty for a rank that was removed.
  std::vector<std::string> worker_urls;
  // Shard -> rank, 1 to n.
  std::vector<int32_t> shards;
  // Of the shards; another number when they have moved.
  int64_t version = 0;

  // Whether rows may go elsewhere than to the head: with a single rank there is nothing to choose.
  bool multihead() const { return worker_urls.size() > 1 && !shards.empty(); }
  // 0, the head, when the map has no address for the rank.
  size_t rank_of(int64_t routing_hash) const;
  bool operator==(const RankMap&) const = default;
};

// The workers' URLs as the database's properties name them (conf.worker_http_server_urls, else
// ..._ips and ..._ports), the first address of each; empty when it has none or does not let clients
// use them (conf.enable_worker_http_servers). `head`: whose scheme the addresses without one have.
std::vector<std::string> worker_urls(const std::map<std::string, std::string>& properties,
                                     const Url& head);

}  // namespace kc::kinetica
