#include "main/stopped_connector.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "main/built_in_plugins.h"
#include "main/running_worker.h"

namespace kc::main {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using worker::PartitionOffset;
using Json = nlohmann::ordered_json;

const connect::ConnectorPlugin& plugin_of(const Properties& connector,
                                          const worker::Plugins& plugins, const std::string& file) {
  const std::string name = connector.get("connector.class");
  const connect::ConnectorPlugin* plugin = plugins.find_connector(name);
  if (plugin == nullptr) {
    throw Error(Reaction::fix_config, "{}: connector.class = {}: there is no such connector", file,
                name);
  }
  return *plugin;
}

}  // namespace

StoppedConnector::StoppedConnector(const std::string& worker_file,
                                   const std::string& connector_file)
    : plugins_(built_in_plugins()) {
  std::vector<config::Fault> faults;
  std::vector<std::string> warnings;
  worker_ = worker::WorkerConfig::parse(config::read_properties(worker_file), faults, warnings);
  if (!faults.empty()) {
    std::string list;
    for (const config::Fault& fault : faults) list += "\n  " + fault.text();
    throw Error(Reaction::fix_config, "{}:{}", worker_file, list);
  }
  const Properties given = config::read_connector_file(connector_file);
  connector_ = worker_.providers.resolve(given).properties;
  name_ = connector_.get("name");
  if (name_.empty()) {
    throw Error(Reaction::fix_config, "{} has no name. Add name=...", connector_file);
  }
  plugin_ = &plugin_of(connector_, plugins_, connector_file);
  store_.emplace(worker_.offset_file);
  admin_.emplace(worker_, *store_, *plugin_, connector_);
}

std::string StoppedConnector::place() const {
  if (type() == connect::ConnectorType::source) return worker_.offset_file;
  return "consumer group " +
         worker::sink_consumer_properties(worker_, connector_, 0).get("group.id");
}

void StoppedConnector::alter(const std::vector<PartitionOffset>& offsets) {
  refuse_while_running();
  admin_->alter(offsets);
}

void StoppedConnector::reset() {
  refuse_while_running();
  admin_->reset();
}

std::optional<std::string> StoppedConnector::running_at() const {
  return find_running_worker(worker_.properties, name_);
}

void StoppedConnector::refuse_while_running() const {
  if (const auto url = running_at()) {
    throw Error(
        Reaction::fix_config,
        "A worker answers at {0} and may run {1}. Nothing was changed. Stop the worker, or "
        "stop the connector and change its offsets there: PUT {0}/connectors/{1}/stop, then "
        "PATCH or DELETE {0}/connectors/{1}/offsets",
        *url, name_);
  }
}

std::string offsets_text(const std::vector<PartitionOffset>& offsets) {
  std::string text = "{\"offsets\":[";
  const char* separator = "\n";
  for (const PartitionOffset& one : offsets) {
    text += fmt::format("{}{{\"partition\":{},\"offset\":{}}}", separator, one.partition,
                        one.offset.value_or("null"));
    separator = ",\n";
  }
  return text + "\n]}\n";
}

std::vector<PartitionOffset> read_offsets(std::string_view text) {
  const auto refuse = [](const std::string& reason) {
    throw Error(Reaction::fix_config,
                "{}. Write {{\"offsets\":[{{\"partition\":{{...}},\"offset\":{{...}}}}]}}, as "
                "`offsets export` does",
                reason);
  };
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("offsets") || !json["offsets"].is_array()) {
    refuse("The text is no JSON object with a list \"offsets\"");
  }
  std::vector<PartitionOffset> result;
  for (const Json& entry : json["offsets"]) {
    const std::string where = fmt::format("Entry {} of \"offsets\"", result.size() + 1);
    if (!entry.is_object() || !entry.contains("partition") || !entry["partition"].is_object()) {
      refuse(where + " has no object \"partition\"");
    }
    if (!entry.contains("offset") || !(entry["offset"].is_object() || entry["offset"].is_null())) {
      refuse(where + " has no \"offset\" that is an object or null");
    }
    result.push_back({entry["partition"].dump(), std::nullopt});
    if (!entry["offset"].is_null()) result.back().offset = entry["offset"].dump();
  }
  return result;
}

}  // namespace kc::main
