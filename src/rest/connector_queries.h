// What the REST API asks of the worker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "worker/status.h"

namespace kc::rest {

// Called by several threads at once. A call that throws is answered with 500 and its message.
class ConnectorQueries {
 public:
  virtual ~ConnectorQueries() = default;

  virtual std::vector<std::string> names() = 0;
  // Nothing for a connector that is not there. The values of secrets are already hidden.
  virtual std::optional<worker::ConnectorInfo> info(const std::string& name) = 0;
  virtual std::optional<worker::ConnectorStatus> status(const std::string& name) = 0;
};

}  // namespace kc::rest
