// The producer rows of the translation in client_properties.h.
#pragma once

#include <string_view>

#include "kafka/client_properties.h"
#include "kafka/java_values.h"

namespace kc::kafka {

// True for names that translate_producer() reads.
bool is_producer_property(std::string_view java_name);

// Adds to `result`. Throws Error(fix_config).
void translate_producer(const JavaValues& java, TranslatedProperties& result);

}  // namespace kc::kafka
