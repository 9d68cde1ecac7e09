#include "rest/rest_server.h"

#include <fmt/core.h>
#include <netdb.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <memory>
#include <regex>

#include "base/error.h"
#include "base/log.h"
#include "rest/answer.h"
#include "rest/connectors_resource.h"

namespace kc::rest {

using base::Error;
using base::Reaction;

namespace {

constexpr uint16_t default_port = 8083;

std::optional<uint16_t> port_of(std::string_view text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, port);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return port;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() <= ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() <= ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

// The decoded segments of a request's target. From the target and not from the decoded path, so
// that a %2F in a connector's name stays in it.
std::vector<std::string> segments(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  std::vector<std::string> result;
  for (const auto segment : split(target, '/')) result.push_back(decode(segment));
  if (!result.empty()) result.erase(result.begin());  // before the first slash
  if (!result.empty() && result.back().empty()) result.pop_back();
  return result;
}

bool is_json(std::string_view media_type) {
  media_type = trim(media_type.substr(0, media_type.find(';')));
  constexpr std::string_view json = "application/json";
  return media_type.size() == json.size() &&
         strncasecmp(media_type.data(), json.data(), json.size()) == 0;
}

bool accepts_json(const http::ServerRequest& request) {
  const auto* accept = request.header("Accept");
  if (!accept || trim(*accept).empty()) return true;
  const auto ranges = split(*accept, ',');
  return std::any_of(ranges.begin(), ranges.end(), [](std::string_view range) {
    const auto type = trim(range.substr(0, range.find(';')));
    return type == "*/*" || type == "application/*" || type == "*" || is_json(type);
  });
}

// As InetAddress.getLocalHost: the address of the machine's name; the loopback when it has none.
std::string machine_address() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "127.0.0.1";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (getaddrinfo(name.data(), nullptr, &hints, &found) != 0) return "127.0.0.1";
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::array<char, NI_MAXHOST> address{};
  const int failure = getnameinfo(found->ai_addr, found->ai_addrlen, address.data(), address.size(),
                                  nullptr, 0, NI_NUMERICHOST);
  return failure ? "127.0.0.1" : address.data();
}

bool is_wildcard(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

http::ServerResponse options_answer(int status) {
  auto answer = status == 200 ? http::ServerResponse{} : error_answer(status);
  answer.headers.emplace_back("Allow", "GET,HEAD,OPTIONS");
  return answer;
}

// In Prometheus' text format, whatever the client accepts: it has no other.
http::ServerResponse metrics_answer(const http::ServerRequest& request,
                                    const std::function<std::string()>& metrics) {
  if (request.method == "OPTIONS") return options_answer(200);
  if (request.method != "GET" && request.method != "HEAD") return options_answer(405);
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics(), {}};
}

}  // namespace

Listener parse_listener(std::string_view text) {
  static const std::regex form(R"(^(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+))");
  constexpr size_t listener_bytes_max = 1024;  // std::regex recurses
  const std::string listener(trim(text));
  std::smatch match;
  if (listener.size() > listener_bytes_max || !std::regex_match(listener, match, form)) {
    throw Error(Reaction::fix_config,
                "The listener {} doesn't have the right format (protocol://hostname:port). Write "
                "http://:{} for all interfaces",
                listener, default_port);
  }
  const auto protocol = match[1].str();
  if (strcasecmp(protocol.c_str(), "https") == 0) {
    throw Error(Reaction::fix_config,
                "The listener {} asks for https, which is not supported. Use http, on the loopback "
                "or behind a proxy that ends TLS",
                listener);
  }
  if (strcasecmp(protocol.c_str(), "http") != 0) {
    throw Error(Reaction::fix_config, "The listener {} has the protocol {}; it must be http",
                listener, protocol);
  }
  const auto port = port_of(match[3].str());
  if (!port) {
    throw Error(Reaction::fix_config,
                "The listener {} has the port {}; it must be between 0 (any free one) and 65535",
                listener, match[3].str());
  }
  return {match[2].str(), *port};
}

std::vector<Listener> listeners_of(const config::Properties& worker) {
  std::vector<Listener> listeners;
  const auto* text = worker.find("listeners");
  if (text && !trim(*text).empty()) {
    for (const auto listener : split(*text, ',')) listeners.push_back(parse_listener(listener));
    return listeners;
  }
  const std::string port(trim(worker.get("rest.port", fmt::format("{}", default_port))));
  return {parse_listener(fmt::format("http://{}:{}", trim(worker.get("rest.host.name")), port))};
}

RestServer::RestServer(RestOptions options, ConnectorQueries& queries)
    : options_(std::move(options)), queries_(queries) {
  assert(!options_.listeners.empty());
  try {
    listen();
  } catch (...) {
    ready_.count_down();  // requests may be waiting, and the servers wait for them
    throw;
  }
  ready_.count_down();
  base::log_info("REST resources initialized; server is started and ready to handle requests at {}",
                 url());
}

RestServer::~RestServer() = default;

const std::string& RestServer::url() const { return servers_.front()->url(); }

void RestServer::listen() {
  for (const auto& listener : options_.listeners) {
    http::ServerOptions options;
    options.host = listener.host;
    options.port = listener.port;
    options.body_bytes_max = size_t{8} << 20;
    servers_.push_back(std::make_unique<http::Server>(
        options, [this](const http::ServerRequest& request) { return answer(request); }));
  }
  const auto& first = options_.listeners.front();
  auto host = options_.advertised_host;
  if (host.empty()) host = is_wildcard(first.host) ? machine_address() : first.host;
  worker_id_ =
      fmt::format("{}:{}", host, options_.advertised_port.value_or(servers_.front()->port()));
}

http::ServerResponse RestServer::answer(const http::ServerRequest& request) {
  ready_.wait();
  try {
    return dispatch(request);
  } catch (const std::exception& e) {
    base::log_error("Uncaught exception in REST call to {}: {}", request.path, e.what());
    return error_answer(500, e.what());
  }
}

http::ServerResponse RestServer::dispatch(const http::ServerRequest& request) {
  const auto path = segments(request.target);
  const bool root = path.empty();
  if (options_.metrics && path.size() == 1 && path[0] == "metrics") {
    return metrics_answer(request, options_.metrics);
  }
  const std::span<const std::string> rest = std::span(path).subspan(root ? 0 : 1);
  if (!root && (path[0] != "connectors" || !is_connectors_path(rest))) return error_answer(404);
  if (request.method == "OPTIONS") return options_answer(200);
  if (request.method != "GET" && request.method != "HEAD") return options_answer(405);
  const auto* content_type = request.header("Content-Type");
  if (!request.body.empty() && content_type && !is_json(*content_type)) return error_answer(415);
  if (!accepts_json(request)) return error_answer(406);
  return root ? get_root(options_.info) : get_connectors(rest, request, queries_, worker_id_);
}

}  // namespace kc::rest
