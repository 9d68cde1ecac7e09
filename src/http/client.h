// An HTTP/1.1 client over libcurl.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kc::http {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{5000};
  // For the whole exchange; 0: none. A stalled transfer (no byte for 60 s) ends in any case.
  std::chrono::milliseconds timeout{0};
  std::string user_agent;
  // Sent with Basic authentication when not empty. Never logged.
  std::string username;
  std::string password;
  // A longer answer is an error.
  size_t response_bytes_max = size_t{1} << 30;
};

struct ClientResponse {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Keeps its connection alive from call to call; one thread at a time uses it, abort() apart. When a
// kept connection turns out to be closed before any byte of an answer, the request is sent again,
// once, on a new one; so a server that dies between applying and answering may be asked twice.
// Redirections are answers like any other; proxies of the environment are not used, as Java does
// not use them. The process should ignore SIGPIPE when https is used.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Any HTTP status is a response. Throws Error(retry) naming the URL's host and port and libcurl's
  // reason when there is none, Error(fix_config) when the URL is none of http or https; in_doubt()
  // is true when the request was sent, at least in part, before it failed. No stop token is
  // watched: use abort().
  ClientResponse get(const std::string& url);
  // Sends `body`, in parts one after the other (so that a header can be put before rows without
  // copying them), with Content-Length and without `Expect`. The parts must stay until it returns.
  ClientResponse post(const std::string& url, std::string_view content_type,
                      std::span<const std::string_view> body);

  // From any thread: a running call ends at once with Error(retry), and so does every later one.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::http
