// GET / : which worker this is (RootResource, ServerInfo of stock Connect).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "http/server.h"

namespace kc::rest {

struct ServerInfo {
  std::string version;
  std::string commit;
  // Nothing (null in the answer) while no broker has told it. Called on a request's thread.
  std::function<std::optional<std::string>()> kafka_cluster_id;
};

// {"version":"...","commit":"...","kafka_cluster_id":"..."}
http::ServerResponse get_root(const ServerInfo& info);

}  // namespace kc::rest
