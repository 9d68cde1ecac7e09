// A connector plug-in: what it is called, which properties it takes, how its work is divided, and
// how its tasks are made. Stateless; one object in the process, used by the herder's thread
// (create_*: by task threads).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "config/properties.h"
#include "connect/sink_task.h"
#include "connect/source_task.h"

namespace kc::connect {

enum class ConnectorType { sink, source };

class ConnectorPlugin {
 public:
  virtual ~ConnectorPlugin() = default;

  // com.kinetica.kafka.KineticaSinkConnector
  virtual std::string_view class_name() const = 0;
  virtual std::string_view task_class_name() const = 0;
  virtual std::string_view version() const = 0;
  virtual ConnectorType type() const = 0;
  // The connector's own properties, without those of the worker (name, tasks.max, topics ...).
  virtual const config::ConfigDef& config_def() const = 0;
  // What the declarations cannot say: contradictions between properties. `properties` are all of
  // the connector's.
  virtual std::vector<config::Fault> validate(const config::Properties& properties) const = 0;
  // One entry a task, at most `tasks_max`.
  virtual std::vector<config::Properties> task_configs(const config::Properties& properties,
                                                       int tasks_max) const = 0;

  // An offset that a user wants to give a source, and its partition: JSON objects.
  struct GivenOffset {
    std::string_view partition;
    std::string_view offset;
  };
  // Why no task would ever go on from one of these, a sentence with the remedy; nothing where tasks
  // would from all. (SourceConnector.alterOffsets.)
  virtual std::optional<std::string> offset_fault(const config::Properties& /*properties*/,
                                                  std::span<const GivenOffset> /*offsets*/) const {
    return std::nullopt;
  }

  // `properties`: one of task_configs(). Only the one of type() is called; the other throws
  // std::logic_error.
  virtual std::unique_ptr<SinkTask> create_sink_task(
      const config::Properties& properties) const = 0;
  virtual std::unique_ptr<SourceTask> create_source_task(
      const config::Properties& properties) const = 0;
};

}  // namespace kc::connect
