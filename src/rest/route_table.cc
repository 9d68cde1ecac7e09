#include "rest/route_table.h"

#include <algorithm>
#include <string>

namespace kc::rest {
namespace {

constexpr RouteDeclaration table[] = {
    {"GET", "/", "Version, commit and the id of the Kafka cluster."},
    {"GET", "/health", "Whether the worker is healthy, with the tasks that are not."},
    {"GET", "/metrics", "Metrics, in the text format of Prometheus ([their names](metrics.md))."},

    {"GET", "/connectors",
     "The connectors' names. With `expand=info`, `expand=status` or both, an object of them."},
    {"POST", "/connectors",
     "Creates a connector from `{\"name\":...,\"config\":{...}}`, perhaps with `initial_state`. It "
     "is there until the worker ends, as in stock standalone mode."},
    {"GET", "/connectors/{connector}", "Name, configuration, tasks and type."},
    {"DELETE", "/connectors/{connector}", "Stops the connector and forgets its configuration."},
    {"GET", "/connectors/{connector}/config", "The configuration, secrets hidden."},
    {"PUT", "/connectors/{connector}/config",
     "Creates the connector, or replaces its whole configuration and starts it anew."},
    {"PATCH", "/connectors/{connector}/config",
     "Changes the properties in the body; one of `null` is removed."},
    {"GET", "/connectors/{connector}/status",
     "States of connector and tasks, with the trace of what failed."},
    {"POST", "/connectors/{connector}/restart",
     "Restarts the connector; with `includeTasks=true` its tasks, with `onlyFailed=true` only what "
     "has failed."},
    {"PUT", "/connectors/{connector}/pause", "The tasks stay, and do nothing."},
    {"PUT", "/connectors/{connector}/resume", "Ends a pause or a stop."},
    {"PUT", "/connectors/{connector}/stop", "The tasks end; the configuration stays."},
    {"GET", "/connectors/{connector}/tasks", "The tasks with their configurations."},
    {"POST", "/connectors/{connector}/tasks",
     "Between workers of distributed mode: refused, as in stock standalone mode."},
    {"PUT", "/connectors/{connector}/fence",
     "Between workers of distributed mode: refused, as in stock standalone mode."},
    {"GET", "/connectors/{connector}/tasks/{task}/status", "The state of one task."},
    {"POST", "/connectors/{connector}/tasks/{task}/restart", "Restarts one task."},
    {"GET", "/connectors/{connector}/offsets", "Where the connector is in each of its partitions."},
    {"PATCH", "/connectors/{connector}/offsets",
     "Sets offsets of a stopped connector; one of `null` is forgotten."},
    {"DELETE", "/connectors/{connector}/offsets", "Forgets all offsets of a stopped connector."},
    {"GET", "/connectors/{connector}/topics",
     "The topics that the connector has used since it was created or since the last reset."},
    {"PUT", "/connectors/{connector}/topics/reset", "Empties that list."},

    {"GET", "/connector-plugins",
     "The connectors that are built in; with `connectorsOnly=false` converters, transformations "
     "and "
     "predicates as well."},
    {"GET", "/connector-plugins/{plugin}/config", "The declarations of a plug-in's properties."},
    {"PUT", "/connector-plugins/{plugin}/config/validate",
     "Validates a configuration: each property with its declaration, value and errors."},

    {"GET", "/admin/loggers", "The loggers whose level was set, and the root logger."},
    {"GET", "/admin/loggers/{logger}", "One logger's level."},
    {"PUT", "/admin/loggers/{logger}", "Sets a level: `{\"level\":\"DEBUG\"}`."},
};

// With {} for each parameter.
std::string shape(std::string_view path) {
  std::string result;
  bool inside = false;
  for (const char c : path) {
    if (c == '}') inside = false;
    if (!inside) result += c;
    if (c == '{') inside = true;
  }
  return result;
}

}  // namespace

std::span<const RouteDeclaration> route_table() { return table; }

bool is_declared(std::string_view method, std::string_view pattern) {
  return std::ranges::any_of(table, [&](const RouteDeclaration& route) {
    return route.method == method && shape(route.path) == shape(pattern);
  });
}

}  // namespace kc::rest
