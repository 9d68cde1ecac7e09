// The state of the database: status, properties, timing, shards and permissions.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct ShowSystemStatusRequest {
  static constexpr std::string_view endpoint = "/show/system/status";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("options", self.options);
  }
  bool operator==(const ShowSystemStatusRequest&) const = default;
};

struct ShowSystemStatusResponse {
  static constexpr std::string_view name = "show_system_status_response";
  // Values are JSON texts: "system" -> {"status":"running"}.
  Options status_map{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("status_map", self.status_map);
    visit("info", self.info);
  }
  bool operator==(const ShowSystemStatusResponse&) const = default;
};

struct ShowSystemPropertiesRequest {
  static constexpr std::string_view endpoint = "/show/system/properties";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("options", self.options);
  }
  bool operator==(const ShowSystemPropertiesRequest&) const = default;
};

struct ShowSystemPropertiesResponse {
  static constexpr std::string_view name = "show_system_properties_response";
  Options property_map{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("property_map", self.property_map);
    visit("info", self.info);
  }
  bool operator==(const ShowSystemPropertiesResponse&) const = default;
};

struct ShowSystemTimingRequest {
  static constexpr std::string_view endpoint = "/show/system/timing";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("options", self.options);
  }
  bool operator==(const ShowSystemTimingRequest&) const = default;
};

struct ShowSystemTimingResponse {
  static constexpr std::string_view name = "show_system_timing_response";
  Strings endpoints{};
  std::vector<float> time_in_ms{};
  Strings jobIds{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("endpoints", self.endpoints);
    visit("time_in_ms", self.time_in_ms);
    visit("jobIds", self.jobIds);
    visit("info", self.info);
  }
  bool operator==(const ShowSystemTimingResponse&) const = default;
};

struct AdminShowShardsRequest {
  static constexpr std::string_view endpoint = "/admin/show/shards";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("options", self.options);
  }
  bool operator==(const AdminShowShardsRequest&) const = default;
};

struct AdminShowShardsResponse {
  static constexpr std::string_view name = "admin_show_shards_response";
  int64_t version = 0;
  // One entry per shard: the rank, 1 to n, that holds it.
  std::vector<int32_t> rank{};
  std::vector<int32_t> tom{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("version", self.version);
    visit("rank", self.rank);
    visit("tom", self.tom);
    visit("info", self.info);
  }
  bool operator==(const AdminShowShardsResponse&) const = default;
};

struct HasPermissionRequest {
  static constexpr std::string_view endpoint = "/has/permission";
  std::string principal{};
  std::string object{};
  std::string object_type{};
  std::string permission{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("principal", self.principal);
    visit("object", self.object);
    visit("object_type", self.object_type);
    visit("permission", self.permission);
    visit("options", self.options);
  }
  bool operator==(const HasPermissionRequest&) const = default;
};

struct HasPermissionResponse {
  static constexpr std::string_view name = "has_permission_response";
  std::string principal{};
  std::string object{};
  std::string object_type{};
  std::string permission{};
  bool has_permission = false;
  Options filters{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("principal", self.principal);
    visit("object", self.object);
    visit("object_type", self.object_type);
    visit("permission", self.permission);
    visit("has_permission", self.has_permission);
    visit("filters", self.filters);
    visit("info", self.info);
  }
  bool operator==(const HasPermissionResponse&) const = default;
};

}  // namespace kc::wire
