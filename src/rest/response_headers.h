// Headers that every answer gets: response.http.headers.config (KIP-577).
//
//   set X-Frame-Options: DENY, "add Cache-Control: no-cache, no-store", setDate Expires:
//   31540000000
//
// A rule is an action, a name and a value; one with a comma in it stands in quotes. The value of
// setDate and addDate is a time in milliseconds from now.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace kc::rest {

class ResponseHeaders {
 public:
  ResponseHeaders() = default;
  // Throws Error(fix_config) naming the property and the rule.
  explicit ResponseHeaders(std::string_view config);

  void add_to(http::ServerResponse& answer, std::chrono::system_clock::time_point now) const;

 private:
  struct Rule {
    bool replaces = false;
    bool is_date = false;
    std::string name;
    std::string value;
    std::chrono::milliseconds later{0};
  };
  static Rule parse(std::string_view text);

  std::vector<Rule> rules_;
};

}  // namespace kc::rest
