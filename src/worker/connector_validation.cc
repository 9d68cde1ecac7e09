#include "worker/connector_validation.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.h"
#include "config/java_regex.h"
#include "config/url_password.h"
#include "worker/client_overrides.h"
#include "worker/topic_creation.h"
#include "worker/transformation_chain.h"

namespace kc::worker {
config::Fault class_not_found(const std::string& name, const std::string& class_name,
                              const std::string& known) {
  return {name, class_name,
          fmt::format("Invalid value {} for configuration {}: Class {} could not be found.",
                      class_name, name, class_name),
          "known are: " + known};
}

namespace {

using config::Fault;
using config::Properties;
using connect::ConnectorType;

void check_topics(const Properties& properties, std::vector<Fault>& faults) {
  const std::string topics = properties.get("topics");
  const std::string regex = properties.get("topics.regex");
  if (!topics.empty() && !regex.empty()) {
    faults.push_back({"topics", topics,
                      "topics and topics.regex are mutually exclusive options, but both are set.",
                      "remove one of them"});
  } else if (topics.empty() && regex.empty()) {
    for (const char* name : {"topics", "topics.regex"}) {
      faults.push_back({name, std::nullopt, "Must configure one of topics or topics.regex"});
    }
  }
}

// Where a client writes back what answers have shown.
void check_hidden(const Properties& properties, std::vector<Fault>& faults) {
  for (const auto& [name, value] : properties.entries()) {
    if (value != config::Secret::hidden) continue;
    faults.push_back({name, value,
                      "Invalid value [hidden] for configuration " + name +
                          ": it stands for a secret that this connector does not have. Give the "
                          "secret itself"});
  }
}

// What a user may ask for that this version does not do: refused, because ignoring it would lose or
// change records.
void check_supported(const Properties& properties, std::vector<Fault>& faults) {
  const auto refuse = [&](const char* name, const char* remedy) {
    faults.push_back({name, properties.get(name), remedy});
  };
  std::string support = properties.get("exactly.once.support");
  std::ranges::transform(support, support.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (support == "required") {
    refuse("exactly.once.support",
           "Exactly-once delivery is not possible for this source. Use requested");
  }
}

void check_regex(const Properties& properties, std::vector<Fault>& faults) {
  const std::string regex = properties.get("topics.regex");
  if (regex.empty()) return;
  try {
    const config::JavaRegex pattern(regex);
  } catch (const base::Error& error) {
    faults.push_back({"topics.regex", regex,
                      fmt::format("Invalid value {} for configuration topics.regex: Invalid regex: "
                                  "{}",
                                  regex, error.what())});
  }
}

// A dead letter that the connector reads again comes round for ever.
void check_dead_letter_topic(const Properties& properties, std::vector<Fault>& faults) {
  const std::string dead_letters = properties.get("errors.deadletterqueue.topic.name");
  if (dead_letters.empty()) return;
  const auto topics = config::split_list(properties.get("topics"));
  if (std::ranges::find(topics, dead_letters) != topics.end()) {
    faults.push_back({"topics", properties.get("topics"),
                      fmt::format("The DLQ topic '{}' may not be included in the list of topics "
                                  "('topics=[{}]') consumed by the connector",
                                  dead_letters, fmt::join(topics, ", "))});
  }
  const std::string regex = properties.get("topics.regex");
  try {
    if (regex.empty() || !config::JavaRegex(regex).matches(dead_letters)) return;
  } catch (const base::Error&) {
    return;  // a fault of its own
  }
  faults.push_back({"topics.regex", regex,
                    fmt::format("The DLQ topic '{}' may not be matched by the regex for the topics "
                                "('topics.regex={}') consumed by the connector",
                                dead_letters, regex)});
}

void warn_of_topic_creation(const WorkerConfig& worker, const Properties& properties,
                            std::vector<std::string>& warnings) {
  const bool given = std::ranges::any_of(properties.entries(), [](const auto& entry) {
    return entry.first.starts_with("topic.creation.") && !entry.second.empty();
  });
  if (!given || worker.topic_creation) return;
  warnings.emplace_back("topic.creation.* has no effect: topic.creation.enable is false");
}

void check_converter(const WorkerConfig& worker, const Plugins& plugins,
                     const Properties& properties, connect::ConverterRole role,
                     std::vector<Fault>& faults) {
  const std::string role_name(connect::role_name(role));
  const ConverterChoice choice = choose_converter(worker, properties, role_name);
  if (choice.class_name.empty()) return;  // a fault of the worker's file
  const auto* plugin = plugins.find_converter(choice.class_name);
  if (plugin == nullptr) {
    std::string known;
    for (const auto& converter : plugins.converters) {
      known += (known.empty() ? "" : ", ") + converter.class_name;
    }
    faults.push_back(class_not_found(role_name + ".converter", choice.class_name, known));
    return;
  }
  const size_t before = faults.size();
  std::vector<Fault> own;
  plugin->config_def().parse(choice.settings, own);
  for (Fault& fault : own) {
    fault.name = role_name + ".converter." + fault.name;
    faults.push_back(std::move(fault));
  }
  if (faults.size() > before) return;
  try {
    plugin->create(choice.settings, role);
  } catch (const base::Error& error) {
    faults.push_back({role_name + ".converter", choice.class_name, error.what()});
  }
}

}  // namespace

bool is_named_like_a_secret(std::string_view name) {
  static constexpr std::array words{"password",   "secret",       "jaas",
                                    "credential", "user.info",    "token",
                                    "key.pem",    "keystore.key", "oauthbearer.config"};
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(), [](unsigned char character) {
    return static_cast<char>(std::tolower(character));
  });
  return std::ranges::any_of(
      words, [&](const char* word) { return lower.find(word) != std::string::npos; });
}

std::string unknown_connector_text(const Plugins& plugins, std::string_view class_name) {
  std::string known;
  for (const auto& connector : plugins.connectors) {
    const char* type = connector->type() == ConnectorType::sink ? "sink" : "source";
    known += fmt::format(
        "{}PluginDesc{{klass=class {}, name='{}', version='{}', encodedVersion={}, type={}, "
        "typeName='{}', location='classpath'}}",
        known.empty() ? "" : ", ", connector->class_name(), connector->class_name(),
        connector->version(), connector->version(), type, type);
  }
  return fmt::format(
      "Failed to find any class that implements Connector and which name matches {}, available "
      "connectors are: {}",
      class_name, known);
}

namespace {

// `properties`: references resolved.
void find_in(const WorkerConfig& worker, const Plugins& plugins, const Properties& properties,
             ConnectorFindings& findings) {
  auto& faults = findings.faults;
  const std::string class_name = properties.get("connector.class");
  const auto* plugin = plugins.find_connector(class_name);
  if (plugin == nullptr && !class_name.empty()) {
    faults.push_back({"connector.class", class_name, unknown_connector_text(plugins, class_name)});
  }
  const ConnectorType type = plugin == nullptr ? ConnectorType::sink : plugin->type();
  connector_config_def(type).parse(properties, faults);
  if (plugin == nullptr) return;

  plugin->config_def().parse(properties, faults);
  for (Fault& fault : plugin->validate(properties)) faults.push_back(std::move(fault));
  if (type == ConnectorType::sink) {
    check_topics(properties, faults);
    check_regex(properties, faults);
    check_dead_letter_topic(properties, faults);
  } else if (worker.topic_creation) {
    for (Fault& fault : TopicCreation::find_faults(properties)) faults.push_back(std::move(fault));
  }
  check_clients(worker, properties, type, faults);
  check_supported(properties, faults);
  check_hidden(properties, faults);
  check_converter(worker, plugins, properties, connect::ConverterRole::key, faults);
  check_converter(worker, plugins, properties, connect::ConverterRole::value, faults);
  check_converter(worker, plugins, properties, connect::ConverterRole::header, faults);
  for (Fault& fault : TransformationChain::find_faults(plugins, properties)) {
    faults.push_back(std::move(fault));
  }

  config::ConfigDef all = connector_config_def(type);
  all.add(plugin->config_def());
  for (std::string& warning : all.unknown(properties, open_connector_prefixes())) {
    findings.warnings.push_back(std::move(warning));
  }
  if (type == ConnectorType::source) {
    warn_of_topic_creation(worker, properties, findings.warnings);
  }
}

}  // namespace

ConnectorFindings validate_connector(const WorkerConfig& worker, const Plugins& plugins,
                                     const Properties& properties) {
  ConnectorFindings findings;
  const auto resolved = worker.providers.resolve(properties, findings.faults, findings.warnings);
  find_in(worker, plugins, resolved.properties, findings);
  resolved.hide_secrets(findings.faults, 0);
  return findings;
}

Properties hide_secrets(const Properties& properties, const connect::ConnectorPlugin& plugin) {
  Properties hidden;
  for (const auto& [name, value] : properties.entries()) {
    const config::Property* declared = plugin.config_def().find(name);
    const bool secret = (declared != nullptr && declared->type == config::PropertyType::password) ||
                        is_named_like_a_secret(name);
    hidden.set(name, secret && !value.empty() ? config::Secret::hidden
                                              : config::without_url_passwords(value));
  }
  return hidden;
}

}  // namespace kc::worker
