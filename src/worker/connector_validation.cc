#include "worker/connector_validation.h"

#include <regex.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.h"
#include "kafka/client_properties.h"
#include "worker/transformation_chain.h"

namespace kc::worker {
namespace {

using config::Fault;
using config::Properties;
using connect::ConnectorType;

void check_topics(const Properties& properties, std::vector<Fault>& faults) {
  const std::string topics = properties.get("topics");
  const std::string regex = properties.get("topics.regex");
  if (!topics.empty() && !regex.empty()) {
    faults.push_back({"topics", topics,
                      "topics and topics.regex are mutually exclusive options, but both are set. "
                      "Remove one of them"});
  } else if (topics.empty() && regex.empty()) {
    faults.push_back({"topics", std::nullopt, "Must configure one of topics or topics.regex"});
  }
}

// What a user may ask for that this version does not do: refused, because ignoring it would lose or
// change records.
void check_supported(const Properties& properties, std::vector<Fault>& faults) {
  const auto refuse = [&](const char* name, const char* remedy) {
    faults.push_back({name, properties.get(name), remedy});
  };
  if (properties.get("exactly.once.support") == "required") {
    refuse("exactly.once.support",
           "Exactly-once delivery is not possible for this source. Use requested");
  }
}

// Properties of the Kafka clients show their faults here, not when the task has begun.
void check_clients(const WorkerConfig& worker, const Properties& properties, ConnectorType type,
                   std::vector<Fault>& faults) {
  const bool sink = type == ConnectorType::sink;
  try {
    if (sink) {
      const Properties consumer = sink_consumer_properties(worker, properties, 0);
      max_poll_records(consumer);
      kafka::translate(consumer, kafka::ClientKind::consumer);
    } else {
      kafka::translate(source_producer_properties(worker, properties, 0),
                       kafka::ClientKind::producer);
    }
  } catch (const base::Error& error) {
    faults.push_back({sink ? "consumer" : "producer", std::nullopt, error.what()});
  }
}

void check_regex(const Properties& properties, std::vector<Fault>& faults) {
  const std::string regex = properties.get("topics.regex");
  if (regex.empty()) return;
  regex_t compiled;
  const int code = regcomp(&compiled, whole_name_pattern(regex).c_str(), REG_EXTENDED | REG_NOSUB);
  if (code == 0) {
    regfree(&compiled);
    return;
  }
  char reason[128];
  regerror(code, &compiled, reason, sizeof reason);
  faults.push_back(
      {"topics.regex", regex,
       fmt::format("Not a regular expression: {}. Give a POSIX extended one", reason)});
}

// What stock Connect has and this version does without; unlike what is refused, no record is lost
// or changed by it.
void warn_of_missing(const Properties& properties, std::vector<std::string>& warnings) {
  for (const auto& [name, value] : properties.entries()) {
    if (name.starts_with("topic.creation.") && !value.empty()) {
      warnings.push_back(name + " has no effect in this version");
    }
  }
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
    faults.push_back({role_name + ".converter", choice.class_name,
                      "Class " + choice.class_name + " could not be found. Known are: " + known});
    return;
  }
  try {
    plugin->create(choice.settings, role);
  } catch (const base::Error& error) {
    faults.push_back({role_name + ".converter", choice.class_name, error.what()});
  }
}

bool named_like_a_secret(std::string_view name) {
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

// `properties`: references resolved.
void find_in(const WorkerConfig& worker, const Plugins& plugins, const Properties& properties,
             ConnectorFindings& findings) {
  auto& faults = findings.faults;
  const std::string class_name = properties.get("connector.class");
  const auto* plugin = plugins.find_connector(class_name);
  if (plugin == nullptr && !class_name.empty()) {
    std::string known;
    for (const auto& connector : plugins.connectors) {
      known += (known.empty() ? "" : ", ") + std::string(connector->class_name());
    }
    faults.push_back({"connector.class", class_name,
                      "Failed to find any class that implements Connector and which name matches " +
                          class_name + ", available connectors are: " + known});
  }
  const ConnectorType type = plugin == nullptr ? ConnectorType::sink : plugin->type();
  connector_config_def(type).parse(properties, faults);
  if (plugin == nullptr) return;

  plugin->config_def().parse(properties, faults);
  for (Fault& fault : plugin->validate(properties)) faults.push_back(std::move(fault));
  if (type == ConnectorType::sink) {
    check_topics(properties, faults);
    check_regex(properties, faults);
  }
  check_clients(worker, properties, type, faults);
  check_supported(properties, faults);
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
  warn_of_missing(properties, findings.warnings);
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
                        named_like_a_secret(name);
    hidden.set(name, secret && !value.empty() ? config::Secret::hidden : value);
  }
  return hidden;
}

}  // namespace kc::worker
