#include "sink/sink_config.h"

#include <algorithm>

#include "base/error.h"
#include "kinetica/connection_properties.h"
#include "kinetica/url.h"

namespace kc::sink {
namespace {

using config::Config;
using config::Fault;
using config::Properties;

// The second names are the newer ones: they win when both are given, as in version 7.1 of the Java
// connector.
Properties with_newer_names_first(const Properties& given) {
  Properties result = given;
  for (const config::Property& property : sink_config_def().properties()) {
    for (const std::string& alias : property.aliases) {
      const std::string* value = given.find(alias);
      if (value == nullptr) continue;
      result.set(property.name, *value);
      result.erase(alias);
      break;
    }
  }
  return result;
}

void check_url(const Config& config, std::vector<Fault>& faults) {
  const std::string& url = config.string("kinetica.url");
  if (url.empty()) return;
  try {
    kinetica::parse_urls(url);
  } catch (const base::Error& error) {
    faults.push_back({"kinetica.url", std::nullopt, error.what()});
  }
}

void check_override(const Config& config, const Properties& properties,
                    std::vector<Fault>& faults) {
  const std::string& text = config.string("kinetica.dest_table_override");
  const auto names = config::split_list(text);
  if (names.empty()) return;
  const auto fault = [&](std::string message) {
    faults.push_back({"kinetica.dest_table_override", text, std::move(message)});
  };
  if (std::ranges::any_of(names, &std::string::empty)) {
    return fault("The list has an empty entry; name a table for each topic");
  }
  if (!properties.get("topics.regex").empty()) {
    return fault(
        "Not applicable together with topics.regex; list the topics in `topics`, or leave it "
        "empty");
  }
  const auto topics = config::split_list(properties.get("topics"));
  const bool one_for_all = names.size() == 1 && !config.boolean("kinetica.single_table_per_topic");
  if (one_for_all || topics.empty() || names.size() == topics.size()) return;
  fault(fmt::format(
      "Names {} tables for {} topics; name one table for each entry of `topics`, or leave it empty",
      names.size(), topics.size()));
}

// The table of a record without value has to follow from its topic: there is no schema whose name
// it could have, and the key is that of the row.
void check_deletes(const Config& config, std::vector<Fault>& faults) {
  if (!config.boolean("kinetica.delete_enabled") ||
      config.boolean("kinetica.single_table_per_topic") ||
      !config::split_list(config.string("kinetica.dest_table_override")).empty()) {
    return;
  }
  faults.push_back({"kinetica.delete_enabled", "true",
                    "A record without value does not say which table its row is in; set "
                    "kinetica.single_table_per_topic=true, or name the tables with "
                    "kinetica.dest_table_override"});
}

std::optional<FlatteningRules> flattening_rules(const Config& config) {
  if (!config.boolean("kinetica.flatten_source.enabled")) return std::nullopt;
  FlatteningRules rules;
  rules.delimiter = config.string("kinetica.flatten_source.field_name_delimiter");
  rules.separator = config.string("kinetica.flatten_source.array_element_separator");
  if (config.string("kinetica.flatten_source.array_flattening_mode") == "TAKE_FIRST_VALUE") {
    rules.arrays = ArrayFlattening::take_first_value;
  }
  return rules;
}

}  // namespace

std::vector<Fault> validate_sink(const Properties& properties) {
  std::vector<Fault> declared;
  const Config config = sink_config_def().parse(with_newer_names_first(properties), declared);
  std::vector<Fault> faults;
  check_url(config, faults);
  check_override(config, properties, faults);
  check_deletes(config, faults);
  for (Fault& fault : kinetica::find_connection_faults(config)) faults.push_back(std::move(fault));
  return faults;
}

SinkConfig SinkConfig::parse(const Properties& properties) {
  const Config config = sink_config_def().parse(with_newer_names_first(properties));
  if (const auto faults = validate_sink(properties); !faults.empty()) {
    std::string text = "The sink's configuration is not valid:";
    for (const Fault& fault : faults) text.append("\n  ").append(fault.text());
    throw base::Error(base::Reaction::fix_config, text);
  }
  SinkConfig result;
  result.database.url = config.string("kinetica.url");
  result.database.username = config.string("kinetica.username");
  result.database.password = config.password("kinetica.password");
  result.database.timeout = std::chrono::milliseconds(config.integer("kinetica.timeout"));
  result.database.multihead = config.boolean("kinetica.enable_multihead");
  result.database.compress = config.boolean("kinetica.use_snappy");
  kinetica::read_connection_properties(config, result.database);
  result.naming.topics = config::split_list(properties.get("topics"));
  result.naming.override_names = config::split_list(config.string("kinetica.dest_table_override"));
  result.naming.prefix = config.string("kinetica.table_prefix");
  result.naming.single_table_per_topic = config.boolean("kinetica.single_table_per_topic");
  result.collection = config.string("kinetica.collection_name");
  result.flattening = flattening_rules(config);
  result.batch_rows = static_cast<size_t>(config.integer("kinetica.batch_size"));
  result.linger = std::chrono::milliseconds(config.integer("kinetica.linger_ms"));
  result.retry_count = static_cast<int>(config.integer("kinetica.retry_count"));
  result.create_table = config.boolean("kinetica.create_table");
  result.evolution = {.enabled = config.boolean("kinetica.allow_schema_evolution"),
                      .add_columns = config.boolean("kinetica.add_new_fields_as_columns"),
                      .make_nullable = config.boolean("kinetica.make_missing_field_nullable")};
  result.update_on_existing_pk = config.boolean("kinetica.update_on_existing_pk");
  result.delete_enabled = config.boolean("kinetica.delete_enabled");
  return result;
}

}  // namespace kc::sink
