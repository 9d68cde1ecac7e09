// References to external values in property values: ${provider:key}, ${provider:path:key}
// (ConfigTransformer of Kafka: \$\{([^}]*?):(([^}]*?):)?([^}]*?)\}).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kc::config {

// Views into the value.
struct ConfigReference {
  std::string_view text;  // from ${ to }
  std::string_view provider;
  std::string_view path;  // empty when there is none
  std::string_view key;   // may have colons
};

// In the order of `value`; they do not overlap. What has no colon, as ${topic}, is text.
std::vector<ConfigReference> find_references(std::string_view value);

}  // namespace kc::config
