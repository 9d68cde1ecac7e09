// /show/security, which the JDBC driver asks before it inserts: nobody has roles or permissions of
// their own here, whoever may connect may do everything.
#include "server/endpoint.h"

namespace kc::server {

namespace {

wire::ShowSecurityResponse show_security(Call&, const wire::ShowSecurityRequest&) { return {}; }

}  // namespace

std::vector<Endpoint> security_endpoints() { return {endpoint<show_security>}; }

}  // namespace kc::server
