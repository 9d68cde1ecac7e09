#include "sink/kinetica_sink_connector.h"

#include <stdexcept>

#include "base/error.h"
#include "base/version.h"
#include "sink/kinetica_sink_task.h"
#include "sink/sink_config.h"

namespace kc::sink {

std::string_view KineticaSinkConnector::version() const { return base::version(); }

const config::ConfigDef& KineticaSinkConnector::config_def() const { return sink_config_def(); }

std::vector<config::Fault> KineticaSinkConnector::validate(
    const config::Properties& properties) const {
  return validate_sink(properties);
}

std::vector<config::Properties> KineticaSinkConnector::task_configs(
    const config::Properties& properties, int tasks_max) const {
  if (tasks_max < 1) {
    throw base::Error(base::Reaction::fix_config, "tasks.max = {}: must be at least 1", tasks_max);
  }
  return std::vector<config::Properties>(static_cast<size_t>(tasks_max), properties);
}

std::unique_ptr<connect::SinkTask> KineticaSinkConnector::create_sink_task(
    const config::Properties& properties) const {
  return std::make_unique<KineticaSinkTask>(SinkConfig::parse(properties), clock_, gate_);
}

std::unique_ptr<connect::SourceTask> KineticaSinkConnector::create_source_task(
    const config::Properties&) const {
  throw std::logic_error("KineticaSinkConnector makes no source tasks");
}

}  // namespace kc::sink
