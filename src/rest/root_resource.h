// GET / : which worker this is (RootResource, ServerInfo of stock Connect).
#pragma once

#include <optional>
#include <string>

#include "http/server.h"

namespace kc::rest {

struct ServerInfo {
  std::string version;
  std::string commit;
  std::optional<std::string> kafka_cluster_id;  // null in the answer when not known
};

// {"version":"...","commit":"...","kafka_cluster_id":"..."}
http::ServerResponse get_root(const ServerInfo& info);

}  // namespace kc::rest
