// What the declarations of the registry's properties have in common.
#pragma once

#include <string>

#include "config/config_def.h"

namespace kc::registry {

// Optional, of low importance; `schema.registry.` may stand before its name.
config::Property property(std::string name, config::PropertyType type, std::string default_value,
                          std::string doc);
// The same without that second name.
config::Property unprefixed_property(std::string name, config::PropertyType type,
                                     std::string default_value, std::string doc);

}  // namespace kc::registry
