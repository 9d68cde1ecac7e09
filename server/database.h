// What the endpoints work on.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/guarded.h"
#include "server/catalog.h"
#include "server/faults.h"
#include "server/memory_budget.h"
#include "server/monitor_publisher.h"
#include "server/server.h"

namespace kc::server {

struct Database {
  // Throws Error(fix_config) when the monitors' address cannot be had.
  explicit Database(const ServerOptions& given)
      : options(given),
        budget(given.memory_limit_bytes),
        publisher(given.host, given.monitor_port),
        catalog(budget, publisher) {}

  const ServerOptions options;
  base::Guarded<std::string> url;  // known once the HTTP server listens
  MemoryBudget budget;
  MonitorPublisher publisher;
  Catalog catalog;
  Faults faults;
};

// As /show/system/properties gives them.
std::map<std::string, std::string> system_properties(const Database& database);

}  // namespace kc::server
