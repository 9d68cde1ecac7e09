// How to reach and talk to a database.
#pragma once

#include <chrono>
#include <string>

#include "config/secret.h"
#include "http/client.h"

namespace kc::kinetica {

struct ClientSettings {
  // http[s]://host[:port][/path], or several of them, comma-separated: the clusters of a ring, in
  // the order in which they are tried. (See url.h.)
  std::string url{};
  std::string username{};
  config::Secret password{};
  // For one exchange; 0: none.
  std::chrono::milliseconds timeout{0};

  // An OAuth token, sent instead of name and password when not empty.
  config::Secret token{};
  http::TlsOptions tls{};  // for https URLs
  // Compress inserts with Snappy: less network for more CPU.
  bool compress = false;
  // Which cluster to prefer, and to go back to; empty: the first one of `url`.
  std::string primary_url{};
  // Try the other clusters in an order of chance, so that many clients spread.
  bool random_order = false;
  // Add the clusters that the database itself names (conf.ha_ring_head_nodes_full).
  bool discover_clusters = false;
  // How long the first look for the primary's return waits; while it stays away, ever longer.
  std::chrono::milliseconds failback_wait{5000};
  // Send rows to the ranks that they belong to, where the database allows it.
  bool multihead = true;
};

}  // namespace kc::kinetica
