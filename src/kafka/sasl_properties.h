// The `sasl.*` rows of the translation in client_properties.h: the login module that
// `sasl.jaas.config` names, or where that is absent the entry KafkaClient of the JAAS file in
// KAFKA_OPTS, becomes librdkafka's properties of the mechanism.
#pragma once

#include "config/properties.h"
#include "kafka/client_properties.h"

namespace kc::kafka {

// Adds to `result`. Throws Error(fix_config); never shows a credential.
void translate_sasl(const config::Properties& java_properties, TranslatedProperties& result);

}  // namespace kc::kafka
