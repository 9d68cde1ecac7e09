// Permissions and roles as they were granted. They are remembered and shown, and bind nobody: in
// this database everybody may do everything. Thread-safe; gone when the server ends.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "wire/messages/message_types.h"

namespace kc::server {

struct Grant {
  std::string object_type;  // "table", "system", "schema" ...
  std::string object;       // empty for the system
  std::string permission;
  std::string filter_expression;
  auto operator<=>(const Grant&) const = default;
};

class Grants {
 public:
  // Throws Error(fail_task) for an empty principal or permission, and when there are too many.
  void grant(const std::string& principal, const Grant& grant);
  // Whatever its filter. Throws Error(fail_task) when it was not granted.
  void revoke(const std::string& principal, const Grant& grant);
  void grant_role(const std::string& role, const std::string& member);
  void revoke_role(const std::string& role, const std::string& member);

  struct Principal {
    std::set<Grant> grants;
    std::set<std::string> roles;
    bool is_role = false;
  };
  // By name.
  std::map<std::string, Principal> all() const { return principals_.copy(); }

 private:
  base::Guarded<std::map<std::string, Principal>> principals_;
};

}  // namespace kc::server
