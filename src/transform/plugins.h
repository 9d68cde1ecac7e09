// One function per transformation: appends its plugins, Name$Key and Name$Value where it works on
// either. A transformation is a class of its source file with a constructor (Part, const Config&)
// and a static properties().
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connect/transformation.h"

namespace kc::transform {

// What a transformation works on.
enum class Part { key, value };

using TransformationPlugins = std::vector<connect::TransformationPlugin>;

void add_cast(TransformationPlugins& plugins);
void add_drop_headers(TransformationPlugins& plugins);
void add_extract_field(TransformationPlugins& plugins);
void add_filter(TransformationPlugins& plugins);
void add_flatten(TransformationPlugins& plugins);
void add_header_from(TransformationPlugins& plugins);
void add_hoist_field(TransformationPlugins& plugins);
void add_insert_field(TransformationPlugins& plugins);
void add_insert_header(TransformationPlugins& plugins);
void add_mask_field(TransformationPlugins& plugins);
void add_regex_router(TransformationPlugins& plugins);
void add_replace_field(TransformationPlugins& plugins);
void add_set_schema_metadata(TransformationPlugins& plugins);
void add_timestamp_converter(TransformationPlugins& plugins);
void add_timestamp_router(TransformationPlugins& plugins);
void add_value_to_key(TransformationPlugins& plugins);

template <typename T, Part part>
std::unique_ptr<connect::Transformation> create_for(const config::Properties& settings) {
  return std::make_unique<T>(part, T::properties().parse(settings));
}

template <typename T>
std::unique_ptr<connect::Transformation> create_for_record(const config::Properties& settings) {
  return std::make_unique<T>(T::properties().parse(settings));
}

inline std::string class_name(std::string_view name) {
  return "org.apache.kafka.connect.transforms." + std::string(name);
}

template <typename T>
void add_for_key_and_value(std::string_view name, TransformationPlugins& plugins) {
  const std::string base = class_name(name);
  plugins.push_back({base + "$Key", &T::properties, &create_for<T, Part::key>});
  plugins.push_back({base + "$Value", &T::properties, &create_for<T, Part::value>});
}

template <typename T>
void add_for_record(std::string_view name, TransformationPlugins& plugins) {
  plugins.push_back({class_name(name), &T::properties, &create_for_record<T>});
}

}  // namespace kc::transform
