// The forms that every answer of the REST API has (ErrorMessage, the exception mapper of stock
// Connect).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/server.h"

namespace kc::rest {

// Ends a request with its status and error message.
class StatusError : public std::runtime_error {
 public:
  StatusError(int status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

// Fields in the order they were added, as Jackson writes them. Text that is not UTF-8 is repaired.
http::ServerResponse json_answer(const nlohmann::ordered_json& body, int status = 200);
// Without a body: 202, 204.
http::ServerResponse empty_answer(int status);
// {"message":"..."}
http::ServerResponse message_answer(std::string_view message);

// {"error_code":404,"message":"..."}
http::ServerResponse error_answer(int status, std::string_view message);
// The same with the framework's text: "HTTP 404 Not Found".
http::ServerResponse error_answer(int status);

}  // namespace kc::rest
