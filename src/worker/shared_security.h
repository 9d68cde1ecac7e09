// The worker's own `security.protocol`, `ssl.*` and `sasl.*`, where they are to serve the clients
// of its tasks, too. Stock Connect wants them a second and a third time, as `consumer.` and
// `producer.` properties; Kinetica's guide shows them once.
#pragma once

#include <string>
#include <vector>

#include "config/properties.h"

namespace kc::worker {

// Those properties. Where they name a trust store or key store for no https listener of the REST
// API, but no security.protocol, they have security.protocol=SSL.
config::Properties shared_security(const config::Properties& worker);

// What a client with the properties `own` ("consumer." of the worker, overridden by the connector)
// takes over of those: all that it does not have itself, unless it has a security.protocol or
// brokers of its own.
config::Properties inherited_security(const config::Properties& worker,
                                      const config::Properties& own);

// A line for the log that names stock's spelling; empty when nothing is taken over.
std::string describe_inherited_security(const config::Properties& worker);

}  // namespace kc::worker
