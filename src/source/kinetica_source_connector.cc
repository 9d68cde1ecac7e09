#include "source/kinetica_source_connector.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/version.h"
#include "source/kinetica_source_task.h"
#include "source/source_config.h"
#include "source/source_offset.h"

namespace kc::source {

std::string_view KineticaSourceConnector::class_name() const {
  return "com.kinetica.kafka.KineticaSourceConnector";
}

std::string_view KineticaSourceConnector::task_class_name() const {
  return "com.kinetica.kafka.KineticaSourceTask";
}

std::string_view KineticaSourceConnector::version() const { return base::version(); }

const config::ConfigDef& KineticaSourceConnector::config_def() const { return source_config_def(); }

std::vector<config::Fault> KineticaSourceConnector::validate(
    const config::Properties& properties) const {
  return find_source_faults(properties);
}

std::vector<config::Properties> KineticaSourceConnector::task_configs(
    const config::Properties& properties, int tasks_max) const {
  const SourceConfig config = parse_source_config(properties);
  config::Properties common;
  for (const auto& [name, value] : properties.entries()) {
    if (source_config_def().find(name) != nullptr) common.set(name, value);
  }
  const size_t tables = config.tables.size();
  const size_t tasks = std::min(tables, static_cast<size_t>(std::max(tasks_max, 1)));
  std::vector<config::Properties> configs;
  size_t table = 0;
  for (size_t task = 0; task < tasks; ++task) {
    const size_t end = table + tables / tasks + (task < tables % tasks ? 1 : 0);
    std::vector<std::string_view> names;
    std::vector<int32_t> versions;
    std::vector<std::string_view> columns;
    for (; table < end; ++table) {
      names.push_back(config.tables[table].name);
      versions.push_back(config.tables[table].schema_version);
      columns.push_back(config.tables[table].incrementing_column);
    }
    config::Properties& made = configs.emplace_back(common);
    made.set(table_names_property, fmt::format("{}", fmt::join(names, ",")));
    made.set(schema_version_property, fmt::format("{}", fmt::join(versions, ",")));
    if (properties.contains(incrementing_column_property)) {
      made.set(incrementing_column_property, fmt::format("{}", fmt::join(columns, ",")));
    }
  }
  return configs;
}

std::optional<std::string> KineticaSourceConnector::offset_fault(
    const config::Properties& properties, std::span<const GivenOffset> offsets) const {
  const SourceConfig config = parse_source_config(properties);
  for (const auto& [partition, offset] : offsets) {
    if (auto fault = source::offset_fault(config, partition, offset)) return fault;
  }
  return std::nullopt;
}

std::unique_ptr<connect::SinkTask> KineticaSourceConnector::create_sink_task(
    const config::Properties&) const {
  throw std::logic_error("KineticaSourceConnector is a source");
}

std::unique_ptr<connect::SourceTask> KineticaSourceConnector::create_source_task(
    const config::Properties& properties) const {
  return std::make_unique<KineticaSourceTask>(parse_source_config(properties));
}

}  // namespace kc::source
