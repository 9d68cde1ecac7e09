// The HTTP listeners of a server: the head, which is rank 0, and one for each worker rank.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/server.h"
#include "server/server.h"

namespace kc::server {

class Listeners {
 public:
  using Handler = std::function<http::ServerResponse(const http::ServerRequest&, size_t rank)>;

  struct Listener {
    std::string url;      // as clients are told
    bool open = false;    // false: connections are refused, as by a rank that has died
    bool listed = false;  // among the worker URLs that clients are told
  };

  // `options` outlives it. Nobody listens yet.
  explicit Listeners(const ServerOptions& options);
  ~Listeners();

  // Opens all. Throws Error(fix_config) naming the address that cannot be had.
  void open_all(Handler handler);
  // Waits for running requests, as http::Server does. Afterwards nobody calls the handler.
  void close_all();

  // By rank; empty before open_all().
  std::vector<Listener> all() const;
  uint16_t port(size_t rank) const;

  // A rank dies, and comes back on the same port. `listed` false takes it out of the list that
  // clients are told. Not from a request on that same rank: closing waits for it. Throws
  // Error(fail_task) for rank 0 and ranks that are not there, Error(fix_config) when the port has
  // been taken meanwhile.
  void close(size_t rank, bool listed);
  void reopen(size_t rank);

 private:
  struct Rank {
    std::unique_ptr<http::Server> http;
    uint16_t port = 0;
    Listener listener;
  };
  std::unique_ptr<http::Server> listen(size_t rank, uint16_t port);
  std::string advertised_url(const http::Server& http) const;
  void check_is_worker(size_t rank) const;

  const ServerOptions& options_;
  Handler handler_;
  mutable std::mutex mutex_;
  std::vector<Rank> ranks_;
};

}  // namespace kc::server
