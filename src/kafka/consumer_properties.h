// The consumer rows of the translation in client_properties.h.
#pragma once

#include <string_view>

#include "kafka/client_properties.h"
#include "kafka/java_values.h"

namespace kc::kafka {

// True for names that translate_consumer() reads.
bool is_consumer_property(std::string_view java_name);

// Adds to `result`. Throws Error(fix_config).
void translate_consumer(const JavaValues& java, TranslatedProperties& result);

}  // namespace kc::kafka
