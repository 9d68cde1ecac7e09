// An embedded database that speaks Kinetica's protocol, for tests, demos and benchmarks: types,
// tables in memory, inserts, reads, SQL, table monitors. Kinetica's official clients accept it.
// Without `data_dir` nothing is kept when it ends. Each file in endpoints/ says what it leaves out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/tls.h"
#include "server/kinetica_version.h"
#include "server/network/users.h"

namespace kc::server {

class Faults;

struct ServerOptions {
  std::string host = "127.0.0.1";  // for HTTP and for table monitors
  uint16_t port = 0;               // 0: the kernel chooses
  // Host name or address in the URLs that clients are told; empty: `host`, or 127.0.0.1 where
  // that is a wildcard.
  std::string advertised_host{};
  // HTTPS on the head and every rank; table monitors stay as they are.
  http::ServerTlsOptions tls{};
  // Who may call; nobody is asked where there are none.
  Users users{};
  // The head URLs of the clusters that are told as one high-availability ring, this server's own
  // among them or not. Empty: none. Members share nothing: a client that fails over finds there
  // what was written there.
  std::vector<std::string> ha_ring{};
  // Worker ranks, each with an HTTP port of its own: `rank_ports`, or those after `port`, or the
  // kernel's choice when `port` is 0. With 0 clients send everything to `port`. At most
  // RoutingTable::ranks_max.
  size_t ranks = 0;
  std::vector<uint16_t> rank_ports{};
  uint16_t monitor_port = 0;  // 0: the kernel chooses
  size_t threads = 256;       // connections served at once
  // For all rows together, with what the server needs to find them; requests on their way come on
  // top. An insert beyond is refused with HTTP 400.
  size_t memory_limit_bytes = size_t{8} << 30;
  // The most that one /get/records returns, as the real database's max_get_records_size.
  int64_t get_records_max = 20'000;
  KineticaVersion kinetica{};
  // Folder for types, schemas, tables and rows, which are there again at the next start; empty:
  // nothing is kept. What was answered survives the end of the process. See journal.h.
  std::string data_dir{};
  bool data_synced = false;  // it survives a power cut as well: slow
};

// Listens from construction to destruction. Owns its threads. Methods are for any thread.
class Server {
 public:
  // Throws Error(fix_config) when an address cannot be had.
  explicit Server(ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string url() const;  // http://HOST:PORT
  uint16_t port() const;
  std::string rank_url(size_t rank) const;  // 0 is the head
  uint16_t monitor_port() const;
  std::string monitor_endpoint() const;  // tcp://HOST:PORT

  // In place of ServerOptions::ha_ring, for servers that know each other's ports only once they
  // listen.
  void set_ha_ring(std::vector<std::string> head_urls);

  // Failures on demand; also by POST /debug/faults.
  Faults& faults();

  // What tests wait for: subscriptions to the monitors of a table at this moment (also by
  // GET /debug/monitors), and the rows of a table, 0 when there is none.
  size_t subscribers(const std::string& table_name) const;
  size_t rows(const std::string& table_name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::server
