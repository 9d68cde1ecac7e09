// An HTTP(S)/1.x listener over cpp-httplib: keep-alive for HTTP/1.1, close after each answer for
// HTTP/1.0, Content-Length always, neither chunked nor compressed answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/tls.h"

namespace kc::http {

// Lives for the handler's call only.
struct ServerRequest {
  std::string method;
  std::string path;    // URL-decoded, without query
  std::string target;  // as sent: still encoded, with query (a %2F in a name can be told from a /)
  std::vector<std::pair<std::string, std::string>> query;  // decoded, sorted by name
  std::string body;  // without transfer encoding; any content encoding is left as it is
  std::vector<std::pair<std::string, std::string>> headers;

  // Case-insensitive; nullptr when absent.
  const std::string* header(std::string_view name) const;
};

struct ServerResponse {
  int status = 200;
  std::string content_type = "application/json";  // left out when the body is empty
  std::string body;                               // not sent for HEAD, but counted
  std::vector<std::pair<std::string, std::string>> headers;
  // Close the connection without this or any answer: for tests of clients whose reply is lost.
  bool drop_connection = false;
};

struct ServerOptions {
  std::string host = "127.0.0.1";  // empty: all interfaces
  uint16_t port = 0;               // 0: the kernel chooses
  // One a connection while it is open, made when needed. Connections beyond wait until an idle one
  // is closed for their sake, which takes about a second; when 256 wait, more are closed at once.
  size_t threads = 16;
  // A longer body is answered with 413 and the connection closed.
  size_t body_bytes_max = size_t{1} << 30;
  // Bodies of all connections together; one beyond is answered with 503.
  size_t bodies_bytes_max = size_t{2} << 30;
  ServerTlsOptions tls{};
  // The answers to requests that the handler does not get to see (status and reason); nothing:
  // plain text. Called by several threads.
  std::function<ServerResponse(int status, const std::string& reason)> refusal{};
};

// Listens from construction to destruction. One handler answers every method and path; it is called
// by several threads at once. Owns its threads. An idle connection is kept for 5 minutes. Without
// the handler are answered: 400 what is not HTTP or ends too early, 408 a head or body that comes
// too slowly (connection.h has the times), 413 a body and 414 a request line (8 KiB) that is too
// long, 431 a head of more than 64 KiB, 503 a body for which there is no memory.
class Server {
 public:
  // Must not throw; what it throws all the same is logged and answered with 500.
  using Handler = std::function<ServerResponse(const ServerRequest&)>;

  // Listens when it returns. Throws Error(fix_config) naming host and port when the address cannot
  // be had.
  Server(ServerOptions options, Handler handler);
  // Stops listening, ends idle connections at once, waits for running handlers and up to a second
  // for a client that takes its answer.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  uint16_t port() const;
  // http://HOST:PORT, or https; a wildcard address shows as 127.0.0.1, so the URL can be used as it
  // is.
  const std::string& url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::http
