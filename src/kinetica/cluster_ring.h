// The clusters of a high-availability ring and which of them is in use: the rules alone, without a
// connection. One thread.
//
// The primary comes first, then the others in their order or an order of chance. A cluster that
// fails is left for the next one; each is looked at before it is used. While another one is in use,
// the primary is looked at again, first after `failback_wait`, then after ever longer waits.
// (Kinetica documentation, "High Availability": failover order, failback.)
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "kinetica/client_settings.h"
#include "kinetica/url.h"

namespace kc::kinetica {

class ClusterRing {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Throws Error(fix_config) for a URL that is none.
  explicit ClusterRing(const ClientSettings& settings);

  size_t size() const { return clusters_.size(); }
  const Url& current() const { return clusters_[current_]; }
  // Changes whenever another cluster comes into use.
  uint64_t switches() const { return switches_; }

  // The current one failed: the next one comes into use.
  void leave_current(time_point now);
  // Whether the current one has to be looked at before use: it came into use by a failure.
  bool unchecked() const { return unchecked_; }
  void set_checked() { unchecked_ = false; }

  // The primary, when it is time to look whether it is back.
  const Url* primary_to_check(time_point now) const;
  void primary_is_back();
  void primary_is_away(time_point now);

  // Adds the clusters that are not there yet: conf.ha_ring_head_nodes_full, `;` between clusters,
  // `,` between the addresses of one.
  void add_discovered(const std::string& head_nodes);

 private:
  std::vector<Url> clusters_;
  size_t current_ = 0;
  uint64_t switches_ = 0;
  bool unchecked_ = false;
  std::chrono::milliseconds failback_wait_;
  base::Backoff failback_;
  time_point next_failback_{};
};

}  // namespace kc::kinetica
