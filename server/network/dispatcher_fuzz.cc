// Any request through the dispatcher: every endpoint, in Avro, Snappy and JSON mode, on a database
// that has a table and lives for some thousand requests. Whatever comes, the answer is a success or
// a client's error with an envelope, never a failure of the server.
//
//   input = a | s | j (the content type)  path [ "?" query ]  LF  body
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "server/network/dispatcher.h"
#include "wire/envelope.h"

namespace {

using kc::http::ServerRequest;
using kc::server::Database;
using kc::server::Dispatcher;

constexpr int requests_per_database = 5000;

kc::server::ServerOptions small() {
  kc::server::ServerOptions options;
  options.memory_limit_bytes = size_t{64} << 20;
  options.ranks = 2;
  return options;
}

struct Subject {
  Subject() : database(small()), dispatcher(database) {
    // Nobody connects; the addresses are part of some answers.
    database.listeners.open_all(
        [](const ServerRequest&, size_t) { return kc::http::ServerResponse{}; });
    const std::string type =
        R"({"type_definition":"{\"type\":\"record\",\"name\":\"type_name\",\"fields\":[)"
        R"({\"name\":\"id\",\"type\":\"long\"},{\"name\":\"name\",\"type\":[\"string\",\"null\"]},)"
        R"({\"name\":\"amt\",\"type\":\"string\"},{\"name\":\"ts\",\"type\":\"long\"},)"
        R"({\"name\":\"raw\",\"type\":[\"bytes\",\"null\"]},{\"name\":\"f\",\"type\":\"float\"},)"
        R"({\"name\":\"d\",\"type\":[\"string\",\"null\"]}]}","label":"l","properties":)"
        R"x({"id":["primary_key"],"name":["char32","nullable"],"amt":["decimal(18,4)"],)x"
        R"("ts":["timestamp"],"raw":["nullable"],"d":["date","nullable"]}})";
    ask("/create/type", type);
    for (const std::string table : {"t1", "t2", "jt1", "ct1"}) {
      ask("/create/table", R"({"table_name":")" + table + R"(","type_id":"1000000001"})");
      ask("/insert/records",
          R"({"table_name":")" + table +
              R"(","list_encoding":"json","list_str":["{\"id\":1,\"name\":\"a\",)"
              R"(\"amt\":\"1.5\",\"ts\":5,\"raw\":null,\"f\":0.5,\"d\":null}"]})");
    }
  }
  ~Subject() { database.listeners.close_all(); }

  void ask(const std::string& path, const std::string& body) {
    ServerRequest request;
    request.method = "POST";
    request.path = request.target = path;
    request.body = body;
    request.headers = {{"Content-Type", "application/json"}};
    if (dispatcher.answer(request, 0).status != 200) std::abort();
  }

  Database database;
  Dispatcher dispatcher;
};

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static std::unique_ptr<Subject> subject;
  static int requests = 0;
  if (requests++ % requests_per_database == 0) {
    subject.reset();
    subject = std::make_unique<Subject>();
  }
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == input.npos || line == 0) return 0;
  ServerRequest request;
  request.method = "POST";
  request.target = input.substr(1, line - 1);
  request.path = request.target.substr(0, request.target.find('?'));
  if (request.path.size() < request.target.size()) {
    request.query.emplace_back("table_name", request.target.substr(request.path.size() + 1));
  }
  request.body = input.substr(line + 1);
  const char mode = input[0];
  const bool json = mode == 'j';
  request.headers = {{"Content-Type", json          ? "application/json"
                                      : mode == 's' ? "application/x-snappy"
                                                    : "application/octet-stream"}};
  const auto response = subject->dispatcher.answer(request, static_cast<size_t>(requests % 3));
  require(response.status == 200 || (response.status >= 400 && response.status < 500));
  require(!response.body.empty());
  // These have bodies of their own kind.
  const bool enveloped = request.path != "/" && !request.path.starts_with("/debug/") &&
                         !request.path.ends_with("/json");
  if (!enveloped) return 0;
  const auto envelope = json ? kc::wire::decode_envelope_json(response.body)
                             : kc::wire::decode_envelope(response.body);
  require(envelope.ok() == (response.status == 200));
  require(envelope.ok() || !envelope.message.empty());
  return 0;
}
