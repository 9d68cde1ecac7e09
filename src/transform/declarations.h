// What the declarations of the transformations' properties have in common.
#pragma once

#include <string>

#include "config/config_def.h"

namespace kc::transform {

config::Property required(std::string name, config::PropertyType type,
                          config::Importance importance, std::string doc);
// `default_value` "" where Kafka's default is null.
config::Property optional(std::string name, config::PropertyType type, std::string default_value,
                          config::Importance importance, std::string doc);
config::Property with_validator(config::Property property, config::Validator validator);

// "replace.null.with.default" (KIP-581), true by default.
config::Property replace_null_with_default();

// A list that has items, none of them empty.
config::Validator non_empty_list();
// A list none of whose items is empty.
config::Validator no_empty_items();
// A regular expression that JavaRegex takes.
config::Validator java_regex();

}  // namespace kc::transform
