#include "rest/request_body.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "rest/answer.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;

namespace {

constexpr int depth_max = 1000;  // as Jackson's

[[noreturn]] void refuse(const std::string& message) { throw StatusError(500, message); }

}  // namespace

Json read_json(const http::ServerRequest& request) {
  if (request.body.empty()) refuse("The request has no body. Send a JSON object");
  try {
    return Json::parse(request.body, [](int depth, Json::parse_event_t, Json&) {
      if (depth > depth_max) refuse(fmt::format("The body is nested deeper than {}", depth_max));
      return true;
    });
  } catch (const Json::parse_error& error) {
    refuse(fmt::format("The body is not JSON: it cannot be read beyond byte {}", error.byte));
  }
}

worker::SubmittedConfig read_config(const Json& object, const char* what) {
  if (!object.is_object()) {
    refuse(fmt::format("Cannot deserialize {} from {}: it must be an object of texts", what,
                       object.type_name()));
  }
  worker::SubmittedConfig config;
  for (const auto& [name, value] : object.items()) {
    if (value.is_structured()) {
      refuse(fmt::format("Cannot deserialize the value of {} in {} from {}: it must be a text",
                         name, what, value.type_name()));
    }
    if (value.is_null()) {
      config.properties.erase(name);
      config.nulls.push_back(name);
    } else {
      config.properties.set(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return config;
}

}  // namespace kc::rest
