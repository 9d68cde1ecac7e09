#include "rest/connectors_resource.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "rest/answer.h"
#include "rest/connector_json.h"
#include "rest/request_body.h"
#include "worker/request_error.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;
using http::ServerResponse;
using worker::Refusal;
using worker::RequestError;

namespace {

// A path segment as it was before it was decoded.
std::string encoded(std::string_view text) {
  constexpr std::string_view plain = "-._~!$&'()*+,;=:@";
  std::string out;
  for (const char c : text) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      plain.find(c) != std::string_view::npos;
    out += keep ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class ConnectorsResource {
 public:
  ConnectorsResource(worker::Herder& herder, std::string worker_id)
      : herder_(herder), worker_id_(std::move(worker_id)) {}

  ServerResponse list(const Call& call) const {
    const bool with_info = call.has_query("expand", "info");
    const bool with_status = call.has_query("expand", "status");
    const auto names = herder_.connector_names();
    const bool expanded = std::ranges::any_of(
        call.request().query, [](const auto& parameter) { return parameter.first == "expand"; });
    if (!expanded) return json_answer(names);
    // KIP-465. A connector that goes meanwhile is left out; unknown expansions are ignored.
    auto connectors = Json::object();
    for (const auto& name : names) {
      auto connector = Json::object();
      if (with_info) {
        const auto info = herder_.connector_info(name);
        if (!info) continue;
        connector["info"] = info_json(*info);
      }
      if (with_status) {
        const auto status = herder_.connector_status(name);
        if (!status) continue;
        connector["status"] = status_json(*status, worker_id_);
      }
      connectors[name] = std::move(connector);
    }
    return json_answer(connectors);
  }

  ServerResponse create(const Call& call) const {
    const Json body = read_json(call.request());
    if (!body.is_object()) {
      throw StatusError(500, fmt::format("Cannot deserialize the request to create a connector "
                                         "from {}: it must be an object",
                                         body.type_name()));
    }
    for (const auto& [field, value] : body.items()) {
      if (field != "name" && field != "config" && field != "initial_state") {
        throw StatusError(500, fmt::format("Unrecognized field \"{}\", not marked as ignorable (3 "
                                           "known properties: \"config\", \"name\", "
                                           "\"initial_state\")",
                                           field));
      }
    }
    const auto initial = initial_state(body);
    if (!body.contains("config") || body["config"].is_null()) {
      throw StatusError(500, "The request to create a connector has no \"config\"");
    }
    auto submitted = read_config(body["config"], "\"config\"");
    std::string name;
    if (body.contains("name") && body["name"].is_string()) {
      name = base::trim(body["name"].get<std::string>());
    }
    name_it(submitted, name);
    const auto info = herder_.create_connector(herder_.check_config(std::move(submitted)), initial);
    return created(call, info);
  }

  ServerResponse info(const Call& call) const { return json_answer(info_json(get(call))); }
  ServerResponse config(const Call& call) const {
    return json_answer(config_json(get(call).properties));
  }
  ServerResponse tasks(const Call& call) const { return json_answer(tasks_json(get(call))); }

  ServerResponse put_config(const Call& call) const {
    auto submitted = read_config(read_json(call.request()), "the configuration");
    name_it(submitted, call.parameter(0));
    return replace(call, std::move(submitted));
  }

  ServerResponse patch_config(const Call& call) const {
    const auto changes = read_config(read_json(call.request()), "the changes");
    const auto stored = herder_.stored_config(call.parameter(0));
    if (!stored) throw not_found(call.parameter(0));
    worker::SubmittedConfig submitted{*stored, {}};
    submitted.properties.merge(changes.properties);
    for (const auto& name : changes.nulls) submitted.properties.erase(name);
    name_it(submitted, call.parameter(0));
    return replace(call, std::move(submitted));
  }

  ServerResponse remove(const Call& call) const {
    herder_.delete_connector(call.parameter(0));
    return empty_answer(204);
  }

  ServerResponse status(const Call& call) const {
    const auto status = herder_.connector_status(call.parameter(0));
    if (!status) {
      return error_answer(404, "No status found for connector " + call.parameter(0));
    }
    return json_answer(status_json(*status, worker_id_));
  }

  ServerResponse task_status(const Call& call) const {
    const auto status = herder_.connector_status(call.parameter(0));
    const auto task = static_cast<size_t>(call.number(1));
    if (!status || task >= status->tasks.size()) {
      return error_answer(
          404, fmt::format("No status found for task {}-{}", call.parameter(0), call.number(1)));
    }
    return json_answer(task_status_json(*status, task, worker_id_));
  }

  // Bodies are ignored: clients send some.
  ServerResponse restart(const Call& call) const {
    const bool include_tasks = call.flag("includeTasks", false);
    const bool only_failed = call.flag("onlyFailed", false);
    if (!include_tasks && !only_failed) {
      herder_.restart_connector(call.parameter(0));
      return empty_answer(204);
    }
    const auto plan = herder_.restart_connector(call.parameter(0), include_tasks, only_failed);
    return json_answer(status_json(plan, worker_id_), 202);
  }

  ServerResponse restart_task(const Call& call) const {
    herder_.restart_task(call.parameter(0), call.number(1));
    return empty_answer(204);
  }

  ServerResponse pause(const Call& call) const {
    herder_.pause_connector(call.parameter(0));
    return empty_answer(202);
  }
  ServerResponse resume(const Call& call) const {
    herder_.resume_connector(call.parameter(0));
    return empty_answer(202);
  }
  ServerResponse stop(const Call& call) const {
    herder_.stop_connector(call.parameter(0));
    return empty_answer(204);
  }

 private:
  static RequestError not_found(const std::string& name) {
    return {Refusal::not_found, "Connector {} not found", name};
  }

  worker::ConnectorInfo get(const Call& call) const {
    auto info = herder_.connector_info(call.parameter(0));
    if (!info) throw not_found(call.parameter(0));
    return std::move(*info);
  }

  static worker::TargetState initial_state(const Json& body) {
    const auto found = body.find("initial_state");
    if (found == body.end() || found->is_null()) return worker::TargetState::started;
    const auto state =
        found->is_string() ? worker::parse_initial_state(found->get<std::string>()) : std::nullopt;
    if (!state) {
      throw StatusError(500, "The field \"initial_state\" must be RUNNING, PAUSED or STOPPED");
    }
    return *state;
  }

  // A configuration has the connector's name, whether or not the request said so.
  static void name_it(worker::SubmittedConfig& submitted, const std::string& name) {
    const std::string* given = submitted.properties.find("name");
    if (given == nullptr) {
      submitted.properties.set("name", name);
      std::erase(submitted.nulls, "name");
    } else if (*given != name) {
      throw RequestError(Refusal::bad_request,
                         "Connector name configuration ({}) doesn't match connector name in the "
                         "URL ({})",
                         *given, name);
    }
  }

  ServerResponse replace(const Call& call, worker::SubmittedConfig submitted) const {
    const auto replaced = herder_.replace_connector(herder_.check_config(std::move(submitted)));
    return replaced.created ? created(call, replaced.info) : json_answer(info_json(replaced.info));
  }

  ServerResponse created(const Call& call, const worker::ConnectorInfo& info) const {
    auto answer = json_answer(info_json(info), 201);
    const auto* host = call.request().header("Host");
    answer.headers.emplace_back(
        "Location",
        fmt::format("http://{}/connectors/{}", host ? *host : worker_id_, encoded(info.name)));
    return answer;
  }

  worker::Herder& herder_;
  const std::string worker_id_;
};

}  // namespace

void add_connectors_resource(Router& router, worker::Herder& herder, const std::string& worker_id) {
  const auto resource = std::make_shared<const ConnectorsResource>(herder, worker_id);
  const auto add = [&](const char* method, const char* pattern,
                       ServerResponse (ConnectorsResource::*answer)(const Call&) const) {
    router.add(method, pattern,
               [resource, answer](const Call& call) { return ((*resource).*answer)(call); });
  };
  using R = ConnectorsResource;
  add("GET", "/connectors", &R::list);
  add("POST", "/connectors", &R::create);
  add("GET", "/connectors/{}", &R::info);
  add("DELETE", "/connectors/{}", &R::remove);
  add("GET", "/connectors/{}/config", &R::config);
  add("PUT", "/connectors/{}/config", &R::put_config);
  add("PATCH", "/connectors/{}/config", &R::patch_config);
  add("GET", "/connectors/{}/status", &R::status);
  add("POST", "/connectors/{}/restart", &R::restart);
  add("PUT", "/connectors/{}/pause", &R::pause);
  add("PUT", "/connectors/{}/resume", &R::resume);
  add("PUT", "/connectors/{}/stop", &R::stop);
  add("GET", "/connectors/{}/tasks", &R::tasks);
  add("GET", "/connectors/{}/tasks/{n}/status", &R::task_status);
  add("POST", "/connectors/{}/tasks/{n}/restart", &R::restart_task);
  const auto refuse = [&](const char* method, const char* pattern, const char* why) {
    router.add(method, pattern, [why](const Call&) { return error_answer(500, why); });
  };
  refuse("POST", "/connectors/{}/tasks",
         "Kafka Connect in standalone mode does not support externally setting task "
         "configurations.");
  refuse("PUT", "/connectors/{}/fence",
         "Kafka Connect in standalone mode does not support exactly-once source connectors.");
}

}  // namespace kc::rest
