#include "metrics/exposure.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kc::metrics {
namespace {

using enum Kind;

// "client-id" -> "client_id"
std::string plain(std::string_view text) {
  std::string result(text);
  std::ranges::replace(result, '-', '_');
  return result;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> label_names(const Declaration& declaration, Dialect dialect) {
  std::vector<std::string> names;
  for (const std::string_view label : split(declaration.labels)) {
    const bool java_client = dialect == Dialect::jmx_exporter && label == "client-id";
    names.push_back(java_client ? "clientId" : plain(label));
  }
  if (declaration.kind == text) names.push_back(plain(declaration.name));
  return names;
}

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

// Empty: the rules of prometheus/jmx_exporter do not show it.
std::string jmx_exporter_name(const Declaration& declaration) {
  const std::string_view group = declaration.group;
  if (group == "app-info") {
    return declaration.kind == text ? "kafka_connect_" + plain(declaration.name) + "_info"
                                    : "kafka_connect_start_time_seconds";
  }
  if (declaration.kind == text) {
    return group == "connector-task-metrics" ? "kafka_connect_connector_status" : "";
  }
  if (group == "connect-worker-metrics") return "kafka_connect_worker_" + plain(declaration.name);
  const std::string_view domain = group.starts_with("consumer-") ? "kafka_" : "kafka_connect_";
  return std::string(domain) + plain(without_suffix(group, "-metrics")) + "_" +
         plain(declaration.name);
}

// Empty: the rules of jmx-monitoring-stacks do not show it.
std::string confluent_name(const Declaration& declaration) {
  const std::string_view group = declaration.group;
  if (group == "app-info") return declaration.kind == text ? "kafka_connect_app_info" : "";
  if (declaration.kind == text) {
    return group == "connector-metrics" ? "kafka_connect_connector_metrics" : "";
  }
  const std::string_view domain =
      group.starts_with("consumer-") ? "kafka_consumer_" : "kafka_connect_";
  return std::string(domain) + plain(group) + "_" + plain(declaration.name);
}

}  // namespace

std::string_view dialect_name(Dialect dialect) {
  constexpr std::array<std::string_view, 3> names{"jmx_exporter", "confluent", "own"};
  return names[static_cast<size_t>(dialect)];
}

std::vector<Exposure> exposures(const Declaration& declaration) {
  if (declaration.group.empty()) {
    return {{Dialect::own, std::string(declaration.name), label_names(declaration, Dialect::own),
             "", ""}};
  }
  std::vector<Exposure> result;
  if (auto name = jmx_exporter_name(declaration); !name.empty()) {
    Exposure exposure{Dialect::jmx_exporter, std::move(name),
                      label_names(declaration, Dialect::jmx_exporter)};
    if (exposure.name.ends_with("_seconds")) exposure.scale = 0.001;  // JMX has milliseconds
    result.push_back(std::move(exposure));
  }
  if (auto name = confluent_name(declaration); !name.empty()) {
    Exposure exposure{Dialect::confluent, std::move(name),
                      label_names(declaration, Dialect::confluent)};
    const bool whole_worker =
        declaration.group == "connect-worker-metrics" && declaration.labels.empty();
    if (whole_worker) {
      exposure.fixed_label = "connector";
      exposure.fixed_value = "aggregate";
    }
    if (declaration.group.starts_with("consumer-")) {
      exposure.fixed_label = "client_type";
      exposure.fixed_value = "consumer";
    }
    result.push_back(std::move(exposure));
  }
  return result;
}

}  // namespace kc::metrics
