#include "server/server.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "base/log.h"
#include "main/commands.h"
#include "main/signals.h"

namespace kc::main {
namespace {

constexpr uint64_t memory_limit_bytes_min = uint64_t{1} << 20;

struct Address {
  std::string host;
  uint16_t port;
};

Address parse_address(const std::string& text) {
  const size_t colon = text.rfind(':');
  uint16_t port = 0;
  if (colon != std::string::npos) {
    const char* const begin = text.data() + colon + 1;
    const char* const end = text.data() + text.size();
    const auto [last, error] = std::from_chars(begin, end, port);
    if (error == std::errc() && last == end && begin != end) {
      const bool bracketed = text.front() == '[' && colon >= 2 && text[colon - 1] == ']';
      if (bracketed) return {text.substr(1, colon - 2), port};
      return {colon == 0 ? "0.0.0.0" : text.substr(0, colon), port};
    }
  }
  throw base::Error(base::Reaction::fix_config,
                    "--listen {}: give HOST:PORT, for example 127.0.0.1:9191", text);
}

}  // namespace

int run_server(const ServerOptions& options) {
  if (options.memory_limit_bytes < memory_limit_bytes_min) {
    throw base::Error(base::Reaction::fix_config,
                      "--memory-limit {}: at least 1M is needed. Hint: give a size such as 512M or "
                      "8G",
                      options.memory_limit_bytes);
  }
  const Address address = parse_address(options.listen);
  server::ServerOptions settings;
  settings.host = address.host;
  settings.port = address.port;
  settings.advertised_host = options.advertised_host;
  if (!options.users_file.empty()) {
    settings.users = server::Users::from_file(options.users_file);
  } else if (const char* const users = std::getenv("KINETICA_USERS")) {
    settings.users = server::Users(users, "KINETICA_USERS");
  }
  settings.tls = {options.tls_certificate_file, options.tls_key_file, options.tls_client_ca_file};
  settings.ha_ring = options.ha_ring;
  settings.ranks = options.ranks;
  settings.rank_ports = options.rank_ports;
  settings.monitor_port = options.monitor_port;
  settings.memory_limit_bytes = options.memory_limit_bytes;
  settings.data_dir = options.data_dir;
  settings.data_synced = options.data_synced;
  settings.kinetica = server::kinetica_version(options.kinetica_version);
  server::Server server(settings);
  base::log_info("Kinetica-compatible server at {}, table monitors at port {}", server.url(),
                 server.monitor_port());
  std::printf("ready %s\n", server.url().c_str());
  std::fflush(stdout);
  wait_for_signal();
  return 0;
}

}  // namespace kc::main
