#include "kinetica/session.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/log.h"
#include "base/version.h"
#include "kinetica/answers.h"
#include "kinetica/compression.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds connect_timeout_max{5000};
// For asking a primary that is away whether it is back, while others wait.
constexpr milliseconds status_timeout_max{2000};
constexpr std::string_view avro_content_type = "application/octet-stream";
constexpr std::string_view snappy_content_type = "application/x-snappy";

http::ClientOptions http_options(const ClientSettings& settings) {
  http::ClientOptions options;
  options.timeout = settings.timeout;
  options.connect_timeout = settings.timeout.count() > 0
                                ? std::min(settings.timeout, connect_timeout_max)
                                : connect_timeout_max;
  options.user_agent = fmt::format("kinetica-connect/{}", base::version());
  options.username = settings.username;
  options.password = settings.password.reveal();
  options.bearer_token = settings.token.reveal();
  options.tls = settings.tls;
  return options;
}

// The text at `name` in the JSON object that the status map has for `entry`.
std::string status_of(const wire::Options& map, const char* entry, const char* name) {
  const auto found = map.find(entry);
  if (found == map.end()) return {};
  const auto json = nlohmann::json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return {};
  return json[name].get<std::string>();
}

}  // namespace

Session::Session(const ClientSettings& settings)
    : compress_(settings.compress),
      discover_clusters_(settings.discover_clusters),
      timeout_(settings.timeout),
      ring_(settings),
      http_(http_options(settings)) {}

// One exchange with one address. An Error(retry) says whether the request may have been carried
// out.
std::string_view Session::exchange(const Url& url, std::string_view endpoint,
                                   std::span<const std::string_view> body, Repeat repeat) {
  const std::string address = url.address();
  const bool compressed = compress_ && endpoint == wire::InsertRecordsRequest::endpoint;
  std::array<std::string_view, 1> one;
  if (compressed) {
    snappy_compress(body, compressed_);
    one = {compressed_};
    body = one;
  }
  answer_.status = 0;
  try {
    answer_ = http_.post(url.base() + std::string(endpoint),
                         compressed ? snappy_content_type : avro_content_type, body, repeat);
    return response_in(answer_, address, endpoint);
  } catch (const Error& error) {
    if (error.reaction() != Reaction::retry) throw;
    // An answer came, so the request went out; without one the transport knows.
    const bool sent = answer_.status != 0 || error.in_doubt();
    Error failure(Reaction::retry,
                  answer_.status != 0
                      ? error.what()
                      : fmt::format("Kinetica at {} cannot be reached: {}", address, error.what()));
    if (sent && repeat == Repeat::never) throw std::move(failure).with_in_doubt();
    throw failure;
  }
}

std::string_view Session::post(std::string_view endpoint, std::span<const std::string_view> body,
                               Repeat repeat) {
  prepare_cluster();
  for (size_t attempt = 1;; ++attempt) {
    try {
      if (ring_.unchecked()) {
        check_status(ring_.current());
        ring_.set_checked();
      }
      return exchange(ring_.current(), endpoint, body, repeat);
    } catch (const Error& error) {
      if (error.reaction() != Reaction::retry || aborted_) throw;
      const std::string left = ring_.current().address();
      ring_.leave_current(steady_clock::now());
      if (ring_.size() > 1) {
        base::log_warn("Kinetica at {} is left for {}: {}", left, ring_.current().address(),
                       error.what());
      }
      if (error.in_doubt() || attempt >= ring_.size()) throw;
    }
  }
}

// Before a call: the primary again if it is back, and the ring's other clusters if they are to be
// asked for.
void Session::prepare_cluster() {
  if (discover_clusters_ && !discovered_ && !aborted_) discover();
  const Url* const primary = ring_.primary_to_check(steady_clock::now());
  if (primary == nullptr || aborted_) return;
  http_.set_timeout(timeout_.count() > 0 ? std::min(timeout_, status_timeout_max)
                                         : status_timeout_max);
  try {
    check_status(*primary);
    base::log_info("Kinetica at {} is back and used again", primary->address());
    ring_.primary_is_back();
  } catch (const Error& error) {
    base::log_debug("The primary cluster is not back yet: {}", error.what());
    ring_.primary_is_away(steady_clock::now());
  }
  http_.set_timeout(timeout_);
}

void Session::discover() {
  const std::string body = wire::encode(wire::ShowSystemPropertiesRequest{});
  const std::array<std::string_view, 1> parts{body};
  try {
    const auto response = wire::decode<wire::ShowSystemPropertiesResponse>(exchange(
        ring_.current(), wire::ShowSystemPropertiesRequest::endpoint, parts, Repeat::harmless));
    discovered_ = true;
    const auto& map = response.property_map;
    const auto enabled = map.find("conf.enable_ha");
    const auto nodes = map.find("conf.ha_ring_head_nodes_full");
    const auto old_nodes = map.find("conf.ha_ring_head_nodes");
    if (enabled == map.end() || enabled->second != "TRUE") return;
    if (nodes != map.end()) {
      ring_.add_discovered(nodes->second);
    } else if (old_nodes != map.end()) {
      // 7.0 names one address of each cluster, separated by commas.
      std::string list = old_nodes->second;
      std::ranges::replace(list, ',', ';');
      ring_.add_discovered(list);
    }
  } catch (const Error& error) {
    // The call that follows says what is wrong, and another cluster may be asked later.
    base::log_debug("The ring's clusters cannot be asked for now: {}", error.what());
  }
}

void Session::check_status(const Url& url) {
  const std::string body = wire::encode(wire::ShowSystemStatusRequest{});
  const std::array<std::string_view, 1> parts{body};
  wire::ShowSystemStatusResponse response;
  try {
    response = wire::decode<wire::ShowSystemStatusResponse>(
        exchange(url, wire::ShowSystemStatusRequest::endpoint, parts, Repeat::harmless));
  } catch (const Error& error) {
    // One of several clusters may be any other service just now, say a proxy's page; who we are is
    // a matter of the configuration.
    if (ring_.size() < 2 || answer_.status == 401 || answer_.status == 403) throw;
    throw Error(Reaction::retry, error.what());
  }
  const auto& map = response.status_map;
  if (status_of(map, "system", "status") != "running") {
    const auto system = map.find("system");
    throw Error(Reaction::retry, "Kinetica at {} is not running yet; its status is `{}`",
                url.address(), system == map.end() ? "" : quote(system->second));
  }
  if (status_of(map, "ha_status", "drained") == "draining") {
    throw Error(Reaction::retry, "Kinetica at {} is still taking over what it missed (draining)",
                url.address());
  }
}

void Session::check_running() {
  prepare_cluster();
  for (size_t attempt = 1;; ++attempt) {
    try {
      check_status(ring_.current());
      return ring_.set_checked();
    } catch (const Error& error) {
      if (error.reaction() != Reaction::retry || aborted_) throw;
      ring_.leave_current(steady_clock::now());
      if (attempt >= ring_.size()) throw;
    }
  }
}

std::vector<RankAnswer> Session::post_to_ranks(std::string_view endpoint,
                                               std::span<const RankRequest> requests) {
  const bool compressed = compress_ && endpoint == wire::InsertRecordsRequest::endpoint;
  std::vector<std::string> bodies(compressed ? requests.size() : 0);
  std::vector<std::string_view> views(bodies.size());
  std::vector<http::PostRequest> posts;
  for (size_t i = 0; i < requests.size(); ++i) {
    std::span<const std::string_view> body = requests[i].body;
    if (compressed) {
      snappy_compress(body, bodies[i]);
      views[i] = bodies[i];
      body = {&views[i], 1};
    }
    posts.push_back({requests[i].base_url + std::string(endpoint),
                     compressed ? snappy_content_type : avro_content_type, body, Repeat::never});
  }
  auto results = http_.post_all(posts);
  std::vector<RankAnswer> answers(results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].error) {
      answers[i].error = std::move(results[i].error);
      continue;
    }
    answers[i].answer = std::move(results[i].response);
    try {
      answers[i].response = response_in(answers[i].answer, requests[i].base_url, endpoint);
    } catch (const Error& error) {
      answers[i].error = error;
      if (error.reaction() == Reaction::retry) {
        answers[i].error = Error(Reaction::retry, error.what()).with_in_doubt();
      }
    }
  }
  return answers;
}

void Session::set_timeout(milliseconds timeout) {
  timeout_ = timeout;
  http_.set_timeout(timeout);
}

void Session::abort() {
  aborted_ = true;
  http_.abort();
}

}  // namespace kc::kinetica
