// The sink's properties: declared once, here, and what they mean together.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "config/config_def.h"
#include "config/properties.h"
#include "kinetica/client.h"
#include "sink/flattening_rules.h"
#include "sink/table_evolution.h"
#include "sink/table_naming.h"

namespace kc::sink {

struct SinkConfig {
  kinetica::ClientSettings database;
  TableNamingRules naming;
  std::string collection;
  std::optional<FlatteningRules> flattening;  // none: nested values are refused
  size_t batch_rows = 10'000;
  std::chrono::milliseconds linger{100};
  int retry_count = 1;
  bool create_table = true;
  EvolutionRules evolution;
  bool update_on_existing_pk = true;
  bool delete_enabled = false;

  // Throws Error(fix_config) that lists everything that is wrong.
  static SinkConfig parse(const config::Properties& properties);
};

// The connector's own properties, in the order of the reference page.
const config::ConfigDef& sink_config_def();

// What the declarations cannot say. Does not repeat what they find.
std::vector<config::Fault> validate_sink(const config::Properties& properties);

}  // namespace kc::sink
