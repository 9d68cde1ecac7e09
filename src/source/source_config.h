// The source connector's properties: their declarations and what a task makes of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "config/properties.h"
#include "kinetica/client.h"

namespace kc::source {

struct TableConfig {
  std::string name;   // as configured, without blanks around it
  std::string topic;  // kinetica.topic_prefix + name
  int32_t schema_version = 1;
  std::string incrementing_column{};  // empty: none
  // How far below the greatest value sent its rows are read again.
  uint64_t incrementing_overlap = 0;
};

struct SourceConfig {
  kinetica::ClientSettings database;
  std::vector<TableConfig> tables;
  // A table without a source offset: whether the rows that it has are sent first.
  bool from_beginning = false;
};

inline constexpr const char* table_names_property = "kinetica.table_names";
inline constexpr const char* schema_version_property = "kinetica.kafka_schema_version";
inline constexpr const char* from_beginning_property = "kinetica.from_beginning";
inline constexpr const char* incrementing_column_property = "kinetica.incrementing_column";
inline constexpr const char* incrementing_overlap_property = "kinetica.incrementing_overlap";

const config::ConfigDef& source_config_def();

// Contradictions between properties, beyond what the declarations check: nothing when there are
// none, or when a declaration is already violated there.
std::vector<config::Fault> find_source_faults(const config::Properties& properties);

// Throws one Error(fix_config) that lists what is wrong.
SourceConfig parse_source_config(const config::Properties& properties);

}  // namespace kc::source
