// From an HTTP request to its endpoint and back: content types, the envelope, errors, faults.
//
//   application/octet-stream   Avro, and so is the answer
//   application/x-snappy       Avro in one raw Snappy block; the answer is plain Avro
//   application/json           the protocol's JSON mode, and so is the answer
//
// Where the server has users, everything but GET / asks for one of them (401 otherwise).
// A failed endpoint is HTTP 400 with an envelope, an unknown path 404 with one. Every answer has
// the header x-request-time-secs, which Python's client reads. (Kinetica documentation, "API".)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/server.h"
#include "server/database.h"
#include "server/endpoint.h"

namespace kc::server {

class Dispatcher {
 public:
  // `database` outlives the dispatcher.
  explicit Dispatcher(Database& database);

  // A request that came to `rank`. From any thread. Does not throw.
  http::ServerResponse answer(const http::ServerRequest& request, size_t rank);

 private:
  http::ServerResponse answer_in_time(const http::ServerRequest& request, size_t rank);
  http::ServerResponse answer_endpoint(const Endpoint& endpoint, const http::ServerRequest& request,
                                       Call& call);
  std::optional<std::string> find_user(const http::ServerRequest& request) const;

  Database& database_;
  std::unordered_map<std::string_view, Endpoint> endpoints_;
};

}  // namespace kc::server
