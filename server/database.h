// What the endpoints work on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "server/catalog/catalog.h"
#include "server/catalog/grants.h"
#include "server/network/faults.h"
#include "server/network/listeners.h"
#include "server/network/monitor_publisher.h"
#include "server/network/rank_counts.h"
#include "server/network/routing_table.h"
#include "server/server.h"
#include "server/sql/paged_results.h"
#include "server/storage/journal.h"
#include "server/tables/memory_budget.h"

namespace kc::server {

struct Database {
  // Throws Error(fix_config) when the monitors' address or the data cannot be had.
  explicit Database(const ServerOptions& given)
      : options(given),
        budget(given.memory_limit_bytes),
        publisher(given.host, given.monitor_port),
        journal(given.data_dir.empty()
                    ? nullptr
                    : std::make_unique<Journal>(given.data_dir, given.data_synced)),
        catalog(budget, publisher, given.kinetica, TimeToLive::Clock::now, journal.get()),
        routing(given.ranks),
        ha_ring(given.ha_ring),
        listeners(options) {}

  const ServerOptions options;
  MemoryBudget budget;
  MonitorPublisher publisher;
  std::unique_ptr<Journal> journal;  // nullptr: in memory only
  Catalog catalog;
  Grants grants;
  Faults faults;
  RoutingTable routing;
  RankCounts rank_counts;
  base::Guarded<std::vector<std::string>> ha_ring;  // ServerOptions::ha_ring
  Listeners listeners;
  PagedResults paged_results;
};

// As /show/system/properties gives them.
std::map<std::string, std::string> system_properties(const Database& database);

}  // namespace kc::server
