// The plug-in com.kinetica.kafka.KineticaSinkConnector. Outlives its tasks.
#pragma once

#include "base/clock.h"
#include "connect/connector.h"
#include "sink/alteration_gate.h"

namespace kc::sink {

class KineticaSinkConnector : public connect::ConnectorPlugin {
 public:
  std::string_view class_name() const override {
    return "com.kinetica.kafka.KineticaSinkConnector";
  }
  std::string_view task_class_name() const override {
    return "com.kinetica.kafka.KineticaSinkTask";
  }
  std::string_view version() const override;
  connect::ConnectorType type() const override { return connect::ConnectorType::sink; }
  const config::ConfigDef& config_def() const override;
  std::vector<config::Fault> validate(const config::Properties& properties) const override;
  // `tasks_max` times the same: the consumer group divides the partitions.
  std::vector<config::Properties> task_configs(const config::Properties& properties,
                                               int tasks_max) const override;
  std::unique_ptr<connect::SinkTask> create_sink_task(
      const config::Properties& properties) const override;
  std::unique_ptr<connect::SourceTask> create_source_task(
      const config::Properties& properties) const override;

 private:
  const base::Clock clock_{};
  mutable AlterationGate gate_;  // of all tasks
};

}  // namespace kc::sink
