#include "rest/answer.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/redaction.h"

namespace kc::rest {
namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 415:
      return "Unsupported Media Type";
    default:
      return "Error";
  }
}

}  // namespace

http::ServerResponse json_answer(const nlohmann::ordered_json& body, int status) {
  using Json = nlohmann::ordered_json;
  return {
      status, "application/json", body.dump(-1, ' ', false, Json::error_handler_t::replace), {}};
}

http::ServerResponse empty_answer(int status) {
  http::ServerResponse answer;
  answer.status = status;
  return answer;
}

http::ServerResponse message_answer(std::string_view message) {
  return json_answer({{"message", message}});
}

http::ServerResponse error_answer(int status, std::string_view message) {
  return json_answer({{"error_code", status}, {"message", base::redacted(std::string(message))}},
                     status);
}

http::ServerResponse error_answer(int status) {
  return error_answer(status, fmt::format("HTTP {} {}", status, reason_phrase(status)));
}

}  // namespace kc::rest
