// The forms that every answer of the REST API has (ErrorMessage, the exception mapper of stock
// Connect).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "http/server.h"

namespace kc::rest {

// Fields in the order they were added, as Jackson writes them. Text that is not UTF-8 is repaired.
http::ServerResponse json_answer(const nlohmann::ordered_json& body);

// {"error_code":404,"message":"..."}
http::ServerResponse error_answer(int status, std::string_view message);
// The same with the framework's text: "HTTP 404 Not Found".
http::ServerResponse error_answer(int status);

}  // namespace kc::rest
