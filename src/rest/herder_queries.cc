#include "rest/herder_queries.h"

#include "worker/herder.h"

namespace kc::rest {

std::vector<std::string> HerderQueries::names() { return herder_.connector_names(); }

std::optional<worker::ConnectorInfo> HerderQueries::info(const std::string& name) {
  return herder_.connector_info(name);
}

std::optional<worker::ConnectorStatus> HerderQueries::status(const std::string& name) {
  return herder_.connector_status(name);
}

}  // namespace kc::rest
