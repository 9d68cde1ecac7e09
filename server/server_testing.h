// A client of the server for its tests: one call per endpoint, by message.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/client.h"
#include "wire/envelope.h"
#include "wire/messages.h"

namespace kc::server {

class TestClient {
 public:
  explicit TestClient(std::string url, http::ClientOptions options = {})
      : url_(std::move(url)), client_(std::move(options)) {}

  http::ClientResponse post(const std::string& path, std::string_view body,
                            const char* type = "application/octet-stream") {
    const std::string_view parts[] = {body};
    return client_.post(url_ + path, type, parts);
  }
  // What /debug/... answers.
  wire::Json post_json(const std::string& path, const std::string& body = "") {
    return wire::Json::parse(post(path, body, "application/json").body);
  }
  wire::Json get_json(const std::string& path) {
    return wire::Json::parse(client_.get(url_ + path).body);
  }

  // Throws Error(fail_task) with the envelope's message. The response's Bytes live until the next
  // call.
  template <typename Response, typename Request>
  Response ask(const Request& request) {
    body_ = post(std::string(Request::endpoint), wire::encode(request)).body;
    const auto envelope = wire::decode_envelope(body_);
    if (!envelope.ok()) throw base::Error(base::Reaction::fail_task, envelope.message);
    EXPECT_EQ(envelope.data_type, Response::name);
    return wire::decode<Response>(envelope.data);
  }

  wire::Options properties() {
    return ask<wire::ShowSystemPropertiesResponse>(wire::ShowSystemPropertiesRequest{})
        .property_map;
  }
  // Columns id long and s string, both required; `keyed` makes id the primary key.
  void create_table(const std::string& name, bool keyed = true) {
    wire::CreateTypeRequest type{
        .type_definition =
            R"({"type":"record","name":"type_name","fields":[{"name":"id","type":"long"},)"
            R"({"name":"s","type":"string"}]})"};
    if (keyed) type.properties = {{"id", {"primary_key"}}};
    const auto type_id = ask<wire::CreateTypeResponse>(type).type_id;
    ask<wire::CreateTableResponse>(
        wire::CreateTableRequest{.table_name = name, .type_id = type_id});
  }
  wire::InsertRecordsResponse insert(const std::string& table, const std::vector<std::string>& rows,
                                     const wire::Options& options = {}) {
    return ask<wire::InsertRecordsResponse>(wire::InsertRecordsRequest{
        .table_name = table, .list = {rows.begin(), rows.end()}, .options = options});
  }

 private:
  std::string url_;
  http::Client client_;
  std::string body_;
};

// A row of create_table().
inline std::string test_row(int64_t id, std::string_view text) {
  std::string bytes;
  wire::AvroWriter out(bytes);
  out.write_long(id);
  out.write_string(text);
  return bytes;
}

}  // namespace kc::server
