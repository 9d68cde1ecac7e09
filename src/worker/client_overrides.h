// What a connector overrides of its Kafka clients (`consumer.override.`, `producer.override.` and
// `admin.override.`), as AbstractHerder.validateClientOverrides of stock Connect looks at it: only
// of the clients that the connector uses.
#pragma once

#include <string>
#include <vector>

#include "config/config_def.h"
#include "kafka/client_property_table.h"
#include "worker/worker_config.h"

namespace kc::worker {

struct ClientOverrides {
  kafka::ClientKind kind;
  std::string prefix;             // "consumer.override."
  config::Properties properties;  // by the client's names; may be empty
};

// In stock Connect's order.
std::vector<ClientOverrides> client_overrides(connect::ConnectorType type,
                                              const config::Properties& connector);

// The property with the prefix. A default that is null is empty there.
config::Property override_property(const ClientOverrides& client,
                                   const kafka::ClientProperty& declared);

// Values of a wrong type, what the worker's policy does not allow, and what the client itself
// refuses, at creation and not only when the task has begun. (Stock Connect answers a wrong type
// with 500.)
void check_clients(const WorkerConfig& worker, const config::Properties& connector,
                   connect::ConnectorType type, std::vector<config::Fault>& faults);

}  // namespace kc::worker
