// What requests have in their bodies. Whatever cannot be read is refused with 500, as stock Connect
// answers it; messages name the place and never repeat a value, which may be a secret.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "http/server.h"
#include "worker/submitted_config.h"

namespace kc::rest {

// Throws StatusError(500) when the body is missing, is no JSON, or is nested too deeply.
nlohmann::ordered_json read_json(const http::ServerRequest& request);

// A flat object: scalars become their text. Throws StatusError(500) for another form; `what` names
// the object in its message.
worker::SubmittedConfig read_config(const nlohmann::ordered_json& object, const char* what);

}  // namespace kc::rest
