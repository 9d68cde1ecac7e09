// The `security.protocol`, `ssl.*` and `sasl.*` rows of the translation in client_properties.h.
#pragma once

#include <string_view>

#include "config/properties.h"
#include "kafka/client_properties.h"

namespace kc::kafka {

// True for names whose values are never shown.
bool is_secret(std::string_view name);

// True for names that translate_security() reads or knowingly leaves out.
bool is_security_property(std::string_view java_name);

// Adds to `result`. Throws Error(fix_config).
void translate_security(const config::Properties& java_properties, TranslatedProperties& result);

}  // namespace kc::kafka
