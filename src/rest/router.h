// Which function answers a request: by path and method.
//
// A pattern is a path whose segments are words or parameters: "/connectors/{}/tasks/{n}". {} takes
// any segment, {n} a number. Paths may end with a slash; segments are decoded after the path is
// split, so that a %2F in a connector's name stays in it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace kc::rest {

// A request on its way to the function that answers it; lives for that call only.
class Call {
 public:
  Call(const http::ServerRequest& request, std::vector<std::string> parameters)
      : request_(request), parameters_(std::move(parameters)) {}

  const http::ServerRequest& request() const { return request_; }
  // What stands for the pattern's {} and {n}, in order.
  const std::string& parameter(size_t index) const { return parameters_[index]; }
  int number(size_t index) const { return std::stoi(parameters_[index]); }
  // The first value of a query parameter; empty when it is not there.
  std::string query(std::string_view name) const;
  bool has_query(std::string_view name, std::string_view value) const;
  // As java.lang.Boolean.parseBoolean has it; `otherwise` when it is not there.
  bool flag(std::string_view name, bool otherwise) const;

 private:
  const http::ServerRequest& request_;
  const std::vector<std::string> parameters_;
};

class Router {
 public:
  using Handler = std::function<http::ServerResponse(const Call&)>;

  // Throws std::logic_error for what route_table.h does not declare.
  void add(std::string method, std::string_view pattern, Handler handler);
  // A GET whose answer is not JSON, whatever the client accepts.
  void add_text(std::string_view pattern, Handler handler);
  // Answers 404 for a path that is not there, 405 for another method, 415 for a body that is not
  // JSON, 406 for a client that wants no JSON, OPTIONS and HEAD; else what the handler answers, and
  // throws what it throws.
  http::ServerResponse answer(const http::ServerRequest& request) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
    Handler handler;
    bool is_json = true;
  };
  void add(Route route, std::string_view pattern);

  std::vector<Route> routes_;
};

}  // namespace kc::rest
