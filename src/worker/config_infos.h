// What is known of a configuration, property by property, so that a form can be drawn from it: the
// answers of PUT /connector-plugins/{p}/config/validate and GET /connector-plugins/{p}/config, in
// the order in which stock Connect has them (ConfigInfos, ConfigKeyInfo):
//
//   1. what every connector has, with the keys of its transformations and predicates
//   2. the connector's own
//   3. what it overrides of its producer, admin client and consumer, as Kafka's clients declare it
//   4. its own header, key and value converters' keys
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "worker/plugins.h"
#include "worker/submitted_config.h"
#include "worker/worker_config.h"

namespace kc::worker {

struct ConfigDefinition {
  std::string name;
  config::PropertyType type = config::PropertyType::string;
  bool required = false;
  std::optional<std::string> default_value;  // nothing: null
  config::Importance importance = config::Importance::medium;
  std::string documentation;
  std::string group;  // empty: none
  int order = -1;
  config::Width width = config::Width::none;
  std::string display_name;
};

struct ConfigInfo {
  std::optional<ConfigDefinition> definition;  // nothing for what nobody declares
  std::string name;
  std::optional<std::string> value;  // secrets are hidden
  std::vector<std::string> recommended_values;
  std::vector<std::string> errors;
  bool visible = true;
};

struct ConfigInfos {
  std::vector<std::string> groups;
  std::vector<ConfigInfo> configs;
  size_t error_count() const;
};

// `submitted` has a connector.class that is there (connector_plugin()).
ConfigInfos describe_config(const WorkerConfig& worker, const Plugins& plugins,
                            const SubmittedConfig& submitted);

// The keys of a connector (its own first, then those that every connector has), converter,
// transformation or predicate, by its class name or its simple name; nothing for an unknown one.
std::optional<std::vector<ConfigDefinition>> plugin_keys(const Plugins& plugins,
                                                         std::string_view plugin);

// org.apache.kafka.connect.storage.Converter, HeaderConverter: which roles a class has.
bool is_converter(const connect::ConverterPlugin& plugin);
bool is_header_converter(const connect::ConverterPlugin& plugin);

}  // namespace kc::worker
