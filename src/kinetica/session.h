// Exchanges of messages with a database: one HTTP client, the ring of clusters, and what becomes of
// failures. Knows nothing of tables.
//
// A call goes to the cluster in use. When that cannot be reached or says that it is in trouble, the
// next cluster is asked for its status and, if it is running and not draining, comes into use; the
// call is repeated there if it certainly did nothing or may be repeated. When all clusters were
// tried, the call fails with Error(retry). The primary is returned to when it is back. (ClusterRing
// has the rules.)
//
// One thread at a time, abort() apart.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/client.h"
#include "kinetica/client_settings.h"
#include "kinetica/cluster_ring.h"
#include "wire/insert_body.h"
#include "wire/message_codec.h"

namespace kc::kinetica {

using http::Repeat;

// A request to one rank of the cluster in use.
struct RankRequest {
  std::string base_url;
  std::span<const std::string_view> body;
};

// Its answer: the response's bytes, or the error.
struct RankAnswer {
  http::ClientResponse answer;
  std::string_view response;  // points into `answer`; moving this may invalidate it
  std::optional<base::Error> error;
};

class Session {
 public:
  explicit Session(const ClientSettings& settings);

  // The cluster in use.
  const Url& cluster() const { return ring_.current(); }
  // Changes when another cluster comes into use: what was learnt of the one before is void.
  uint64_t cluster_switches() const { return ring_.switches(); }

  // The response to `body`; valid until the next call. Error(retry) is in_doubt() when a request
  // that may not be repeated could have been carried out.
  std::string_view post(std::string_view endpoint, std::span<const std::string_view> body,
                        Repeat repeat);

  template <typename Response, typename Request>
  Response call(const Request& request, Repeat repeat = Repeat::harmless) {
    const std::string body = wire::encode(request);
    const std::array<std::string_view, 1> parts{body};
    return wire::decode<Response>(post(Request::endpoint, parts, repeat));
  }

  // All at once and never repeated. Nothing of it changes the cluster in use.
  std::vector<RankAnswer> post_to_ranks(std::string_view endpoint,
                                        std::span<const RankRequest> requests);

  // Throws Error(retry) unless the database says that it is running.
  void check_running();

  void set_timeout(std::chrono::milliseconds timeout);
  void abort();
  bool aborted() const { return aborted_; }

 private:
  void prepare_cluster();
  void discover();
  void check_status(const Url& url);
  std::string_view exchange(const Url& url, std::string_view endpoint,
                            std::span<const std::string_view> body, Repeat repeat);

  const bool compress_;
  const bool discover_clusters_;
  std::chrono::milliseconds timeout_;
  bool discovered_ = false;
  ClusterRing ring_;
  http::Client http_;
  http::ClientResponse answer_;  // of the latest call
  std::string compressed_;       // reused
  std::atomic<bool> aborted_ = false;
};

}  // namespace kc::kinetica
