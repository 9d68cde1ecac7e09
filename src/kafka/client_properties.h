// Java client properties -> librdkafka's, by a whitelist: names translated, Java's defaults where
// librdkafka's differ, Java-only properties dropped with a note, unknown ones with a warning.
// (Kafka's ConsumerConfig, ProducerConfig, AdminClientConfig; librdkafka's CONFIGURATION.md.)
//
// A property that only librdkafka has is given as `rdkafka.<its name>` and overrides everything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"
#include "kafka/oauth_login.h"

namespace kc::kafka {

enum class ClientKind { consumer, producer, admin };

struct TranslatedProperties {
  config::Properties rdkafka;
  // Where the tokens of OAUTHBEARER come from; nothing: librdkafka knows.
  std::optional<OAuthSettings> oauth;
  // Java properties that have no effect here or another one than in Java, as sentences for the
  // debug log.
  std::vector<std::string> notes;
  // What the user should know: unknown names, replaced values. For an admin client unknown names
  // are notes, because a worker hands it all its own properties.
  std::vector<std::string> warnings;
};

// Throws Error(fix_config) naming property, value and remedy. Never puts a secret into a note, a
// warning or an error. Reads the PEM or PKCS12 files that ssl.*.location name, to tell their kind.
TranslatedProperties translate(const config::Properties& java_properties, ClientKind kind);

// As "2.8.0".
std::string librdkafka_version();

// Whether the linked librdkafka knows the property: 2.0.2 lacks some that 2.8.0 has.
bool librdkafka_knows(std::string_view rdkafka_property);

}  // namespace kc::kafka
