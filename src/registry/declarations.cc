#include "registry/declarations.h"

#include <utility>

namespace kc::registry {

using config::Property;
using config::PropertyType;

Property property(std::string name, PropertyType type, std::string default_value, std::string doc) {
  Property result =
      unprefixed_property(std::move(name), type, std::move(default_value), std::move(doc));
  result.aliases.push_back("schema.registry." + result.name);
  return result;
}

Property unprefixed_property(std::string name, PropertyType type, std::string default_value,
                             std::string doc) {
  Property result;
  result.name = std::move(name);
  result.type = type;
  result.default_value = std::move(default_value);
  result.doc = std::move(doc);
  result.importance = config::Importance::low;
  return result;
}

}  // namespace kc::registry
