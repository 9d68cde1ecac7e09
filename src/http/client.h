// An HTTP/1.1 client over libcurl.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace kc::http {

// For https. Certificates and key are PEM texts.
struct TlsOptions {
  // Whom to trust, and nobody else; empty: the system's certificate authorities.
  std::string trusted{};
  // What to show a server that asks, the own certificate first, and its key; empty: nothing.
  std::string chain{};
  std::string key{};  // not encrypted; never logged
  // Off: any certificate is good. For tests only.
  bool verify_certificate = true;
  // Off: a trusted certificate is good for any host.
  bool verify_host = true;
};

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{5000};
  // For the whole exchange; 0: none. A stalled transfer (no byte for 60 s) ends in any case.
  std::chrono::milliseconds timeout{0};
  std::string user_agent;
  // Sent with Basic authentication when not empty. Never logged.
  std::string username;
  std::string password;
  // Sent as `Authorization: Bearer ...` when not empty, instead of name and password. Never logged.
  std::string bearer_token;
  // Sent with each request: "Name: value".
  std::vector<std::string> headers{};
  TlsOptions tls;
  // HOST:PORT of an HTTP proxy, which https goes through by CONNECT; empty: none.
  std::string proxy{};
  // A longer answer is an error.
  size_t response_bytes_max = size_t{1} << 30;
};

struct ClientResponse {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Whether the same request may arrive twice. A kept connection that turns out to be closed before
// any byte of an answer came leaves open whether the request was carried out. A repeatable one is
// then sent again, once, on a new connection; any other ends with an Error that is in_doubt().
enum class Repeat : bool { never, harmless };

struct PostRequest {
  std::string url;
  std::string_view content_type;
  // Sent one after the other (so that a header can be put before rows without copying them), with
  // Content-Length and without `Expect`. Must stay until the answer is there.
  std::span<const std::string_view> body;
  Repeat repeat = Repeat::never;
  bool put = false;  // PUT instead of POST
};

struct PostResult {
  ClientResponse response;
  std::optional<base::Error> error;  // no answer came; what post() would throw
};

// Keeps its connections alive from call to call; one thread at a time uses it, abort() apart.
// Redirections are answers like any other; proxies of the environment are not used, as Java does
// not use them. The process should ignore SIGPIPE when https is used.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Any HTTP status is a response. Throws Error(retry) naming the URL's host and port and libcurl's
  // reason when there is none, Error(fix_config) when the URL is none of http or https, a
  // certificate or key cannot be used or the server's is not trusted; in_doubt() is true when the
  // request was sent, at least in part, before it failed. No stop token is watched: use abort().
  ClientResponse get(const std::string& url);
  ClientResponse post(const std::string& url, std::string_view content_type,
                      std::span<const std::string_view> body, Repeat repeat = Repeat::never);
  ClientResponse put(const std::string& url, std::string_view content_type, std::string_view body);
  // All of them at once, each on a connection of its own; the results in the order of the requests.
  std::vector<PostResult> post_all(std::span<const PostRequest> requests);

  // For the exchanges that follow; 0: none.
  void set_timeout(std::chrono::milliseconds timeout);

  // For the exchanges that follow, instead of ClientOptions::bearer_token.
  void set_bearer_token(const std::string& token);

  // From any thread: a running call ends at once with Error(retry), and so does every later one.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::http
