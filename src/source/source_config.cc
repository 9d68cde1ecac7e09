#include "source/source_config.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

#include "base/error.h"
#include "kinetica/connection_properties.h"
#include "kinetica/url.h"

namespace kc::source {

using config::ConfigDef;
using config::Fault;
using config::Importance;
using config::Property;
using config::PropertyType;
using config::Width;

namespace {

constexpr const char* url_property = "kinetica.url";
constexpr const char* timeout_property = "kinetica.timeout";
constexpr const char* topic_prefix_property = "kinetica.topic_prefix";
constexpr const char* username_property = "kinetica.username";
constexpr const char* password_property = "kinetica.password";

std::optional<std::string> check_url(std::string_view value) {
  try {
    kinetica::parse_urls(value);
    return std::nullopt;
  } catch (const base::Error& error) {
    return error.what();
  }
}

std::optional<std::string> check_tables(std::string_view value) {
  const auto names = config::split_list(value);
  if (names.empty()) return "must name at least one table";
  std::set<std::string_view> seen;
  for (const auto& name : names) {
    if (name.empty()) return "must not have an empty name between its commas";
    if (!seen.insert(name).second) return fmt::format("names table {} twice", name);
  }
  return std::nullopt;
}

std::optional<int32_t> parse_version(std::string_view text) {
  int32_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return version;
}

std::optional<std::string> check_versions(std::string_view value) {
  for (const auto& item : config::split_list(value)) {
    if (!parse_version(item)) {
      return fmt::format("must be a comma list of whole numbers; `{}` is none", item);
    }
  }
  return std::nullopt;
}

Property property(const char* name, PropertyType type, std::optional<std::string> default_value,
                  Importance importance, Width width, int order, const char* display_name,
                  const char* doc, config::Validator validator = nullptr) {
  Property made;
  made.name = name;
  made.type = type;
  made.default_value = std::move(default_value);
  made.importance = importance;
  made.width = width;
  made.order = order;
  made.display_name = display_name;
  made.doc = doc;
  made.validator = std::move(validator);
  made.group = "Kinetica Properties";
  return made;
}

ConfigDef make_config_def() {
  using enum Importance;
  ConfigDef def;
  def.add(property(url_property, PropertyType::string, std::nullopt, high, Width::long_, 1,
                   "Kinetica URL",
                   "Where the database's head node listens, e.g. http://127.0.0.1:9191. With "
                   "several clusters, a comma-separated list: they are tried in this order.",
                   check_url));
  def.add(property(timeout_property, PropertyType::int32, "0", low, Width::short_, 2, "Timeout",
                   "How many milliseconds one exchange with the database may take; 0 for no limit.",
                   config::at_least(0)));
  def.add(property(table_names_property, PropertyType::string, std::nullopt, high, Width::long_, 3,
                   "Table Names",
                   "The tables whose inserted rows are streamed, as a comma-separated list; blanks "
                   "around a name do not count.",
                   check_tables));
  def.add(property(topic_prefix_property, PropertyType::string, "", medium, Width::short_, 4,
                   "Topic Prefix",
                   "What stands before the table's name in the name of the topic that its rows go "
                   "to."));
  def.add(property(schema_version_property, PropertyType::string, "", medium, Width::short_, 5,
                   "Topic Version(s)",
                   "The version of each table's value schema, as a comma-separated list as long as "
                   "kinetica.table_names; empty for version 1 everywhere.",
                   check_versions));
  def.add(property(username_property, PropertyType::string, "", medium, Width::short_, 6,
                   "Username", "The database user; empty when the database asks for none."));
  def.add(property(password_property, PropertyType::password, "", medium, Width::short_, 7,
                   "Password", "That user's password."));
  def.add(property(from_beginning_property, PropertyType::boolean, "false", medium, Width::short_,
                   8, "From Beginning",
                   "Whether a table of which nothing was sent yet (it has no source offset) is "
                   "sent with the rows that it has; else only with those inserted from then on."));
  def.add(property(incrementing_column_property, PropertyType::string, "", medium, Width::medium, 9,
                   "Incrementing Column(s)",
                   "A column of each table whose values only grow from row to row: an int, long, "
                   "timestamp or unsigned long one that is not nullable. Rows inserted while the "
                   "task or its connection was down are then read from the table, from the "
                   "greatest value that was sent on. As a comma-separated list as long as "
                   "kinetica.table_names with an empty place for a table without one, or one name "
                   "for all tables; empty: no table has one, and such rows are not sent."));
  def.add(property(incrementing_overlap_property, PropertyType::int64, "0", low, Width::short_, 10,
                   "Incrementing Overlap",
                   "How far below the greatest value sent that reading begins, in the column's "
                   "units (milliseconds of a timestamp). For tables whose rows can become visible "
                   "after rows with greater values, as with several writers; the rows in between "
                   "may be sent twice.",
                   config::at_least(0)));
  for (auto& more : kinetica::connection_properties(11)) def.add(std::move(more));
  return def;
}

}  // namespace

const ConfigDef& source_config_def() {
  static const ConfigDef def = make_config_def();
  return def;
}

std::vector<Fault> find_source_faults(const config::Properties& properties) {
  const std::string names = properties.get(table_names_property);
  const std::string versions = properties.get(schema_version_property);
  const size_t name_count = config::split_list(names).size();
  const size_t version_count = config::split_list(versions).size();
  std::vector<Fault> declared;
  const config::Config config = source_config_def().parse(properties, declared);
  auto faults = kinetica::find_connection_faults(config);
  if (check_tables(names)) return faults;
  if (version_count != 0 && version_count != name_count) {
    faults.push_back({schema_version_property, versions,
                      fmt::format("has {} versions for the {} tables of {}; give one for each "
                                  "table, or none for version 1",
                                  version_count, name_count, table_names_property)});
  }
  const std::string columns = properties.get(incrementing_column_property);
  const size_t column_count = config::split_list(columns).size();
  if (column_count > 1 && column_count != name_count) {
    faults.push_back({incrementing_column_property, columns,
                      fmt::format("has {} columns for the {} tables of {}; give one for all "
                                  "tables, or a place for each, which may be empty",
                                  column_count, name_count, table_names_property)});
  }
  return faults;
}

SourceConfig parse_source_config(const config::Properties& properties) {
  const config::Config values = source_config_def().parse(properties);
  if (const auto faults = find_source_faults(properties); !faults.empty()) {
    throw base::Error(base::Reaction::fix_config, faults.front().text());
  }
  SourceConfig config;
  config.database.url = values.string(url_property);
  config.database.username = values.string(username_property);
  config.database.password = values.password(password_property);
  config.database.timeout = std::chrono::milliseconds(values.integer(timeout_property));
  kinetica::read_connection_properties(values, config.database);
  config.from_beginning = values.boolean(from_beginning_property);
  const auto versions = config::split_list(values.string(schema_version_property));
  const auto columns = config::split_list(values.string(incrementing_column_property));
  for (const auto& name : config::split_list(values.string(table_names_property))) {
    const size_t index = config.tables.size();
    const int32_t version = versions.empty() ? 1 : parse_version(versions[index]).value_or(1);
    const std::string column = columns.empty() ? "" : columns[columns.size() == 1 ? 0 : index];
    config.tables.push_back({name, values.string(topic_prefix_property) + name, version, column,
                             static_cast<uint64_t>(values.integer(incrementing_overlap_property))});
  }
  return config;
}

}  // namespace kc::source
