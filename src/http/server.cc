#include "http/server.h"

#include <fmt/core.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <exception>
#include <limits>
#include <optional>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/guarded.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/connection_threads.h"

namespace kc::http {

using base::Error;
using base::Reaction;

namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// What one thread works on: httplib calls its handlers without the connection.
struct Exchange {
  Connection& connection;
  ServerRequest request;  // reused from request to request, for the body's storage
  bool last = false;      // close after the answer
  bool unread = false;    // the request has not been read to its end
  bool dropped = false;   // close without the answer
  bool answered = false;  // somebody has an answer to this request
};
thread_local Exchange* current_exchange = nullptr;

// Before routing: what httplib would do with these headers is not wanted.
void prepare(httplib::Request& request, Exchange& exchange) {
  request.headers.erase("Accept-Encoding");  // no compression
  request.ranges.clear();
  exchange.unread = false;
  exchange.last = request.version == "HTTP/1.0" ||
                  equal_ignoring_case(request.get_header_value("Connection"), "close");
  if (exchange.last) {
    request.headers.erase("Connection");
    request.headers.emplace("Connection", "close");
  }
}

void copy_head(const httplib::Request& from, ServerRequest& to) {
  to.method = from.method;
  to.path = from.path;
  to.target = from.target;
  to.query.assign(from.params.begin(), from.params.end());
  to.headers.clear();
  for (const auto& [name, value] : from.headers) {
    // httplib's own additions.
    const bool added = name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" ||
                       name == "LOCAL_PORT";
    if (!added) to.headers.emplace_back(name, value);
  }
}

BodyOutcome read_body(Exchange& exchange, size_t bytes_max) {
  auto& request = exchange.request;
  const auto* encoding = request.header("Transfer-Encoding");
  if (encoding && equal_ignoring_case(*encoding, "chunked")) {
    return exchange.connection.read_chunked_body(bytes_max, request.body);
  }
  if (encoding) return BodyOutcome::malformed;
  size_t length = 0;
  if (const auto* text = request.header("Content-Length")) {
    // Whoever stands between could have believed the other one.
    const bool another = std::ranges::any_of(request.headers, [&](const auto& header) {
      return equal_ignoring_case(header.first, "Content-Length") && header.second != *text;
    });
    if (another) return BodyOutcome::malformed;
    const char* end = text->data() + text->size();
    const auto number = std::from_chars(text->data(), end, length);
    if (number.ec == std::errc::result_out_of_range) return BodyOutcome::too_long;
    if (number.ec != std::errc() || number.ptr != end) return BodyOutcome::malformed;
  }
  return exchange.connection.read_body(length, bytes_max, request.body);
}

ServerResponse text_response(int status, std::string text) {
  return {status, "text/plain", std::move(text), {}};
}

ServerResponse call(const Server::Handler& handler, const ServerRequest& request) {
  try {
    return handler(request);
  } catch (const std::exception& e) {
    base::log_error("The answer to {} {} failed: {}", request.method, request.path, e.what());
  } catch (...) {
    base::log_error("The answer to {} {} failed", request.method, request.path);
  }
  return text_response(500, "Internal Server Error");
}

// What is wrong with a body that is not complete.
std::pair<int, std::string> describe(BodyOutcome outcome, const ServerOptions& options) {
  switch (outcome) {
    case BodyOutcome::too_long:
      return {413, fmt::format("The body is longer than {} bytes", options.body_bytes_max)};
    case BodyOutcome::no_room:
      return {503, fmt::format("The bodies of all requests together are longer than {} bytes",
                               options.bodies_bytes_max)};
    case BodyOutcome::timed_out:
      return {408, "The body came too slowly"};
    default:
      return {400, "The request's body cannot be read"};
  }
}

const char* status_text(int status) {
  switch (status) {
    case 408:
      return "Request Timeout";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Bad Request";
  }
}

const char* describe_head_failure(int status) {
  switch (status) {
    case 408:
      return "The request's head came too slowly";
    case 414:
      return "The request line is longer than 8 KiB";
    case 431:
      return "The request's head is longer than 64 KiB";
    default:
      return "This is not an HTTP request, or it ended too early";
  }
}

ServerResponse refuse(const ServerOptions& options, int status, const std::string& reason) {
  if (options.refusal) return options.refusal(status, reason);
  return text_response(status, reason);
}

ServerResponse answer(Exchange& exchange, const Server::Handler& handler,
                      const ServerOptions& options) {
  const auto outcome = read_body(exchange, options.body_bytes_max);
  if (outcome == BodyOutcome::complete) return call(handler, exchange.request);
  exchange.last = true;
  exchange.unread = outcome != BodyOutcome::lost;
  const auto [status, reason] = describe(outcome, options);
  return refuse(options, status, reason);
}

void copy_response(ServerResponse& from, bool last, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (last) to.set_header("Connection", "close");
  if (from.body.empty()) return;
  to.set_header("Content-Type", from.content_type);
  to.body = std::move(from.body);
}

// "[::1]:80" or "127.0.0.1:80".
std::string address(const std::string& host, int port) {
  const bool ipv6 = host.find(':') != std::string::npos;
  return ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

const std::string* ServerRequest::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return equal_ignoring_case(header.first, name);
  });
  return found == headers.end() ? nullptr : &found->second;
}

// httplib binds, parses heads and writes answers; accepting, waiting, bodies and the end are ours.
struct Server::Impl final : httplib::Server {
  Impl(ServerOptions given, http::Server::Handler handler);
  ~Impl() override;

  void bind();
  void start();
  void accept_connections();
  void serve_connection(int socket);
  void serve(Exchange& exchange);
  void send_refusal(Connection& connection, int status);

  ServerOptions options;
  http::Server::Handler handle;
  int port = 0;
  std::string url;
  std::atomic<bool> stopping = false;
  std::atomic<size_t> waiting = 0;
  BodyBudget bodies{options.bodies_bytes_max};
  std::optional<TlsContext> tls;
  base::Guarded<std::set<int>> sockets;  // open ones, to be shut down at the end
  std::thread listener;
};

Server::Impl::Impl(ServerOptions given, http::Server::Handler handler)
    : options(std::move(given)), handle(std::move(handler)) {
  if (!options.tls.empty()) tls.emplace(options.tls);
  // httplib's own sets SO_REUSEPORT, with which two programs could share a port unnoticed.
  set_socket_options([](socket_t socket) {
    const int on = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  set_keep_alive_timeout(300);
  set_keep_alive_max_count(std::numeric_limits<int>::max());
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    auto& exchange = *current_exchange;
    copy_head(request, exchange.request);
    exchange.answered = true;
    auto result = answer(exchange, handle, options);
    exchange.dropped = result.drop_connection;
    copy_response(result, exchange.last, response);
    return HandlerResponse::Handled;
  });
  // httplib's own refusals of a head.
  set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    if (std::exchange(current_exchange->answered, true)) return;
    const int status = current_exchange->connection.head_failure().value_or(400);
    if (response.status == 400) response.status = status;
    auto result = refuse(options, response.status, describe_head_failure(response.status));
    copy_response(result, true, response);
  });
  bind();
  start();
}

void Server::Impl::bind() {
  const auto host = options.host.empty() ? std::string("0.0.0.0") : options.host;
  errno = 0;
  if (options.port == 0) {
    port = bind_to_any_port(host, AI_PASSIVE);
  } else {
    port = bind_to_port(host, options.port, AI_PASSIVE) ? options.port : -1;
  }
  if (port <= 0) {
    const int code = errno;
    throw Error(Reaction::fix_config,
                "Cannot listen on {}: {}. Choose another port (0 takes a free one) or an address "
                "of this machine, or stop the program that has it",
                address(host, options.port), code ? std::strerror(code) : "not an address");
  }
  // httplib's backlog of 5 makes clients that come together wait for a second.
  ::listen(svr_sock_, 128);
  const bool wildcard = host == "0.0.0.0" || host == "::";
  url = (tls ? "https://" : "http://") + address(wildcard ? "127.0.0.1" : host, port);
}

void Server::Impl::start() {
  // Signals are for the main thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  listener = std::thread([this] { accept_connections(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Server::Impl::~Impl() {
  stopping = true;
  // Ends waits for a request at once; answers can still be written.
  sockets.with([](auto& open) {
    for (const auto socket : open) ::shutdown(socket, SHUT_RD);
  });
  ::shutdown(svr_sock_, SHUT_RDWR);  // ends accept()
  listener.join();
  ::close(svr_sock_);
}

// Not httplib's loop: that one stops listening for ever when accept() tells of an error of the one
// connection (see accept(2)) or of a machine short of descriptors or memory.
void Server::Impl::accept_connections() {
  constexpr int pause_ms = 10;
  ConnectionThreads threads(options.threads, waiting);
  for (bool accepting = true; !stopping;) {
    const int socket = ::accept4(svr_sock_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      accepting = true;
      if (!threads.run([this, socket] { serve_connection(socket); })) ::close(socket);
    } else if (!stopping) {
      if (std::exchange(accepting, false)) {
        base::log_error("No connection can be accepted on {}, trying again: {}", url,
                        std::strerror(errno));
      }
      ::poll(nullptr, 0, pause_ms);
    }
  }
}

void Server::Impl::serve_connection(int socket) {
  const ConnectionShared shared{stopping, [this] { return waiting > 0; }, bodies,
                                tls ? &*tls : nullptr};
  Connection connection(socket, shared);
  // Under the lock, so that the destructor either sees the socket or is seen here.
  const bool serving = sockets.with([&](auto& open) {
    if (!stopping) open.insert(socket);
    return !stopping;
  });
  if (!serving) return;
  Exchange exchange{connection, {}};
  current_exchange = &exchange;
  if (connection.open()) serve(exchange);
  current_exchange = nullptr;
  if (exchange.unread) connection.drain();
  sockets.with([&](auto& open) { open.erase(socket); });
}

void Server::Impl::serve(Exchange& exchange) {
  constexpr std::chrono::minutes idle_max{5};
  constexpr size_t kept_body_bytes_max = size_t{4} << 20;
  Connection& connection = exchange.connection;
  while (connection.wait_for_request(idle_max)) {
    // A head that httplib refuses comes past nothing of ours, and what follows it is out of step.
    exchange.last = exchange.unread = true;
    exchange.answered = false;
    bool closed = false;
    const bool going = process_request(
        connection, false, closed, [&](httplib::Request& request) { prepare(request, exchange); });
    connection.release_body();
    if (exchange.dropped) return;
    if (const auto status = connection.head_failure(); status && !exchange.answered) {
      send_refusal(connection, *status);
    }
    if (!connection.flush() || !going || closed || exchange.last) return;
    if (exchange.request.body.size() > kept_body_bytes_max) exchange.request.body = {};
  }
}

// For a head that httplib gives up without a word.
void Server::Impl::send_refusal(Connection& connection, int status) {
  const auto refusal = refuse(options, status, describe_head_failure(status));
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nConnection: close\r\nContent-Type: {}\r\n",
                                 status, status_text(status), refusal.content_type);
  for (const auto& [name, value] : refusal.headers) text += name + ": " + value + "\r\n";
  text += fmt::format("Content-Length: {}\r\n\r\n{}", refusal.body.size(), refusal.body);
  connection.write(text.data(), text.size());
}

Server::Server(ServerOptions options, Handler handler)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler))) {}
Server::~Server() = default;

uint16_t Server::port() const { return static_cast<uint16_t>(impl_->port); }
const std::string& Server::url() const { return impl_->url; }

}  // namespace kc::http
