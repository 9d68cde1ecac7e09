#include "server/catalog/grants.h"

#include <algorithm>

#include "base/error.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using Principals = std::map<std::string, Grants::Principal>;

constexpr size_t principals_max = 10'000;
constexpr size_t grants_max = 10'000;  // of a principal

Grants::Principal& reach(Principals& principals, const std::string& name) {
  if (name.empty()) throw Error(Reaction::fail_task, "A grant names no user or role");
  if (!principals.contains(name) && principals.size() >= principals_max) {
    throw Error(Reaction::fail_task, "Permissions of {} users and roles are remembered at most",
                principals_max);
  }
  return principals[name];
}

}  // namespace

void Grants::grant(const std::string& principal, const Grant& grant) {
  if (grant.permission.empty()) throw Error(Reaction::fail_task, "A grant names no permission");
  principals_.with([&](Principals& principals) {
    auto& grants = reach(principals, principal).grants;
    if (grants.size() >= grants_max) {
      throw Error(Reaction::fail_task, "`{}` has {} permissions already; more are not remembered",
                  principal, grants.size());
    }
    grants.insert(grant);
  });
}

void Grants::revoke(const std::string& principal, const Grant& grant) {
  const auto removed = principals_.with([&](Principals& principals) -> size_t {
    const auto found = principals.find(principal);
    if (found == principals.end()) return 0;
    return std::erase_if(found->second.grants, [&](const Grant& is) {
      return is.object_type == grant.object_type && is.object == grant.object &&
             is.permission == grant.permission;
    });
  });
  if (removed > 0) return;
  throw Error(Reaction::fail_task, "`{}` does not have the permission {} on {} `{}`", principal,
              grant.permission, grant.object_type, grant.object);
}

void Grants::grant_role(const std::string& role, const std::string& member) {
  principals_.with([&](Principals& principals) {
    reach(principals, role).is_role = true;
    reach(principals, member).roles.insert(role);
  });
}

void Grants::revoke_role(const std::string& role, const std::string& member) {
  const auto removed = principals_.with([&](Principals& principals) -> size_t {
    const auto found = principals.find(member);
    return found == principals.end() ? 0 : found->second.roles.erase(role);
  });
  if (removed > 0) return;
  throw Error(Reaction::fail_task, "`{}` is not a member of role `{}`", member, role);
}

}  // namespace kc::server
