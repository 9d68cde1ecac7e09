// /show/system/status, /show/system/properties, /show/system/timing, /admin/show/shards,
// /has/permission. Every rank is this one process, and everybody may do everything.
#include <fmt/format.h>

#include <algorithm>

#include "server/endpoint.h"

namespace kc::server {

namespace {

wire::ShowSystemStatusResponse show_status(Call&, const wire::ShowSystemStatusRequest&) {
  return {.status_map = {{"system", R"({"status":"running"})"},
                         {"ha_status", R"({"drained":"drained"})"}}};
}

wire::ShowSystemPropertiesResponse show_properties(
    Call& call, const wire::ShowSystemPropertiesRequest& request) {
  auto all = system_properties(call.database);
  const std::string wanted = option(request.options, "properties");
  if (!wanted.empty()) {
    const std::string list = "," + wanted + ",";
    std::erase_if(all, [&](const auto& property) {
      return list.find("," + property.first + ",") == std::string::npos;
    });
  }
  return {.property_map = std::move(all)};
}

wire::ShowSystemTimingResponse show_timing(Call&, const wire::ShowSystemTimingRequest&) {
  return {};
}

wire::AdminShowShardsResponse show_shards(Call& call, const wire::AdminShowShardsRequest&) {
  auto table = call.database.routing.snapshot();
  const size_t shards = table.rank.size();
  return {.version = table.version,
          .rank = std::move(table.rank),
          .tom = std::vector<int32_t>(shards, 0)};
}

wire::HasPermissionResponse has_permission(Call&, const wire::HasPermissionRequest& request) {
  return {.principal = request.principal,
          .object = request.object,
          .object_type = request.object_type,
          .permission = request.permission,
          .has_permission = true};
}

// Lists by rank, the head first. A rank that has been removed leaves an empty place.
struct WorkerLists {
  std::string urls;
  std::string ips;
  std::string ports;
};

WorkerLists describe_workers(const Database& database) {
  auto listeners = database.listeners.all();
  // Without workers the head stands for rank 1 too: clients that find none raise an error.
  if (listeners.size() == 1) listeners.push_back(listeners.front());
  WorkerLists lists;
  for (size_t i = 0; i < listeners.size(); ++i) {
    if (i > 0) {
      for (std::string* list : {&lists.urls, &lists.ips, &lists.ports}) *list += ';';
    }
    if (!listeners[i].listed) continue;
    const std::string& url = listeners[i].url;
    const size_t host = url.find("://") + 3;
    const size_t colon = url.rfind(':');
    lists.urls += url;
    lists.ips += url.substr(host, colon - host);
    lists.ports += url.substr(colon + 1);
  }
  return lists;
}

}  // namespace

std::map<std::string, std::string> system_properties(const Database& database) {
  const WorkerLists workers = describe_workers(database);
  const std::string url = database.listeners.all().at(0).url;
  std::map<std::string, std::string> properties = {
      {"version.gpudb_core_version", database.options.kinetica.core_version},
      {"conf.enable_worker_http_servers", database.options.ranks > 0 ? "TRUE" : "FALSE"},
      {"conf.worker_http_server_urls", workers.urls},
      {"conf.worker_http_server_ips", workers.ips},
      {"conf.worker_http_server_ports", workers.ports},
      {"conf.number_of_ranks", std::to_string(std::max<size_t>(database.options.ranks, 1) + 1)},
      {"conf.set_monitor_port", std::to_string(database.publisher.port())},
      // Nobody listens there: the host manager's calls are for administrators of clusters.
      {"conf.hm_http_port", "9300"},
      {"conf.enable_httpd_proxy", "FALSE"},
      {"conf.use_https", url.starts_with("https:") ? "TRUE" : "FALSE"},
      {"conf.max_get_records_size", std::to_string(database.options.get_records_max)}};
  auto ring = database.ha_ring.copy();
  if (!ring.empty() && std::ranges::find(ring, url) == ring.end()) ring.insert(ring.begin(), url);
  properties["conf.enable_ha"] = ring.empty() ? "FALSE" : "TRUE";
  properties["conf.ha_ring_head_nodes"] = fmt::format("{}", fmt::join(ring, ","));
  if (database.options.kinetica.cluster_properties) {
    properties["conf.number_of_hosts"] = "1";
    properties["conf.host0_public_urls"] = url;
    properties["conf.ha_ring_head_nodes_full"] = fmt::format("{}", fmt::join(ring, ";"));
  }
  return properties;
}

std::vector<Endpoint> system_endpoints() {
  return {endpoint<show_status>, endpoint<show_properties>, endpoint<show_timing>,
          endpoint<show_shards>, endpoint<has_permission>};
}

}  // namespace kc::server
