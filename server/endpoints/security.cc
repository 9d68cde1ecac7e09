// /grant/permission and /revoke/permission with their older forms for tables and the system,
// /grant/role, /revoke/role, /show/security. Grants are remembered and shown, and bind nobody;
// /has/permission (system.cc) says yes to everything. Left out: making users and roles (a grant may
// name any), credentials, data sources, directories and procedures, resource groups.
#include <algorithm>

#include "server/endpoint.h"

namespace kc::server {

namespace {

wire::GrantPermissionResponse grant(Call& call, const wire::GrantPermissionRequest& request) {
  call.database.grants.grant(request.principal,
                             {request.object_type, request.object, request.permission,
                              option(request.options, "filter_expression")});
  return {.principal = request.principal,
          .object = request.object,
          .object_type = request.object_type,
          .permission = request.permission};
}

wire::RevokePermissionResponse revoke(Call& call, const wire::RevokePermissionRequest& request) {
  call.database.grants.revoke(request.principal,
                              {request.object_type, request.object, request.permission, ""});
  return {.principal = request.principal,
          .object = request.object,
          .object_type = request.object_type,
          .permission = request.permission};
}

wire::GrantPermissionTableResponse grant_table(Call& call,
                                               const wire::GrantPermissionTableRequest& request) {
  call.database.grants.grant(request.grantee, {"table", request.table_name, request.permission,
                                               request.filter_expression});
  return {.grantee = request.grantee,
          .permission = request.permission,
          .table_name = request.table_name,
          .filter_expression = request.filter_expression};
}

wire::RevokePermissionTableResponse revoke_table(
    Call& call, const wire::RevokePermissionTableRequest& request) {
  call.database.grants.revoke(request.grantee,
                              {"table", request.table_name, request.permission, ""});
  return {.grantee = request.grantee,
          .permission = request.permission,
          .table_name = request.table_name};
}

wire::GrantPermissionSystemResponse grant_system(
    Call& call, const wire::GrantPermissionSystemRequest& request) {
  call.database.grants.grant(request.grantee, {"system", "", request.permission, ""});
  return {.grantee = request.grantee, .permission = request.permission};
}

wire::RevokePermissionSystemResponse revoke_system(
    Call& call, const wire::RevokePermissionSystemRequest& request) {
  call.database.grants.revoke(request.grantee, {"system", "", request.permission, ""});
  return {.grantee = request.grantee, .permission = request.permission};
}

wire::GrantRoleResponse grant_role(Call& call, const wire::GrantRoleRequest& request) {
  call.database.grants.grant_role(request.role, request.member);
  return {.role = request.role, .member = request.member};
}

wire::RevokeRoleResponse revoke_role(Call& call, const wire::RevokeRoleRequest& request) {
  call.database.grants.revoke_role(request.role, request.member);
  return {.role = request.role, .member = request.member};
}

wire::Options describe(const Grant& grant) {
  wire::Options text = {{"object_type", grant.object_type}, {"permission", grant.permission}};
  if (!grant.object.empty()) text["object"] = grant.object;
  if (!grant.filter_expression.empty()) text["filter_expression"] = grant.filter_expression;
  return text;
}

wire::ShowSecurityResponse show_security(Call& call, const wire::ShowSecurityRequest& request) {
  wire::ShowSecurityResponse response;
  for (const auto& [name, principal] : call.database.grants.all()) {
    const bool wanted =
        request.names.empty() || std::ranges::find(request.names, name) != request.names.end();
    if (!wanted) continue;
    response.types[name] = principal.is_role ? "role" : "internal_user";
    response.roles[name] = {principal.roles.begin(), principal.roles.end()};
    auto& permissions = response.permissions[name];
    for (const Grant& grant : principal.grants) permissions.push_back(describe(grant));
  }
  return response;
}

}  // namespace

std::vector<Endpoint> security_endpoints() {
  return {endpoint<grant>,        endpoint<revoke>,       endpoint<grant_table>,
          endpoint<revoke_table>, endpoint<grant_system>, endpoint<revoke_system>,
          endpoint<grant_role>,   endpoint<revoke_role>,  endpoint<show_security>};
}

}  // namespace kc::server
