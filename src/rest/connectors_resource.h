// The resources below /connectors (ConnectorsResource of stock Connect).
//
//   GET    /connectors[?expand=info&expand=status]   names, or an object by name
//   POST   /connectors                               {"name","config"[,"initial_state"]}
//   GET    /connectors/{c}                           its configuration and tasks
//   DELETE /connectors/{c}
//   GET    /connectors/{c}/config   PUT, PATCH: replaces it; changes it, null removes
//   GET    /connectors/{c}/status   /connectors/{c}/tasks/{t}/status
//   GET    /connectors/{c}/tasks
//   POST   /connectors/{c}/restart[?includeTasks&onlyFailed]   /connectors/{c}/tasks/{t}/restart
//   PUT    /connectors/{c}/pause    /connectors/{c}/resume    /connectors/{c}/stop
//
// POST /connectors/{c}/tasks and PUT /connectors/{c}/fence are what workers of a cluster say to
// each other, and refused.
#pragma once

#include <string>

#include "rest/router.h"
#include "worker/herder.h"

namespace kc::rest {

// `herder` outlives the router. `worker_id` is host:port of this worker, which runs everything.
void add_connectors_resource(Router& router, worker::Herder& herder, const std::string& worker_id);

}  // namespace kc::rest
