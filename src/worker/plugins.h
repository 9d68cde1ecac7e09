// The plug-ins that `main` has put together: nothing registers itself.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "connect/connector.h"
#include "connect/converter.h"
#include "connect/transformation.h"

namespace kc::worker {

struct Plugins {
  std::vector<std::unique_ptr<connect::ConnectorPlugin>> connectors;
  std::vector<connect::ConverterPlugin> converters;
  std::vector<connect::TransformationPlugin> transformations;
  std::vector<connect::PredicatePlugin> predicates;

  // By class name, simple name (KineticaSinkConnector) or that without "Connector"; nullptr when
  // there is none.
  const connect::ConnectorPlugin* find_connector(std::string_view name) const;
  const connect::ConverterPlugin* find_converter(std::string_view class_name) const;
};

}  // namespace kc::worker
