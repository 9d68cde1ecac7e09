// The converters, by their Java class names.
#pragma once

#include <vector>

#include "connect/converter.h"

namespace kc::convert {

std::vector<connect::ConverterPlugin> built_in_converters();

}  // namespace kc::convert
