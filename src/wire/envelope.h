// What every endpoint answers with: the `gpudb_response` record around the response.
// (Kinetica documentation, "API".)
//
//   HTTP body = status string, message string, data_type string, data bytes, data_str string
//   JSON mode = the same as a JSON object, the response as JSON text in `data_str`
#pragma once

#include <string>
#include <string_view>

#include "wire/message_codec.h"
#include "wire/message_json.h"
#include "wire/messages/message_types.h"

namespace kc::wire {

struct Envelope {
  static constexpr std::string_view name = "gpudb_response";
  std::string status{};     // "OK" or "ERROR"
  std::string message{};    // empty, or the error's text
  std::string data_type{};  // the response record's name; "none" on error
  Bytes data{};             // the response in Avro; a view into the body it was decoded from
  std::string data_str{};   // the response as JSON text in JSON mode

  bool ok() const { return status == "OK"; }

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("status", self.status);
    visit("message", self.message);
    visit("data_type", self.data_type);
    visit("data", self.data);
    visit("data_str", self.data_str);
  }
  bool operator==(const Envelope&) const = default;
};

// Whole HTTP bodies. `data_type` and `data` are the response's.
std::string ok_body(std::string_view data_type, std::string_view data);
std::string ok_body_json(std::string_view data_type, std::string_view data_str);
std::string error_body(std::string_view message);
std::string error_body_json(std::string_view message);

// The whole HTTP body of a successful call.
template <typename Response>
std::string encode_ok(const Response& response) {
  const std::string data = encode(response);
  return ok_body(Response::name, data);
}

template <typename Response>
std::string encode_ok_json(const Response& response) {
  return ok_body_json(Response::name, encode_json(response));
}

// Throws Error(fail_task) when the body is no envelope. The result's `data` points into `body`.
inline Envelope decode_envelope(std::string_view body) { return decode<Envelope>(body); }
inline Envelope decode_envelope_json(std::string_view body) { return decode_json<Envelope>(body); }

}  // namespace kc::wire
