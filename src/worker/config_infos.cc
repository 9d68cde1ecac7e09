#include "worker/config_infos.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/version.h"
#include "config/url_password.h"
#include "worker/client_overrides.h"
#include "worker/connector_validation.h"

namespace kc::worker {

using config::ConfigDef;
using config::Importance;
using config::Properties;
using config::Property;
using config::PropertyType;
using config::Width;
using connect::ConnectorType;

namespace {

constexpr std::string_view apache_package = "org.apache.kafka.connect.";
constexpr std::string_view simple_header_converter =
    "org.apache.kafka.connect.storage.SimpleHeaderConverter";

// Stock Connect's default is null where a default of ours is empty; these two are no texts there.
bool is_null_by_default(const Property& property, bool own) {
  if (!property.default_value || !property.default_value->empty()) {
    return property.name == "transaction.boundary.interval.ms";
  }
  if (property.type == PropertyType::list) return false;
  return own || property.name == "offsets.storage.topic";
}

// `own`: of a plug-in, not of the framework.
ConfigDefinition definition_of(const Property& property, const std::string& prefix, bool own) {
  ConfigDefinition definition;
  definition.name = prefix + property.name;
  definition.type = property.type;
  definition.required = !property.default_value;
  if (!is_null_by_default(property, own)) definition.default_value = property.default_value;
  definition.importance = property.importance;
  definition.documentation = property.doc;
  definition.group = property.group;
  definition.display_name = property.display_name.empty() ? property.name : property.display_name;
  if (!property.group.empty()) {
    definition.order = property.order;
    definition.width = property.width;
  }
  return definition;
}

Property text_property(std::string name, std::optional<std::string> otherwise,
                       Importance importance, std::string doc) {
  Property property;
  property.name = std::move(name);
  property.default_value = std::move(otherwise);
  property.importance = importance;
  property.doc = std::move(doc);
  return property;
}

// As ConfigDef.sortedConfigs(): what is required, what is important, by name.
std::tuple<bool, Importance, std::string> shown_order(const Property& property) {
  return {property.default_value.has_value(), property.importance, property.name};
}

// The keys of a converter. Apache Kafka's own know how they are used.
std::vector<Property> converter_properties(const connect::ConverterPlugin& plugin) {
  std::vector<Property> properties;
  if (plugin.class_name.starts_with(apache_package) &&
      plugin.class_name != simple_header_converter) {
    properties.push_back(text_property("converter.type", std::nullopt, Importance::low,
                                       "How this converter is used: key, value or header."));
  }
  for (const Property& property : plugin.config_def().properties()) properties.push_back(property);
  return properties;
}

// As ConfigDef prints a value that it has parsed.
std::string normalized(PropertyType type, const std::string& given) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  std::string text = given;
  while (!text.empty() && blank(text.back())) text.pop_back();
  text.erase(0, static_cast<size_t>(std::ranges::find_if_not(text, blank) - text.begin()));
  switch (type) {
    case PropertyType::boolean:
      std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      });
      break;
    case PropertyType::list: {
      std::string joined;
      const auto items = config::split_list(text);
      for (size_t i = 0; i < items.size(); ++i) joined += (i == 0 ? "" : ",") + items[i];
      return joined;
    }
    case PropertyType::int16:
    case PropertyType::int32:
    case PropertyType::int64:
      if (text.starts_with('+')) text.erase(0, 1);
      break;
    default:
      break;
  }
  return text;
}

template <typename Plugin>
std::vector<std::string> class_names(const std::vector<Plugin>& plugins,
                                     bool (*wanted)(const Plugin&)) {
  std::vector<std::string> names;
  for (const Plugin& plugin : plugins) {
    if (wanted == nullptr || wanted(plugin)) names.push_back(plugin.class_name);
  }
  std::ranges::sort(names);
  return names;
}

class Description {
 public:
  Description(const WorkerConfig& worker, const Plugins& plugins, const SubmittedConfig& submitted)
      : worker_(worker),
        plugins_(plugins),
        given_(submitted.properties),
        connector_(connector_plugin(plugins, given_)),
        version_(base::version()) {
    for (const auto& fault : validate_connector(worker, plugins, given_).faults) {
      errors_[fault.name].push_back(fault.message);
    }
    for (const std::string& name : submitted.nulls) {
      errors_[name].emplace_back(null_value_text);
    }
  }

  ConfigInfos take() {
    add_framework();
    add_aliases("transforms", "Transforms: ", "Transformation", plugins_.transformations);
    add_aliases("predicates", "Predicates: ", "Predicate", plugins_.predicates);
    add_all(connector_.config_def().properties(), "", true);
    add_overrides();
    for (const char* role : {"header", "key", "value"}) add_converter(role);
    add_undeclared();
    return std::move(infos_);
  }

 private:
  void add_framework() {
    for (const Property& property : connector_config_def(connector_.type()).properties()) {
      ConfigInfo& info = add(property, "", false);
      const std::string& name = property.name;
      if (name == "connector.plugin.version") {
        recommend_version(info, std::string(connector_.version()));
      } else if (name.ends_with(".converter")) {
        const std::string role = name.substr(0, name.find('.'));
        info.definition->default_value = choose_converter(worker_, {}, role).class_name;
        if (!given_.contains(name)) info.value = info.definition->default_value;
        info.recommended_values =
            class_names(plugins_.converters, role == "header" ? is_header_converter : is_converter);
        if (!plugins_.find_converter(choose_converter(worker_, given_, role).class_name)) {
          info.value.reset();
        }
      } else if (name.ends_with(".converter.plugin.version")) {
        const std::string role = name.substr(0, name.find('.'));
        const bool known =
            plugins_.find_converter(choose_converter(worker_, given_, role).class_name) != nullptr;
        if (known) {
          recommend_version(info, version_);
        } else {
          info.definition->default_value.reset();
          info.value.reset();
          info.visible = false;
        }
      }
    }
  }

  // transforms.ALIAS. or predicates.ALIAS.: the class, then its keys by their names.
  template <typename Plugin>
  void add_aliases(const std::string& list, const std::string& group, const std::string& kind,
                   const std::vector<Plugin>& known) {
    std::set<std::string> seen;
    for (const std::string& alias : config::split_list(given_.get(list))) {
      if (alias.empty() || !seen.insert(alias).second) continue;
      const std::string prefix = list + "." + alias + ".";
      const std::string class_name = normalized(PropertyType::string, given_.get(prefix + "type"));
      const auto found = std::ranges::find(known, class_name, &Plugin::class_name);
      std::vector<Property> keys{
          alias_key("type", PropertyType::class_name, std::nullopt, kind + " type for " + alias),
          alias_key("plugin.version", PropertyType::string, "", kind + " version for " + alias)};
      const bool is_known = found != known.end();
      if (is_known) {
        std::vector<Property> own = found->config_def().properties();
        if (list == "transforms") {
          own.push_back(text_property("predicate", "", Importance::medium,
                                      "Alias of the predicate that says whether the "
                                      "transformation is applied."));
          own.push_back(text_property("negate", "false", Importance::medium,
                                      "Whether it is applied where the predicate does not hold."));
          own.back().type = PropertyType::boolean;
        }
        std::ranges::sort(own, {}, shown_order);
        keys.insert(keys.end(), own.begin(), own.end());
      }
      for (size_t i = 0; i < keys.size(); ++i) {
        ConfigInfo& info = add(keys[i], prefix, true);
        info.definition->group = group + alias;
        info.definition->order = static_cast<int>(i);
        add_group(info.definition->group);
        if (i == 0) {
          info.recommended_values = class_names<Plugin>(known, nullptr);
          if (!is_known) info.value.reset();
        } else if (i == 1 && is_known) {
          recommend_version(info, version_);
        }
      }
    }
  }

  static Property alias_key(std::string name, PropertyType type,
                            std::optional<std::string> otherwise, std::string display_name) {
    Property property = text_property(std::move(name), std::move(otherwise), Importance::high, "");
    property.type = type;
    property.group = "-";  // replaced by the alias's
    property.width = Width::long_;
    property.doc = display_name + ".";
    property.display_name = std::move(display_name);
    return property;
  }

  void add_overrides() {
    for (const ClientOverrides& client : client_overrides(connector_.type(), given_)) {
      for (const auto& [name, value] : client.properties.entries()) {
        const auto known = kafka::find_client_property(client.kind, name);
        ConfigInfo& info = add(known ? override_property(client, *known)
                                     : text_property(client.prefix + name, "", {}, ""),
                               "", true);
        if (known) {
          info.definition->default_value = known->default_value;
        } else {
          info.definition.reset();
          if (info.value != config::Secret::hidden)
            info.value = config::without_url_passwords(value);
        }
      }
    }
  }

  void add_converter(const std::string& role) {
    const std::string name = role + ".converter";
    const auto* plugin = plugins_.find_converter(given_.get(name));
    if (plugin == nullptr) return;  // the worker's, or a fault of its own
    for (const Property& property : converter_properties(*plugin)) {
      ConfigInfo& info = add(property, name + ".", true);
      if (property.name == "converter.type") {
        info.value = role;
        info.errors.clear();
      }
    }
  }

  // Faults of what no definition has: a null value, a property that the connector's own check
  // names.
  void add_undeclared() {
    std::vector<ConfigInfo> undeclared;
    for (const auto& [name, errors] : errors_) {
      ConfigInfo info;
      info.name = name;
      info.errors = errors;
      undeclared.push_back(std::move(info));
    }
    infos_.configs.insert(infos_.configs.begin(), undeclared.begin(), undeclared.end());
  }

  void add_all(const std::vector<Property>& properties, const std::string& prefix, bool own) {
    for (const Property& property : properties) add(property, prefix, own);
  }

  ConfigInfo& add(const Property& property, const std::string& prefix, bool own) {
    ConfigInfo& info = infos_.configs.emplace_back();
    info.definition = definition_of(property, prefix, own);
    info.name = info.definition->name;
    if (property.group != "-" && !property.group.empty()) add_group(property.group);
    take_errors(info, info.name);
    const std::string* given = given_.find(info.name);
    for (const std::string& alias : property.aliases) {
      if (given == nullptr) given = given_.find(prefix + alias);
      take_errors(info, prefix + alias);
    }
    if (given == nullptr) {
      info.value = info.definition->default_value;
    } else if (property.type == PropertyType::password || is_named_like_a_secret(info.name)) {
      info.value = given->empty() ? "" : config::Secret::hidden;
    } else if (config::is_of_type(property.type, normalized(property.type, *given)) ||
               given->find("${") != std::string::npos) {
      info.value = config::without_url_passwords(normalized(property.type, *given));
    }
    return info;
  }

  void take_errors(ConfigInfo& info, const std::string& name) {
    const auto found = errors_.find(name);
    if (found == errors_.end()) return;
    info.errors.insert(info.errors.end(), found->second.begin(), found->second.end());
    errors_.erase(found);
  }

  void add_group(const std::string& group) {
    if (std::ranges::find(infos_.groups, group) == infos_.groups.end()) {
      infos_.groups.push_back(group);
    }
  }

  void recommend_version(ConfigInfo& info, const std::string& version) {
    info.definition->default_value = version;
    info.recommended_values = {version};
    if (!given_.contains(info.name)) info.value = version;
  }

  const WorkerConfig& worker_;
  const Plugins& plugins_;
  const Properties given_;
  const connect::ConnectorPlugin& connector_;
  const std::string version_;
  std::map<std::string, std::vector<std::string>> errors_;  // by property, not yet told
  ConfigInfos infos_;
};

}  // namespace

size_t ConfigInfos::error_count() const {
  size_t count = 0;
  for (const ConfigInfo& info : configs) count += info.errors.size();
  return count;
}

ConfigInfos describe_config(const WorkerConfig& worker, const Plugins& plugins,
                            const SubmittedConfig& submitted) {
  return Description(worker, plugins, submitted).take();
}

std::optional<std::vector<ConfigDefinition>> plugin_keys(const Plugins& plugins,
                                                         std::string_view plugin) {
  std::vector<ConfigDefinition> keys;
  const auto add = [&](const std::vector<Property>& properties, bool own) {
    for (const Property& property : properties) {
      const bool redefined =
          std::ranges::find(keys, property.name, &ConfigDefinition::name) != keys.end();
      if (!redefined) keys.push_back(definition_of(property, "", own));
    }
  };
  if (const auto* connector = plugins.find_connector(plugin)) {
    add(connector->config_def().properties(), true);
    add(connector_config_def(connector->type()).properties(), false);
    for (ConfigDefinition& key : keys) {
      if (key.name == "connector.plugin.version") key.default_value = connector->version();
      // The worker's are not known here.
      const bool is_converter_key =
          key.name.ends_with(".converter") || key.name.ends_with(".converter.plugin.version");
      if (is_converter_key) key.default_value.reset();
    }
    return keys;
  }
  if (const auto* converter = plugins.find_converter(plugin)) {
    add(converter_properties(*converter), true);
    return keys;
  }
  const auto find_in = [&](const auto& known) {
    const auto found = std::ranges::find_if(known, [&](const auto& one) {
      const std::string_view full = one.class_name;
      const std::string_view simple = full.substr(full.rfind('.') + 1);
      return plugin == full || (plugin == simple && simple.find('$') == std::string_view::npos);
    });
    if (found == known.end()) return false;
    add(found->config_def().properties(), true);
    return true;
  };
  if (find_in(plugins.transformations) || find_in(plugins.predicates)) return keys;
  return std::nullopt;
}

bool is_converter(const connect::ConverterPlugin& plugin) {
  return plugin.class_name != simple_header_converter;
}

bool is_header_converter(const connect::ConverterPlugin& plugin) {
  return plugin.class_name.starts_with(apache_package);
}

}  // namespace kc::worker
