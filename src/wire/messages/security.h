// Who may do what. (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

// The field `name` of some of these messages is the user or role: `grantee`.

struct ShowSecurityRequest {
  static constexpr std::string_view endpoint = "/show/security";
  Strings names{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("names", self.names);
    visit("options", self.options);
  }
  bool operator==(const ShowSecurityRequest&) const = default;
};

struct ShowSecurityResponse {
  static constexpr std::string_view name = "show_security_response";
  Options types{};
  ColumnProperties roles{};
  WireMap<std::vector<Options>> permissions{};
  Options resource_groups{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("types", self.types);
    visit("roles", self.roles);
    visit("permissions", self.permissions);
    visit("resource_groups", self.resource_groups);
    visit("info", self.info);
  }
  bool operator==(const ShowSecurityResponse&) const = default;
};

struct GrantPermissionRequest {
  static constexpr std::string_view endpoint = "/grant/permission";
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
  bool operator==(const GrantPermissionRequest&) const = default;
};

struct GrantPermissionResponse {
  static constexpr std::string_view name = "grant_permission_response";
  std::string principal{};
  std::string object{};
  std::string object_type{};
  std::string permission{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("principal", self.principal);
    visit("object", self.object);
    visit("object_type", self.object_type);
    visit("permission", self.permission);
    visit("info", self.info);
  }
  bool operator==(const GrantPermissionResponse&) const = default;
};

struct GrantPermissionTableRequest {
  static constexpr std::string_view endpoint = "/grant/permission/table";
  std::string grantee{};
  std::string permission{};
  std::string table_name{};
  std::string filter_expression{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("table_name", self.table_name);
    visit("filter_expression", self.filter_expression);
    visit("options", self.options);
  }
  bool operator==(const GrantPermissionTableRequest&) const = default;
};

struct GrantPermissionTableResponse {
  static constexpr std::string_view name = "grant_permission_table_response";
  std::string grantee{};
  std::string permission{};
  std::string table_name{};
  std::string filter_expression{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("table_name", self.table_name);
    visit("filter_expression", self.filter_expression);
    visit("info", self.info);
  }
  bool operator==(const GrantPermissionTableResponse&) const = default;
};

struct GrantPermissionSystemRequest {
  static constexpr std::string_view endpoint = "/grant/permission/system";
  std::string grantee{};
  std::string permission{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("options", self.options);
  }
  bool operator==(const GrantPermissionSystemRequest&) const = default;
};

struct GrantPermissionSystemResponse {
  static constexpr std::string_view name = "grant_permission_system_response";
  std::string grantee{};
  std::string permission{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("info", self.info);
  }
  bool operator==(const GrantPermissionSystemResponse&) const = default;
};

struct GrantRoleRequest {
  static constexpr std::string_view endpoint = "/grant/role";
  std::string role{};
  std::string member{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("role", self.role);
    visit("member", self.member);
    visit("options", self.options);
  }
  bool operator==(const GrantRoleRequest&) const = default;
};

struct GrantRoleResponse {
  static constexpr std::string_view name = "grant_role_response";
  std::string role{};
  std::string member{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("role", self.role);
    visit("member", self.member);
    visit("info", self.info);
  }
  bool operator==(const GrantRoleResponse&) const = default;
};

struct RevokePermissionRequest {
  static constexpr std::string_view endpoint = "/revoke/permission";
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
  bool operator==(const RevokePermissionRequest&) const = default;
};

struct RevokePermissionResponse {
  static constexpr std::string_view name = "revoke_permission_response";
  std::string principal{};
  std::string object{};
  std::string object_type{};
  std::string permission{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("principal", self.principal);
    visit("object", self.object);
    visit("object_type", self.object_type);
    visit("permission", self.permission);
    visit("info", self.info);
  }
  bool operator==(const RevokePermissionResponse&) const = default;
};

struct RevokePermissionTableRequest {
  static constexpr std::string_view endpoint = "/revoke/permission/table";
  std::string grantee{};
  std::string permission{};
  std::string table_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("table_name", self.table_name);
    visit("options", self.options);
  }
  bool operator==(const RevokePermissionTableRequest&) const = default;
};

struct RevokePermissionTableResponse {
  static constexpr std::string_view name = "revoke_permission_table_response";
  std::string grantee{};
  std::string permission{};
  std::string table_name{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("table_name", self.table_name);
    visit("info", self.info);
  }
  bool operator==(const RevokePermissionTableResponse&) const = default;
};

struct RevokePermissionSystemRequest {
  static constexpr std::string_view endpoint = "/revoke/permission/system";
  std::string grantee{};
  std::string permission{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("options", self.options);
  }
  bool operator==(const RevokePermissionSystemRequest&) const = default;
};

struct RevokePermissionSystemResponse {
  static constexpr std::string_view name = "revoke_permission_system_response";
  std::string grantee{};
  std::string permission{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("name", self.grantee);
    visit("permission", self.permission);
    visit("info", self.info);
  }
  bool operator==(const RevokePermissionSystemResponse&) const = default;
};

struct RevokeRoleRequest {
  static constexpr std::string_view endpoint = "/revoke/role";
  std::string role{};
  std::string member{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("role", self.role);
    visit("member", self.member);
    visit("options", self.options);
  }
  bool operator==(const RevokeRoleRequest&) const = default;
};

struct RevokeRoleResponse {
  static constexpr std::string_view name = "revoke_role_response";
  std::string role{};
  std::string member{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("role", self.role);
    visit("member", self.member);
    visit("info", self.info);
  }
  bool operator==(const RevokeRoleResponse&) const = default;
};

}  // namespace kc::wire
