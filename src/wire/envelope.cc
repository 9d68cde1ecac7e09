#include "wire/envelope.h"

namespace kc::wire {

namespace {

Envelope error_envelope(std::string_view message) {
  return {.status = "ERROR", .message = std::string(message), .data_type = "none"};
}

}  // namespace

std::string ok_body(std::string_view data_type, std::string_view data) {
  std::string body;
  body.reserve(data.size() + data_type.size() + 32);
  encode_to(body, Envelope{.status = "OK", .data_type = std::string(data_type), .data = data});
  return body;
}

std::string ok_body_json(std::string_view data_type, std::string_view data_str) {
  return encode_json(Envelope{
      .status = "OK", .data_type = std::string(data_type), .data_str = std::string(data_str)});
}

std::string error_body(std::string_view message) { return encode(error_envelope(message)); }

std::string error_body_json(std::string_view message) {
  return encode_json(error_envelope(message));
}

}  // namespace kc::wire
