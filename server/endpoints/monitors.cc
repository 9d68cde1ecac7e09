// /create/tablemonitor, /clear/tablemonitor over ZeroMQ, for inserts, updates and deletes. Left
// out: filter expressions, periodic refresh, data sinks and joins; they are refused. A monitor
// lives until it is cleared or its table is.
#include <fmt/core.h>

#include <random>

#include "base/error.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

// What update and delete monitors publish.
constexpr const char* count_schema =
    R"({"type":"record","name":"type_name","fields":[{"name":"count","type":"long"}]})";

std::string random_topic_id() {
  std::random_device source;
  const auto word = [&] { return source(); };
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", word(), word(), word(), word());
}

MonitorEvent read_event(const wire::Options& options) {
  const std::string event = option(options, "event");
  if (event.empty() || event == "insert") return MonitorEvent::insert;
  if (event == "update") return MonitorEvent::update;
  if (event == "delete") return MonitorEvent::erase;
  throw Error(Reaction::fail_task, "Event `{}` is not known; insert, update and delete are", event);
}

wire::CreateTableMonitorResponse create_monitor(Call& call,
                                                const wire::CreateTableMonitorRequest& request) {
  for (const char* unknown : {"expression", "increasing_column", "datasink_name", "destination",
                              "join_table_names", "join_column_names", "join_expressions"}) {
    refuse_option(request.options, unknown);
  }
  const MonitorEvent event = read_event(request.options);
  const auto table = call.database.catalog.table(request.table_name);
  std::string topic_id = option(request.options, "monitor_id");
  if (topic_id.empty()) topic_id = random_topic_id();
  call.database.catalog.add_monitor(topic_id, event, table);
  const bool is_insert = event == MonitorEvent::insert;
  const std::string schema = is_insert ? table->type()->definition : count_schema;
  const std::string prefix =
      is_insert ? "insert" : (event == MonitorEvent::update ? "update" : "delete");
  return {.topic_id = topic_id,
          .table_name = table->qualified_name(),
          .type_schema = schema,
          .info = {{prefix + "_topic_id", topic_id}, {prefix + "_type_schema", schema}}};
}

// Clients clear what is no longer there when they stop: not an error.
wire::ClearTableMonitorResponse clear_monitor(Call& call,
                                              const wire::ClearTableMonitorRequest& request) {
  call.database.catalog.remove_monitor(request.topic_id);
  return {.topic_id = request.topic_id};
}

}  // namespace

std::vector<Endpoint> monitor_endpoints() {
  return {endpoint<create_monitor>, endpoint<clear_monitor>};
}

}  // namespace kc::server
