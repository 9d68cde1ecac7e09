// A Connect schema under construction: what Confluent's converters collect in a SchemaBuilder
// before they know whether it gets a default, which can be read only along a finished schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/schema.h"

namespace kc::convert {

struct SchemaDraft {
  data::Type type = data::Type::string;
  std::optional<std::string> name;
  std::optional<int32_t> version;
  std::vector<std::pair<std::string, std::string>> parameters;
  std::vector<std::pair<std::string, data::SchemaPtr>> fields;
  data::SchemaPtr keys;
  data::SchemaPtr values;
  bool optional = false;

  // The last value of a name stays.
  void parameter(const std::string& parameter_name, std::string value) {
    for (auto& [known, text] : parameters) {
      if (known == parameter_name) {
        text = std::move(value);
        return;
      }
    }
    parameters.emplace_back(parameter_name, std::move(value));
  }

  void logical(std::string_view logical_name) {
    name = logical_name;
    version = 1;
  }

  // With everything but `optional`.
  data::SchemaBuilder start() const {
    data::SchemaBuilder builder = type == data::Type::array ? data::SchemaBuilder::array(values)
                                  : type == data::Type::map ? data::SchemaBuilder::map(keys, values)
                                                            : data::SchemaBuilder(type);
    if (name) builder.name(*name);
    if (version) builder.version(*version);
    for (const auto& [parameter_name, value] : parameters) builder.parameter(parameter_name, value);
    for (const auto& [field, schema] : fields) builder.field(field, schema);
    return builder;
  }
};

}  // namespace kc::convert
