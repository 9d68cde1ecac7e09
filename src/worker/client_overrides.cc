#include "worker/client_overrides.h"

#include <fmt/format.h>

#include "base/error.h"
#include "kafka/client_properties.h"

namespace kc::worker {

using config::Fault;
using config::Properties;
using connect::ConnectorType;
using kafka::ClientKind;

namespace {

std::string_view kind_name(ClientKind kind) {
  switch (kind) {
    case ClientKind::consumer:
      return "consumer";
    case ClientKind::producer:
      return "producer";
    case ClientKind::admin:
      break;
  }
  return "admin";
}

bool may_override(OverridePolicy policy, std::string_view name) {
  switch (policy) {
    case OverridePolicy::all:
      return true;
    case OverridePolicy::none:
      return false;
    case OverridePolicy::principal:
      break;
  }
  return name == "sasl.jaas.config" || name == "sasl.mechanism" || name == "security.protocol";
}

void check_policy(OverridePolicy policy, const ClientOverrides& client,
                  std::vector<Fault>& faults) {
  for (const auto& [name, value] : client.properties.entries()) {
    if (may_override(policy, name)) continue;
    faults.push_back({client.prefix + name, std::nullopt,
                      fmt::format("The '{}' policy does not allow '{}' to be overridden in the "
                                  "connector configuration.",
                                  policy == OverridePolicy::none ? "None" : "Principal", name)});
  }
}

void check_types(const ClientOverrides& client, std::vector<Fault>& faults) {
  for (const auto& [name, value] : client.properties.entries()) {
    const auto declared = kafka::find_client_property(client.kind, name);
    if (!declared) continue;
    const Properties given{{client.prefix + name, value}};
    config::ConfigDef().add(override_property(client, *declared)).parse(given, faults);
  }
}

// The property that a client's fault is about: an override of the connector's, if one is named.
std::string faulty_property(const ClientOverrides& client, std::string_view what) {
  for (const auto& [name, value] : client.properties.entries()) {
    const bool named = what.starts_with(name + " ") || what.starts_with(name + ":") ||
                       what.find(" configuration " + name + ":") != std::string_view::npos;
    if (named) return client.prefix + name;
  }
  return std::string(kind_name(client.kind));
}

// The client's properties as a task would have them.
Properties client_properties(const WorkerConfig& worker, const Properties& connector,
                             ConnectorType type, ClientKind kind) {
  switch (kind) {
    case ClientKind::consumer:
      return sink_consumer_properties(worker, connector, 0);
    case ClientKind::producer:
      return type == ConnectorType::sink ? dead_letter_producer_properties(worker, connector, 0)
                                         : source_producer_properties(worker, connector, 0);
    case ClientKind::admin:
      break;
  }
  return connector_admin_properties(worker, connector);
}

void check_client(const WorkerConfig& worker, const Properties& connector, ConnectorType type,
                  const ClientOverrides& client, std::vector<Fault>& faults) {
  try {
    const Properties properties = client_properties(worker, connector, type, client.kind);
    if (client.kind == ClientKind::consumer) max_poll_records(properties);
    kafka::translate(properties, client.kind);
  } catch (const base::Error& error) {
    faults.push_back({faulty_property(client, error.what()), std::nullopt, error.what()});
  }
}

}  // namespace

std::vector<ClientOverrides> client_overrides(ConnectorType type, const Properties& connector) {
  const bool sink = type == ConnectorType::sink;
  const bool dead_letters = !connector.get("errors.deadletterqueue.topic.name").empty();
  const bool creates_topics = connector.contains("topic.creation.default.partitions") ||
                              connector.contains("topic.creation.default.replication.factor");
  std::vector<ClientOverrides> clients;
  const auto add = [&](ClientKind kind, bool used) {
    if (!used) return;
    const std::string prefix = fmt::format("{}.override.", kind_name(kind));
    clients.push_back({kind, prefix, connector.with_prefix(prefix)});
  };
  add(ClientKind::producer, !sink || dead_letters);
  add(ClientKind::admin, sink ? dead_letters : creates_topics);
  add(ClientKind::consumer, sink);
  return clients;
}

config::Property override_property(const ClientOverrides& client,
                                   const kafka::ClientProperty& declared) {
  config::Property property;
  property.name = client.prefix + std::string(declared.name);
  property.type = declared.type;
  property.importance = declared.importance;
  property.doc = fmt::format("{} of the Kafka {} client, as Apache Kafka documents it.",
                             declared.name, kind_name(client.kind));
  property.display_name = declared.name;
  if (!declared.required) property.default_value = declared.default_value.value_or("");
  return property;
}

void check_clients(const WorkerConfig& worker, const Properties& connector, ConnectorType type,
                   std::vector<Fault>& faults) {
  for (const ClientOverrides& client : client_overrides(type, connector)) {
    const size_t before = faults.size();
    check_types(client, faults);
    if (faults.size() == before) check_client(worker, connector, type, client, faults);
    check_policy(worker.override_policy, client, faults);
  }
}

}  // namespace kc::worker
