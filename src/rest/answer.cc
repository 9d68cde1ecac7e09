#include "rest/answer.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

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

http::ServerResponse json_answer(const nlohmann::ordered_json& body) {
  using Json = nlohmann::ordered_json;
  return {200, "application/json", body.dump(-1, ' ', false, Json::error_handler_t::replace), {}};
}

http::ServerResponse error_answer(int status, std::string_view message) {
  auto answer = json_answer({{"error_code", status}, {"message", message}});
  answer.status = status;
  return answer;
}

http::ServerResponse error_answer(int status) {
  return error_answer(status, fmt::format("HTTP {} {}", status, reason_phrase(status)));
}

}  // namespace kc::rest
