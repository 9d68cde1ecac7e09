// /show/system/status, /show/system/properties, /show/system/timing, /admin/show/shards,
// /has/permission: one running process without ranks of its own, in which everybody may do
// everything. Left out: ranks, hosts, high availability, users.
#include "server/endpoint.h"

namespace kc::server {

namespace {

constexpr int32_t shards = 16384;

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

// Every shard is on rank 1, which is this process as well.
wire::AdminShowShardsResponse show_shards(Call&, const wire::AdminShowShardsRequest&) {
  return {.version = 1,
          .rank = std::vector<int32_t>(shards, 1),
          .tom = std::vector<int32_t>(shards, 0)};
}

wire::HasPermissionResponse has_permission(Call&, const wire::HasPermissionRequest& request) {
  return {.principal = request.principal,
          .object = request.object,
          .object_type = request.object_type,
          .permission = request.permission,
          .has_permission = true};
}

}  // namespace

std::map<std::string, std::string> system_properties(const Database& database) {
  const std::string url = database.url.copy();
  return {{"version.gpudb_core_version", database.options.kinetica.core_version},
          {"conf.number_of_hosts", "1"},
          {"conf.host0_public_urls", url},
          {"conf.enable_worker_http_servers", "FALSE"},
          {"conf.worker_http_server_urls", url + ";" + url},
          {"conf.number_of_ranks", "2"},
          {"conf.set_monitor_port", std::to_string(database.publisher.port())},
          {"conf.enable_ha", "FALSE"},
          {"conf.enable_httpd_proxy", "FALSE"},
          {"conf.max_get_records_size", std::to_string(database.options.get_records_max)}};
}

std::vector<Endpoint> system_endpoints() {
  return {endpoint<show_status>, endpoint<show_properties>, endpoint<show_timing>,
          endpoint<show_shards>, endpoint<has_permission>};
}

}  // namespace kc::server
