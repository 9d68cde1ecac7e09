#include "main/reference.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "convert/registry_converter.h"
#include "main/built_in_plugins.h"
#include "metrics/exposure.h"
#include "rest/route_table.h"
#include "worker/worker_config.h"

namespace kc::main {
namespace {

using config::ConfigDef;
using config::Importance;
using config::Property;
using config::PropertyType;

constexpr std::string_view generated =
    "<!-- Made by `make docs` from the declarations in the source. Changes belong there. -->\n\n";

// Text that Markdown shows as it is.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '<' || c == '*' || c == '[' || c == ']') result += '\\';
    result += c;
  }
  return result;
}

std::string shown_default(const Property& property) {
  if (!property.default_value) return "required";
  if (property.default_value->empty()) return "default: none";
  return fmt::format("default `{}`", *property.default_value);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// "*int*, default `1`, valid values `[1,...]`, importance high"
std::string describe(const Property& property, std::string_view heading) {
  std::string text =
      fmt::format("{} `{}`\n\n{}\n\n*{}*, {}", heading, property.name, escaped(property.doc),
                  lower(config::type_name(property.type)), shown_default(property));
  if (!property.validator.valid_values().empty()) {
    text += fmt::format(", valid values `{}`", property.validator.valid_values());
  }
  text += fmt::format(", importance {}\n", lower(config::importance_name(property.importance)));
  if (!property.aliases.empty()) {
    text += fmt::format("\nAlso written `{}`.\n", fmt::join(property.aliases, "`, `"));
  }
  return text + '\n';
}

std::string describe(const ConfigDef& def, std::string_view heading) {
  std::string text;
  for (const Property& property : def.properties()) text += describe(property, heading);
  return text;
}

std::string page(std::string_view title, std::string_view introduction) {
  return fmt::format("{}# {}\n\n{}\n\n", generated, title, introduction);
}

std::string worker_page() {
  return page(
             "Properties of the worker",
             "What stands in the file that `kinetica-connect standalone` takes first. Beside "
             "these it may have `key.converter.*`, `value.converter.*` and `header.converter.*` "
             "([converters](converters.md)), and `consumer.*`, `producer.*` and `admin.*` with "
             "the properties of Java's Kafka clients. `security.*`, `ssl.*` and `sasl.*` without a "
             "prefix serve all clients ([secure connections](../security.md)).") +
         describe(worker::standalone_config_def(), "##");
}

std::string connector_page() {
  const ConfigDef& sink = worker::connector_config_def(connect::ConnectorType::sink);
  const ConfigDef& source = worker::connector_config_def(connect::ConnectorType::source);
  std::string common;
  std::string only_sink;
  std::string only_source;
  for (const Property& property : sink.properties()) {
    (source.find(property.name) ? common : only_sink) += describe(property, "###");
  }
  for (const Property& property : source.properties()) {
    if (sink.find(property.name) == nullptr) only_source += describe(property, "###");
  }
  return page("Properties of every connector",
              "What Kafka Connect itself reads of a connector's configuration. Beside these there "
              "are `consumer.override.*`, `producer.override.*` and `admin.override.*`, "
              "`key.converter.*` and the like ([converters](converters.md)), "
              "`transforms.ALIAS.*` and `predicates.ALIAS.*` "
              "([transformations](transformations.md)), and the connector's own: "
              "[sink](sink.md), [source](source.md).") +
         "## Sink and source\n\n" + common + "## Sink only\n\n" + only_sink + "## Source only\n\n" +
         only_source;
}

std::string plugin_page(const worker::Plugins& plugins, connect::ConnectorType type) {
  std::string text;
  for (const auto& plugin : plugins.connectors) {
    if (plugin->type() != type) continue;
    const bool sink = type == connect::ConnectorType::sink;
    text += page(sink ? "Properties of the sink" : "Properties of the source",
                 fmt::format("`connector.class={}`: {}. "
                             "[Those that every connector has](connector.md) stand beside them.",
                             plugin->class_name(),
                             sink ? "Kafka topics to Kinetica tables"
                                  : "Kinetica tables to Kafka topics")) +
            describe(plugin->config_def(), "##");
  }
  return text;
}

// What the converters with a Schema Registry have in common.
ConfigDef registry_properties() {
  ConfigDef def;
  convert::declare_registry_converter_properties(def);
  return def;
}

std::string converters_page(const worker::Plugins& plugins) {
  std::string text = page("Converters",
                          "Named by class in `key.converter`, `value.converter` or "
                          "`header.converter`, of the worker or "
                          "of a connector. Their properties stand under the same name: "
                          "`value.converter.schemas.enable=false`.");
  const ConfigDef shared = registry_properties();
  for (const auto& plugin : plugins.converters) {
    text += fmt::format("## {}\n\n", plugin.class_name);
    const ConfigDef& def = plugin.config_def();
    const bool with_registry = def.find(shared.properties().front().name) != nullptr;
    if (with_registry) {
      text += "Has the [properties of the Schema Registry](#schema-registry).\n\n";
    } else if (def.properties().empty()) {
      text += "No properties.\n\n";
    }
    for (const Property& property : def.properties()) {
      if (!with_registry || !shared.find(property.name)) text += describe(property, "###");
    }
  }
  return text + "## Schema Registry\n\nOf every converter that has one.\n\n" +
         describe(shared, "###");
}

std::string transformations_page(const worker::Plugins& plugins) {
  std::string text =
      page("Transformations and predicates",
           "`transforms=ALIAS,...` names them in order; `transforms.ALIAS.type` is the class, the "
           "others stand beside it as `transforms.ALIAS.NAME`. `transforms.ALIAS.predicate` names "
           "one of `predicates=...` that decides about each record, "
           "`transforms.ALIAS.negate=true` turns it round.");
  // Cast$Key and Cast$Value have one section.
  const auto section = [&text](const std::string& class_name, const ConfigDef& def) {
    const std::string properties = describe(def, "###");
    text += fmt::format("## {}\n\n{}", class_name,
                        properties.empty() ? "No properties.\n\n" : properties);
  };
  constexpr std::string_view key_suffix = "$Key";
  constexpr std::string_view value_suffix = "$Value";
  for (const auto& plugin : plugins.transformations) {
    const std::string& name = plugin.class_name;
    if (name.ends_with(key_suffix)) continue;
    if (name.ends_with(value_suffix)) {
      const std::string base = name.substr(0, name.size() - value_suffix.size());
      section(base + "$Key, " + base + "$Value", plugin.config_def());
    } else {
      section(name, plugin.config_def());
    }
  }
  for (const auto& plugin : plugins.predicates) section(plugin.class_name, plugin.config_def());
  return text;
}

std::string describe(const CommandOption& option) {
  std::string text = fmt::format("- `{}`", fmt::join(option.names, "`, `"));
  if (!option.positional && !option.value.empty()) text += fmt::format(" *{}*", option.value);
  text += ": " + escaped(option.description);
  if (!option.choices.empty()) text += fmt::format("; one of {}", fmt::join(option.choices, ", "));
  if (!option.limits.empty()) text += fmt::format("; {}", option.limits);
  if (!option.default_value.empty()) text += fmt::format("; default `{}`", option.default_value);
  return text + '\n';
}

std::string describe(const Command& command) {
  std::string usage = "kinetica-connect " + command.path;
  std::string options;
  for (const CommandOption& option : command.options) {
    if (option.names.back() == "--help") continue;
    options += describe(option);
    if (!option.positional) continue;
    const std::string name = option.names.front() + (option.repeated ? "..." : "");
    usage += option.required ? " " + name : " [" + name + "]";
  }
  if (!command.commands.empty()) usage += " COMMAND";
  std::string text = fmt::format("## {}\n\n    {}\n\n{}\n\n{}\n", command.path, usage,
                                 escaped(command.description), options);
  if (!command.footer.empty()) text += escaped(command.footer) + "\n\n";
  for (const Command& child : command.commands) text += describe(child);
  return text;
}

std::string commands_page(const Command& program) {
  std::string text = page("Commands", escaped(program.description));
  for (const CommandOption& option : program.options) text += describe(option);
  text += '\n';
  for (const Command& command : program.commands) text += describe(command);
  return text;
}

std::string metrics_page() {
  std::string text = page(
      "Metrics",
      "What `GET /metrics` shows; [monitoring](../monitoring.md) says how to use it. Metrics of "
      "Kafka Connect stand here under the names that JMX has them by, with the names that "
      "they are shown by; the others are this program's own.");
  std::string_view group;
  for (const metrics::Declaration& metric : metrics::metric_table()) {
    if (metric.group != group) {
      text += fmt::format("{}## {}\n\n", group.empty() ? "" : "\n",
                          metric.group.empty() ? "Own" : metric.group);
      group = metric.group;
    }
    if (!metric.group.empty()) text += fmt::format("- {}: ", metric.name);
    for (const metrics::Exposure& exposure : metrics::exposures(metric)) {
      std::string labels = fmt::format("{}", fmt::join(exposure.labels, ","));
      if (!exposure.fixed_label.empty()) {
        labels = fmt::format("{}=\"{}\"{}{}", exposure.fixed_label, exposure.fixed_value,
                             labels.empty() ? "" : ",", labels);
      }
      if (!labels.empty()) labels = "{" + labels + "}";
      text += fmt::format("{}`{}{}`", text.ends_with('`') ? ", " : "", exposure.name, labels);
    }
    text += fmt::format(" ({}{}{}): {}\n", kind_name(metric.kind), metric.unit.empty() ? "" : ", ",
                        metric.unit, escaped(std::string(metric.help)));
  }
  return text;
}

std::string rest_page() {
  std::string text = page(
      "REST API",
      "That of Kafka Connect in standalone mode, at the worker's `listeners`. Bodies are JSON, as "
      "Kafka's documentation has them; errors are `{\"error_code\":...,\"message\":...}`.");
  for (const rest::RouteDeclaration& route : rest::route_table()) {
    text += fmt::format("- `{} {}`: {}\n", route.method, route.path, route.summary);
  }
  return text;
}

std::string index_page() {
  return page("Reference", "Made of the declarations that the program itself works with.") +
         "- [commands.md](commands.md): the commands of `kinetica-connect` and their options\n"
         "- [worker.md](worker.md): the worker's properties\n"
         "- [connector.md](connector.md): what every connector has\n"
         "- [sink.md](sink.md), [source.md](source.md): Kinetica's connectors\n"
         "- [converters.md](converters.md): converters, the Schema Registry among them\n"
         "- [rest.md](rest.md): the calls of the REST API\n"
         "- [metrics.md](metrics.md): what `GET /metrics` shows\n"
         "- [transformations.md](transformations.md): transformations and predicates\n";
}

}  // namespace

std::map<std::string, std::string> reference_pages(const Command& program) {
  const worker::Plugins plugins = built_in_plugins();
  return {{"README.md", index_page()},
          {"commands.md", commands_page(program)},
          {"worker.md", worker_page()},
          {"connector.md", connector_page()},
          {"sink.md", plugin_page(plugins, connect::ConnectorType::sink)},
          {"source.md", plugin_page(plugins, connect::ConnectorType::source)},
          {"converters.md", converters_page(plugins)},
          {"rest.md", rest_page()},
          {"metrics.md", metrics_page()},
          {"transformations.md", transformations_page(plugins)}};
}

}  // namespace kc::main
