#include "worker/submitted_config.h"

#include "base/log.h"
#include "config/url_password.h"
#include "worker/connector_validation.h"
#include "worker/request_error.h"

namespace kc::worker {

using config::Properties;

void restore_secrets(Properties& properties, const Properties& stored) {
  const Properties given = properties;
  for (const auto& [name, value] : given.entries()) {
    const std::string* secret = stored.find(name);
    if (secret == nullptr) continue;
    const bool shown =
        value == config::Secret::hidden || value == config::without_url_passwords(*secret);
    if (shown) properties.set(name, *secret);
  }
}

std::string map_text(const Properties& properties) {
  std::string text;
  for (const auto& [name, value] : properties.entries()) {
    text += (text.empty() ? "" : ", ") + name + "=";
    text += is_named_like_a_secret(name) ? config::Secret::hidden
                                         : config::without_url_passwords(value);
  }
  return "{" + text + "}";
}

const connect::ConnectorPlugin& connector_plugin(const Plugins& plugins,
                                                 const Properties& properties) {
  const std::string* class_name = properties.find("connector.class");
  if (class_name == nullptr) {
    throw RequestError(Refusal::bad_request, "Connector config {} contains no connector type",
                       map_text(properties));
  }
  const auto* plugin = plugins.find_connector(*class_name);
  if (plugin == nullptr) {
    throw RequestError(Refusal::bad_request, "{}", unknown_connector_text(plugins, *class_name));
  }
  return *plugin;
}

Properties validated(const WorkerConfig& worker, const Plugins& plugins,
                     const SubmittedConfig& submitted) {
  connector_plugin(plugins, submitted.properties);
  const ConnectorFindings findings = validate_connector(worker, plugins, submitted.properties);
  std::string list;
  for (const config::Fault& fault : findings.faults) list += "\n" + fault.message;
  for (size_t i = 0; i < submitted.nulls.size(); ++i) list += "\n" + std::string(null_value_text);
  const size_t count = findings.faults.size() + submitted.nulls.size();
  if (count > 0) {
    throw RequestError(Refusal::bad_request,
                       "Connector configuration is invalid and contains the following {} "
                       "error(s):{}\nYou can also find the above list of errors at the endpoint "
                       "`/connector-plugins/{{connectorType}}/config/validate`",
                       count, list);
  }
  for (const std::string& warning : findings.warnings) {
    base::log_warn("connector {}: {}", submitted.properties.get("name"), warning);
  }
  return submitted.properties;
}

}  // namespace kc::worker
