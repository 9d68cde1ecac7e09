#include "rest/plugins_resource.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "rest/answer.h"
#include "rest/request_body.h"
#include "worker/config_infos.h"
#include "worker/request_error.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;

namespace {

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

Json definition_json(const worker::ConfigDefinition& definition) {
  return {{"name", definition.name},
          {"type", config::type_name(definition.type)},
          {"required", definition.required},
          {"default_value", text_or_null(definition.default_value)},
          {"importance", config::importance_name(definition.importance)},
          {"documentation", definition.documentation},
          {"group", definition.group.empty() ? Json(nullptr) : Json(definition.group)},
          {"order_in_group", definition.order},
          {"width", config::width_name(definition.width)},
          {"display_name", definition.display_name},
          {"dependents", Json::array()}};
}

Json info_json(const worker::ConfigInfo& info) {
  return {{"definition", info.definition ? definition_json(*info.definition) : Json(nullptr)},
          {"value",
           {{"name", info.name},
            {"value", text_or_null(info.value)},
            {"recommended_values", info.recommended_values},
            {"errors", info.errors},
            {"visible", info.visible}}}};
}

void add_plugins(Json& list, const char* type, const std::string& version,
                 std::vector<std::string> class_names) {
  std::ranges::sort(class_names);
  for (const std::string& name : class_names) {
    list.push_back({{"class", name}, {"type", type}, {"version", version}});
  }
}

template <typename Plugin>
std::vector<std::string> names_of(const std::vector<Plugin>& plugins,
                                  bool (*wanted)(const Plugin&) = nullptr) {
  std::vector<std::string> names;
  for (const Plugin& plugin : plugins) {
    if (wanted == nullptr || wanted(plugin)) names.push_back(plugin.class_name);
  }
  return names;
}

http::ServerResponse list_plugins(const Call& call, const worker::Plugins& plugins) {
  auto list = Json::array();
  for (const auto type : {connect::ConnectorType::sink, connect::ConnectorType::source}) {
    for (const auto& plugin : plugins.connectors) {
      if (plugin->type() != type) continue;
      add_plugins(list, type == connect::ConnectorType::sink ? "sink" : "source",
                  std::string(plugin->version()), {std::string(plugin->class_name())});
    }
  }
  if (call.flag("connectorsOnly", true)) return json_answer(list);
  const std::string version(base::version());
  add_plugins(list, "transformation", version, names_of(plugins.transformations));
  add_plugins(list, "predicate", version, names_of(plugins.predicates));
  add_plugins(list, "converter", version, names_of(plugins.converters, worker::is_converter));
  add_plugins(list, "header_converter", version,
              names_of(plugins.converters, worker::is_header_converter));
  return json_answer(list);
}

http::ServerResponse list_keys(const Call& call, const worker::Plugins& plugins) {
  const auto keys = worker::plugin_keys(plugins, call.parameter(0));
  if (!keys) {
    return error_answer(404, fmt::format("Unknown plugin {}.", call.parameter(0)));
  }
  auto list = Json::array();
  for (const auto& definition : *keys) list.push_back(definition_json(definition));
  return json_answer(list);
}

std::string_view without_suffix(std::string_view name) {
  constexpr std::string_view suffix = "Connector";
  if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  return name;
}

http::ServerResponse validate(const Call& call, worker::Herder& herder) {
  const auto submitted = read_config(read_json(call.request()), "the configuration");
  const std::string& plugin = call.parameter(0);
  const std::string* class_name = submitted.properties.find("connector.class");
  if (class_name != nullptr && !without_suffix(*class_name).ends_with(without_suffix(plugin))) {
    return error_answer(
        400, fmt::format("Included connector type {} does not match request type {}", *class_name,
                         plugin));
  }
  worker::ConfigInfos infos;
  try {
    infos = herder.describe_config(submitted);
  } catch (const worker::RequestError& error) {
    // Stock Connect has lost its 400 on the way.
    return error_answer(
        500, fmt::format("org.apache.kafka.connect.runtime.rest.errors.BadRequestException: {}{}",
                         class_name ? "org.apache.kafka.connect.errors.ConnectException: " : "",
                         error.what()));
  }
  auto configs = Json::array();
  for (const auto& info : infos.configs) configs.push_back(info_json(info));
  return json_answer({{"name", *class_name},
                      {"error_count", infos.error_count()},
                      {"groups", infos.groups},
                      {"configs", std::move(configs)}});
}

}  // namespace

void add_plugins_resource(Router& router, worker::Herder& herder) {
  const worker::Plugins& plugins = herder.plugins();
  router.add("GET", "/connector-plugins",
             [&plugins](const Call& call) { return list_plugins(call, plugins); });
  router.add("GET", "/connector-plugins/{}/config",
             [&plugins](const Call& call) { return list_keys(call, plugins); });
  router.add("PUT", "/connector-plugins/{}/config/validate",
             [&herder](const Call& call) { return validate(call, herder); });
}

}  // namespace kc::rest
