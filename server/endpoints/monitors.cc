// /create/tablemonitor, /alter/tablemonitor, /clear/tablemonitor and /show/tablemonitors over
// ZeroMQ, for inserts, updates and deletes, with filter expressions. Left out: periodic refresh,
// data sinks and joins; they are refused. A monitor lives until it is cleared or its table is; it
// does not outlive the server.
#include <fmt/core.h>

#include <algorithm>
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

const char* event_name(MonitorEvent event) {
  switch (event) {
    case MonitorEvent::insert:
      return "insert";
    case MonitorEvent::update:
      return "update";
    default:
      return "delete";
  }
}

// What cannot be had from this server, unless it is asked for with the value that means "not".
void refuse_unknown(const wire::Options& options) {
  for (const char* unknown :
       {"datasink_name", "destination", "kafka_topic_name", "failed_notifications_table_name",
        "join_table_names", "join_column_names", "join_expressions", "refresh_start_time"}) {
    refuse_option(options, unknown);
  }
  const auto allow_only = [&](const char* name, std::initializer_list<const char*> values) {
    const std::string given = option(options, name);
    if (given.empty() || std::ranges::find(values, given) != values.end()) return;
    throw Error(Reaction::fail_task,
                "Option `{}` is `{}`: this server publishes every change as it is made, to "
                "subscribers only. Hint: leave it out",
                name, given);
  };
  allow_only("refresh_method", {"on_change"});
  allow_only("refresh_period", {"0", "-1"});
  allow_only("max_consecutive_failures", {"-1"});
}

MonitorOptions read_options(const wire::Options& options, const TypeEntry& type) {
  refuse_unknown(options);
  MonitorOptions result;
  result.event = read_event(options);
  result.expression = option(options, "expression");
  if (!result.expression.empty()) Expression(result.expression, type.type);
  result.increasing_column = option(options, "increasing_column");
  const auto& columns = type.type.columns();
  if (!result.increasing_column.empty() &&
      std::ranges::none_of(columns, [&](const wire::Column& column) {
        return column.name == result.increasing_column;
      })) {
    throw Error(Reaction::fail_task, "increasing_column: there is no column `{}`",
                result.increasing_column);
  }
  return result;
}

wire::CreateTableMonitorResponse create_monitor(Call& call,
                                                const wire::CreateTableMonitorRequest& request) {
  const auto table = call.database.catalog.table(request.table_name);
  const auto type = table->type();
  const MonitorOptions options = read_options(request.options, *type);
  std::string topic_id = option(request.options, "monitor_id");
  if (topic_id.empty()) topic_id = random_topic_id();
  call.database.catalog.add_monitor(topic_id, options, table);
  const std::string schema =
      options.event == MonitorEvent::insert ? type->definition : count_schema;
  const std::string prefix = event_name(options.event);
  return {.topic_id = topic_id,
          .table_name = table->qualified_name(),
          .type_schema = schema,
          .info = {{prefix + "_topic_id", topic_id}, {prefix + "_type_schema", schema}}};
}

wire::AlterTableMonitorResponse alter_monitor(Call& call,
                                              const wire::AlterTableMonitorRequest& request) {
  for (const auto& [name, value] : request.monitor_updates_map) {
    if (name != "notifications" || (value != "suspend" && value != "resume")) {
      throw Error(Reaction::fail_task,
                  "A table monitor's `{}` cannot be made `{}` here; `notifications` can, `suspend` "
                  "or `resume`",
                  name, value);
    }
    if (!call.database.catalog.suspend_monitor(request.topic_id, value == "suspend")) {
      throw Error(Reaction::fail_task, "There is no table monitor `{}`", request.topic_id);
    }
  }
  return {.topic_id = request.topic_id};
}

// Clients clear what is no longer there when they stop: not an error.
wire::ClearTableMonitorResponse clear_monitor(Call& call,
                                              const wire::ClearTableMonitorRequest& request) {
  call.database.catalog.remove_monitor(request.topic_id);
  return {.topic_id = request.topic_id};
}

// Those that are asked for, in that order; all when none is. Throws for one that is not there.
std::vector<MonitorEntry> find_monitors(const Database& database, const wire::Strings& ids) {
  auto all = database.catalog.monitors();
  if (ids.empty() || (ids.size() == 1 && ids.front().empty())) return all;
  std::vector<MonitorEntry> found;
  for (const std::string& id : ids) {
    const auto one = std::ranges::find(all, id, &MonitorEntry::topic_id);
    if (one == all.end()) {
      throw Error(Reaction::fail_task, "There is no table monitor `{}`", id);
    }
    found.push_back(*one);
  }
  return found;
}

template <typename Response>
Response show_monitors(Call& call, const wire::ShowTableMonitorsRequest& request) {
  Response response;
  for (const MonitorEntry& monitor : find_monitors(call.database, request.monitor_ids)) {
    response.monitor_ids.push_back(monitor.topic_id);
    response.table_names.push_back(monitor.table_name);
    response.events.emplace_back(event_name(monitor.options.event));
    response.increasing_columns.push_back(monitor.options.increasing_column);
    response.filter_expressions.push_back(monitor.options.expression);
    response.refresh_method.emplace_back("on_change");
    response.refresh_period.emplace_back();
    response.refresh_start_time.emplace_back();
    response.datasink_names.emplace_back();
    response.additional_info.emplace_back();
    if constexpr (std::same_as<Response, wire::ShowTableMonitorsResponse>) {
      response.join_table_names.emplace_back();
      response.join_column_names.emplace_back();
      response.join_expressions.emplace_back();
      response.max_consecutive_failures.push_back(-1);
      response.failed_notifications_table_names.emplace_back();
      response.statuses.emplace_back(monitor.options.suspended ? "suspended" : "running");
    }
  }
  return response;
}

// The response has other fields from release to release.
std::string answer_show(Call& call, std::string_view body, bool json) {
  using Request = wire::ShowTableMonitorsRequest;
  using Newer = wire::ShowTableMonitorsResponse;
  using Older = wire::ShowTableMonitorsResponse71;
  return call.database.options.kinetica.monitor_joins
             ? answer_message<Request, Newer, show_monitors<Newer>>(call, body, json)
             : answer_message<Request, Older, show_monitors<Older>>(call, body, json);
}

}  // namespace

std::vector<Endpoint> monitor_endpoints() {
  return {endpoint<create_monitor>,
          endpoint<alter_monitor>,
          endpoint<clear_monitor>,
          {wire::ShowTableMonitorsRequest::endpoint, answer_show}};
}

}  // namespace kc::server
