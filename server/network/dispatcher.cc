#include "server/network/dispatcher.h"

#include <fmt/core.h>
#include <strings.h>

#include <chrono>
#include <exception>

#include "base/error.h"
#include "base/log.h"
#include "server/network/debug_endpoints.h"
#include "server/network/snappy_body.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr const char* octet_stream = "application/octet-stream";
constexpr const char* json_type = "application/json";

// Media types have no case; parameters may follow.
bool has_content_type(const http::ServerRequest& request, std::string_view type) {
  const std::string* given = request.header("Content-Type");
  return given != nullptr && strncasecmp(given->c_str(), type.data(), type.size()) == 0;
}

// In JSON mode, and at the endpoints that know nothing else.
bool wants_json(const http::ServerRequest& request) {
  return has_content_type(request, json_type) || request.path.ends_with("/json");
}

http::ServerResponse error_response(int status, std::string_view message, bool json) {
  if (json) return {status, json_type, wire::error_body_json(message), {}};
  return {status, octet_stream, wire::error_body(message), {}};
}

}  // namespace

Dispatcher::Dispatcher(Database& database) : database_(database) {
  for (const auto& endpoints :
       {system_endpoints(), type_endpoints(), schema_endpoints(), table_endpoints(),
        show_table_endpoints(), alter_table_endpoints(), security_endpoints(), insert_endpoints(),
        json_record_endpoints(), read_endpoints(), column_read_endpoints(), delete_endpoints(),
        update_endpoints(), aggregate_endpoints(), group_by_endpoints(), sql_endpoints(),
        monitor_endpoints()}) {
    for (const Endpoint& known : endpoints) {
      if (database.options.kinetica.has_endpoint(known.path)) endpoints_.emplace(known.path, known);
    }
  }
}

http::ServerResponse Dispatcher::answer(const http::ServerRequest& request, size_t rank) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  auto response = answer_in_time(request, rank);
  const std::chrono::duration<double> seconds = Clock::now() - begin;
  response.headers.emplace_back("x-request-time-secs", fmt::format("{:.6f}", seconds.count()));
  return response;
}

// Empty where nobody has to say who he is; nothing when he does not say it right.
std::optional<std::string> Dispatcher::find_user(const http::ServerRequest& request) const {
  const Users& users = database_.options.users;
  if (users.empty()) return "";
  const std::string* authorization = request.header("Authorization");
  return authorization == nullptr ? std::nullopt : users.user_of(*authorization);
}

http::ServerResponse Dispatcher::answer_in_time(const http::ServerRequest& request, size_t rank) {
  if (request.path == "/") return {200, "text/plain", "Kinetica is running!", {}};
  const bool json = wants_json(request);
  auto user = find_user(request);
  if (!user) {
    auto refusal = error_response(
        401, "This server asks for a user and password (or a token) that it knows", json);
    refusal.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Kinetica\"");
    return refusal;
  }
  if (request.path.starts_with("/debug/")) return answer_debug(database_, request, rank);

  const auto found = endpoints_.find(request.path);
  if (found == endpoints_.end()) {
    return error_response(404, "This server has no endpoint " + request.path, json);
  }
  Call call{database_, rank, std::move(*user), database_.faults.take(request.path, rank)};
  if (call.faults.delay.count() > 0) database_.faults.wait(call.faults.delay);
  if (call.faults.status) return error_response(*call.faults.status, "A fault was asked for", json);
  auto response = answer_endpoint(found->second, request, call);
  response.drop_connection = call.faults.drop_reply || call.faults.half;
  return response;
}

http::ServerResponse Dispatcher::answer_endpoint(const Endpoint& endpoint,
                                                 const http::ServerRequest& request, Call& call) {
  const bool json = wants_json(request);
  try {
    for (const auto& [name, value] : request.query) call.query[name] = value;
    const bool compressed = has_content_type(request, "application/x-snappy");
    std::string body =
        endpoint.answer(call, compressed ? uncompress_body(request.body) : request.body, json);
    return {200, json ? json_type : octet_stream, std::move(body), {}};
  } catch (const Error& e) {
    return error_response(400, e.what(), json);
  } catch (const std::exception& e) {
    base::log_error("The answer to {} failed: {}", request.path, e.what());
    return error_response(500, e.what(), json);
  }
}

}  // namespace kc::server
