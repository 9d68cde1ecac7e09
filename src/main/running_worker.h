// Whether the worker of a file runs: its REST API is asked, as the file says it is served.
#pragma once

#include <optional>
#include <string>

#include "config/properties.h"

namespace kc::main {

// The URL of the REST API of a worker that has the connector, or that does not say whether it has;
// nothing where nobody listens at the worker's listeners, or a worker without it. `worker`:
// references resolved. An https listener is known by the certificate in its own key store, and is
// shown the same where it asks for one; where it asks for name and password, they are the first of
// its own file. Waits 3 s for each listener.
std::optional<std::string> find_running_worker(const config::Properties& worker,
                                               const std::string& connector);

}  // namespace kc::main
