// The properties of Apache Kafka's Java clients, as its ConsumerConfig, ProducerConfig and
// AdminClientConfig (4.3) declare them: of which type a value has to be, and what a form shows.
// What becomes of them here says client_properties.h.
#pragma once

#include <optional>
#include <string_view>

#include "config/config_def.h"
#include "kafka/client_properties.h"

namespace kc::kafka {

struct ClientProperty {
  std::string_view name;
  config::PropertyType type;
  config::Importance importance;
  bool required;
  std::optional<std::string_view> default_value;  // nothing: null
};

// Nothing when the client has no such property.
std::optional<ClientProperty> find_client_property(ClientKind kind, std::string_view name);

}  // namespace kc::kafka
