// Which pages of other origins a browser may let use the API: access.control.allow.origin and
// access.control.allow.methods.
#pragma once

#include <string>
#include <vector>

#include "http/server.h"

namespace kc::rest {

struct CrossOrigin {
  // Origins, in which a * stands for any characters; none: the feature is off.
  std::vector<std::string> origins;
  std::vector<std::string> methods{"GET", "POST", "HEAD"};

  // True when the request is the question that a browser asks before the request itself; `answer`
  // is then its answer.
  bool answers(const http::ServerRequest& request, http::ServerResponse& answer) const;
  // Adds what the browser has to know to the answer of `request`.
  void add_headers(const http::ServerRequest& request, http::ServerResponse& answer) const;

 private:
  const std::string* allowed_origin(const http::ServerRequest& request) const;
};

}  // namespace kc::rest
