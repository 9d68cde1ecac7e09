// Java classes that are to be loaded into a client. None can be: one whose work is done here anyway
// is taken, and any other is a fault where without it records or connections would not be what the
// user believes them to be; the rest are warnings.
#pragma once

#include <string>
#include <vector>

#include "kafka/client_properties.h"
#include "kafka/java_values.h"

namespace kc::kafka {

// Adds to `warnings`. Throws Error(fix_config) naming property and class.
void check_classes(const JavaValues& java, ClientKind kind, std::vector<std::string>& warnings);

}  // namespace kc::kafka
