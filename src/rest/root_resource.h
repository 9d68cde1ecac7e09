// The worker itself (RootResource of stock Connect).
//
//   GET /        {"version","commit","kafka_cluster_id"}
//   GET /health  {"status","message"}: 200 healthy, 503 starting, 500 unhealthy (KIP-1017); unlike
//                stock Connect's also unhealthy while a task gets nowhere: it has work and makes no
//                progress, or waits
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "rest/router.h"
#include "worker/herder.h"

namespace kc::rest {

struct ServerInfo {
  std::string version;
  std::string commit;
  // Nothing (null in the answer) while no broker has told it. Called on a request's thread.
  std::function<std::optional<std::string>()> kafka_cluster_id;
};

// `info` and `herder` outlive the router.
void add_root_resource(Router& router, const ServerInfo& info, worker::Herder& herder);

}  // namespace kc::rest
