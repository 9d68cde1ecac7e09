// The properties that every connector has, in the order, groups and widths in which stock Connect
// shows them (ConnectorConfig, SinkConnectorConfig, SourceConnectorConfig).
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "worker/worker_config.h"

namespace kc::worker {
namespace {

using config::at_least;
using config::ConfigDef;
using config::Importance;
using config::one_of;
using config::Property;
using config::PropertyType;
using config::Validator;
using config::Width;

// The properties of one group, numbered as they come.
class Group {
 public:
  Group(ConfigDef& def, std::string name, int first_order)
      : def_(def), name_(std::move(name)), order_(first_order) {}

  Group& add(std::string name, PropertyType type, std::optional<std::string> otherwise,
             Importance importance, Width width, std::string display_name, std::string doc,
             Validator validator = nullptr) {
    Property property;
    property.name = std::move(name);
    property.type = type;
    property.default_value = std::move(otherwise);
    property.importance = importance;
    property.width = width;
    property.display_name = std::move(display_name);
    property.doc = std::move(doc);
    property.validator = std::move(validator);
    property.group = name_;
    property.order = order_++;
    def_.add(std::move(property));
    return *this;
  }

 private:
  ConfigDef& def_;
  const std::string name_;
  int order_;
};

// ConfigDef.CaseInsensitiveValidString. The names are listed as it does, in the order of their
// hashes.
Validator one_of_in_any_case(std::vector<std::string> names) {
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  const auto check = [names = std::move(names),
                      list](std::string_view value) -> std::optional<std::string> {
    std::string upper(value);
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (std::ranges::find(names, upper) != names.end()) return std::nullopt;
    return "String must be one of (case insensitive): " + list;
  };
  return {check, "(case insensitive) [" + list + "]"};
}

Validator connector_name() {
  const auto check = [](std::string_view value) -> std::optional<std::string> {
    if (value.empty()) return "String may not be empty";
    const bool control = std::ranges::any_of(
        value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
    if (control)
      return "String may not contain control sequences but had the following ASCII chars";
    return std::nullopt;
  };
  return {check, "non-empty string without ISO control characters"};
}

Validator unique_aliases() {
  const auto check = [](std::string_view value) -> std::optional<std::string> {
    const auto aliases = config::split_list(value);
    const std::set<std::string> unique(aliases.begin(), aliases.end());
    if (unique.size() == aliases.size()) return std::nullopt;
    return "Duplicate alias provided.";
  };
  return {check, "unique aliases"};
}

void add_common(ConfigDef& def) {
  using enum PropertyType;
  Group(def, "Common", 1)
      .add("name", string, std::nullopt, Importance::high, Width::medium, "Connector name",
           "Globally unique name of this connector.", connector_name())
      .add("connector.class", string, std::nullopt, Importance::high, Width::long_,
           "Connector class",
           "Java class name of the connector, its simple name, or that without \"Connector\".",
           config::not_empty())
      .add("connector.plugin.version", string, "", Importance::medium, Width::medium,
           "Connector version", "Accepted; the connectors are those built in.")
      .add("tasks.max", int32, "1", Importance::high, Width::short_, "Tasks max",
           "Most tasks to divide the work into; each has a thread.", at_least(1))
      .add("tasks.max.enforce", boolean, "true", Importance::low, Width::short_,
           "Enforce tasks max", "Whether a connector that makes more than tasks.max tasks fails.")
      .add("key.converter", class_name, "", Importance::low, Width::short_, "Key converter class",
           "Converter of record keys, instead of the worker's.")
      .add("key.converter.plugin.version", string, "", Importance::low, Width::short_,
           "Key converter version", "Accepted; the converters are those built in.")
      .add("value.converter", class_name, "", Importance::low, Width::short_,
           "Value converter class", "Converter of record values, instead of the worker's.")
      .add("value.converter.plugin.version", string, "", Importance::low, Width::short_,
           "Value converter version", "Accepted; the converters are those built in.")
      .add("header.converter", class_name, "", Importance::low, Width::short_,
           "Header converter class", "Converter of record headers, instead of the worker's.")
      .add("header.converter.plugin.version", string, "", Importance::low, Width::short_,
           "Header converter version", "Accepted; the converters are those built in.");
  Group(def, "Transforms", 12)
      .add("transforms", list, "", Importance::low, Width::long_, "Transforms",
           "Names of transformations, in their order, each with transforms.NAME.type.",
           unique_aliases());
  Group(def, "Predicates", 13)
      .add("predicates", list, "", Importance::low, Width::long_, "Predicates",
           "Names of the predicates of transformations, each with predicates.NAME.type.",
           unique_aliases());
  Group(def, "Common", 14)
      .add("config.action.reload", string, "restart", Importance::low, Width::medium,
           "Reload Action", "Accepted; values of config providers do not expire.",
           one_of({"none", "restart"}));
  Group(def, "Error Handling", 1)
      .add("errors.retry.timeout", int64, "0", Importance::medium, Width::medium,
           "Retry Timeout for Errors",
           "How long an operation that fails for now is tried again for one record, in "
           "milliseconds; -1, or not set: without limit.",
           at_least(-1))
      .add("errors.retry.delay.max.ms", int64, "60000", Importance::medium, Width::medium,
           "Maximum Delay Between Retries for Errors", "Longest wait between two tries.",
           at_least(1))
      .add("errors.tolerance", string, "none", Importance::medium, Width::short_, "Error Tolerance",
           "none: a record that cannot be processed fails the task; all: it is skipped.",
           one_of({"none", "all"}))
      .add("errors.log.enable", boolean, "false", Importance::medium, Width::short_, "Log Errors",
           "Whether to log each record that cannot be processed.")
      .add("errors.log.include.messages", boolean, "false", Importance::medium, Width::short_,
           "Log Error Details", "Whether such log lines name the record.");
}

void add_sink(ConfigDef& def) {
  using enum PropertyType;
  // Both have the order 4, as in stock Connect.
  Group(def, "Common", 4)
      .add("topics", list, "", Importance::high, Width::long_, "Topics",
           "Topics to read, separated by commas.");
  Group(def, "Common", 4)
      .add("topics.regex", string, "", Importance::high, Width::long_, "Topics regex",
           "Regular expression that the names of the topics to read match as a whole.");
  Group(def, "Error Handling", 6)
      .add("errors.deadletterqueue.topic.name", string, "", Importance::medium, Width::medium,
           "Dead Letter Queue Topic Name", "Topic for records that cannot be processed.")
      .add("errors.deadletterqueue.topic.replication.factor", int16, "3", Importance::medium,
           Width::medium, "Dead Letter Queue Topic Replication Factor",
           "Replication factor of that topic.", at_least(1))
      .add("errors.deadletterqueue.context.headers.enable", boolean, "false", Importance::medium,
           Width::medium, "Enable Error Context Headers",
           "Whether its records carry context headers.");
}

void add_source(ConfigDef& def) {
  using enum PropertyType;
  Group(def, "Topic Creation", 1)
      .add("topic.creation.groups", list, "", Importance::low, Width::long_,
           "Topic Creation Groups",
           "Groups of topics to create, each with topic.creation.NAME.include.", unique_aliases());
  Group(def, "Exactly Once Support", 2)
      .add("exactly.once.support", string, "requested", Importance::medium, Width::short_,
           "Exactly once support", "Whether exactly-once support is demanded.",
           one_of_in_any_case({"REQUIRED", "REQUESTED"}))
      .add("transaction.boundary", string, "poll", Importance::medium, Width::short_,
           "Transaction Boundary",
           "Accepted; there are no transactions without exactly-once support.",
           one_of_in_any_case({"INTERVAL", "POLL", "CONNECTOR"}))
      .add("transaction.boundary.interval.ms", int64, "0", Importance::low, Width::short_,
           "Transaction boundary interval",
           "Accepted; there are no transactions without exactly-once support.", at_least(0));
  Group(def, "offsets.topic", 1)
      .add("offsets.storage.topic", string, "", Importance::low, Width::long_, "Offsets topic",
           "Accepted; a standalone worker keeps offsets in its file.");
}

ConfigDef make_def(connect::ConnectorType type) {
  ConfigDef def;
  add_common(def);
  type == connect::ConnectorType::sink ? add_sink(def) : add_source(def);
  return def;
}

}  // namespace

const ConfigDef& connector_config_def(connect::ConnectorType type) {
  static const ConfigDef sink = make_def(connect::ConnectorType::sink);
  static const ConfigDef source = make_def(connect::ConnectorType::source);
  return type == connect::ConnectorType::sink ? sink : source;
}

}  // namespace kc::worker
