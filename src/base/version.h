// The product's version, as connectors, the REST resource `/` and User-Agent headers name it.
#pragma once

#include <string_view>

namespace kc::base {

// "0.1.0": the version that CMakeLists.txt gives the project.
std::string_view version();

}  // namespace kc::base
