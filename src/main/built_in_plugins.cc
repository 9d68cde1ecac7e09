#include "main/built_in_plugins.h"

#include "convert/converters.h"
#include "sink/kinetica_sink_connector.h"
#include "source/kinetica_source_connector.h"
#include "transform/built_in.h"

namespace kc::main {

worker::Plugins built_in_plugins() {
  worker::Plugins plugins;
  plugins.connectors.push_back(std::make_unique<sink::KineticaSinkConnector>());
  plugins.connectors.push_back(std::make_unique<source::KineticaSourceConnector>());
  plugins.converters = convert::built_in_converters();
  plugins.transformations = transform::built_in_transformations();
  plugins.predicates = transform::built_in_predicates();
  return plugins;
}

}  // namespace kc::main
