// What Kinetica does not have: paths under /debug/ for whoever tests a client against this server.
// JSON in and out; a wrong request is HTTP 400 with {"message": ...}. docs/server.md tells each.
#pragma once

#include "http/server.h"
#include "server/database.h"

namespace kc::server {

// A request for a path under /debug/ that came to `rank`. Does not throw.
http::ServerResponse answer_debug(Database& database, const http::ServerRequest& request,
                                  size_t rank);

}  // namespace kc::server
