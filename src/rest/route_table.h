// The one table of what the REST API answers: docs/reference/rest.md is made of it, and Router
// takes no route that is not declared here.
#pragma once

#include <span>
#include <string_view>

namespace kc::rest {

struct RouteDeclaration {
  std::string_view method;
  std::string_view path;  // "/connectors/{connector}/tasks/{task}/status"
  std::string_view summary;
};

// In the order of the reference page.
std::span<const RouteDeclaration> route_table();

// Whether `pattern`, with {} and {n} for its parameters, is declared for `method`.
bool is_declared(std::string_view method, std::string_view pattern);

}  // namespace kc::rest
