#include "transform/declarations.h"

#include <algorithm>

#include "base/error.h"
#include "config/java_regex.h"

namespace kc::transform {

using config::Importance;
using config::Property;
using config::PropertyType;
using config::Validator;

Property required(std::string name, PropertyType type, Importance importance, std::string doc) {
  Property property;
  property.name = std::move(name);
  property.type = type;
  property.importance = importance;
  property.doc = std::move(doc);
  return property;
}

Property optional(std::string name, PropertyType type, std::string default_value,
                  Importance importance, std::string doc) {
  Property property = required(std::move(name), type, importance, std::move(doc));
  property.default_value = std::move(default_value);
  return property;
}

Property with_validator(Property property, Validator validator) {
  property.validator = std::move(validator);
  return property;
}

Property replace_null_with_default() {
  return optional("replace.null.with.default", PropertyType::boolean, "true", Importance::medium,
                  "Whether to replace fields that have a default value and that are null to the "
                  "default value. When set to true, the default value is used, otherwise null is "
                  "used.");
}

Validator no_empty_items() {
  return [](std::string_view text) -> std::optional<std::string> {
    if (std::ranges::count(config::split_list(text), "") == 0) return std::nullopt;
    return "values must not be empty: remove the comma too many";
  };
}

Validator non_empty_list() {
  const auto check = [](std::string_view text) -> std::optional<std::string> {
    if (config::split_list(text).empty()) return "Empty list: give at least one name";
    return no_empty_items()(text);
  };
  return {check, "non-empty list"};
}

Validator java_regex() {
  const auto check = [](std::string_view text) -> std::optional<std::string> {
    try {
      config::JavaRegex regex(text);
      return std::nullopt;
    } catch (const base::Error& error) {
      return std::string("Invalid regex: ") + error.what();
    }
  };
  return {check, "valid regex"};
}

}  // namespace kc::transform
