// Offsets and topics of connectors (KIP-875, KIP-558).
//
//   GET    /connectors/{c}/offsets       {"offsets":[{"partition":{...},"offset":{...}}]}
//   PATCH  /connectors/{c}/offsets       the same; an offset of null is forgotten
//   DELETE /connectors/{c}/offsets
//   GET    /connectors/{c}/topics        {"c":{"topics":["t"]}}
//   PUT    /connectors/{c}/topics/reset
#pragma once

#include "rest/router.h"
#include "worker/herder.h"

namespace kc::rest {

struct TopicTracking {
  bool enabled = true;
  bool reset_allowed = true;
};

// `herder` outlives the router.
void add_offsets_resource(Router& router, worker::Herder& herder, TopicTracking tracking);

}  // namespace kc::rest
