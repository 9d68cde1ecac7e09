// The resources below /connectors that answer questions (ConnectorsResource of stock Connect).
//
//   GET /connectors                      ["a","b"]
//   GET /connectors?expand=info&expand=status
//                                        {"a":{"info":{...},"status":{...}}}
//   GET /connectors/{c}                  {"name","config","tasks":[{"connector","task"}],"type"}
//   GET /connectors/{c}/config           {"name":...}
//   GET /connectors/{c}/status           {"name","connector":{"state","worker_id"[,"trace"]},
//                                         "tasks":[{"id","state","worker_id"[,"trace"]}],"type"}
//   GET /connectors/{c}/tasks            [{"id":{"connector","task"},"config":{...}}]
//   GET /connectors/{c}/tasks/{t}/status {"id","state","worker_id"[,"trace"]}
#pragma once

#include <optional>
#include <span>
#include <string>

#include "http/server.h"
#include "rest/connector_queries.h"

namespace kc::rest {

// True when `path`, the decoded segments after /connectors, is one of the above.
bool is_connectors_path(std::span<const std::string> path);

// Answers a GET of such a path. `worker_id` is host:port of this worker, which runs everything.
http::ServerResponse get_connectors(std::span<const std::string> path,
                                    const http::ServerRequest& request, ConnectorQueries& queries,
                                    const std::string& worker_id);

}  // namespace kc::rest
