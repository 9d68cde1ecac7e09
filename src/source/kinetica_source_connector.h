// com.kinetica.kafka.KineticaSourceConnector: rows inserted into Kinetica's tables go to topics.
// Stateless.
#pragma once

#include "connect/connector.h"

namespace kc::source {

class KineticaSourceConnector : public connect::ConnectorPlugin {
 public:
  std::string_view class_name() const override;
  std::string_view task_class_name() const override;
  std::string_view version() const override;
  connect::ConnectorType type() const override { return connect::ConnectorType::source; }
  const config::ConfigDef& config_def() const override;
  std::vector<config::Fault> validate(const config::Properties& properties) const override;
  // Contiguous blocks of the tables, the first ones larger by one when they do not come out even;
  // never more tasks than tables. Throws Error(fix_config) for an invalid configuration.
  std::vector<config::Properties> task_configs(const config::Properties& properties,
                                               int tasks_max) const override;
  std::optional<std::string> offset_fault(const config::Properties& properties,
                                          std::span<const GivenOffset> offsets) const override;
  std::unique_ptr<connect::SinkTask> create_sink_task(
      const config::Properties& properties) const override;
  std::unique_ptr<connect::SourceTask> create_source_task(
      const config::Properties& properties) const override;
};

}  // namespace kc::source
