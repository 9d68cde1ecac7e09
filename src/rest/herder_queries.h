// The worker's herder as the REST API sees it.
#pragma once

#include "rest/connector_queries.h"

namespace kc::worker {
class Herder;
}

namespace kc::rest {

class HerderQueries final : public ConnectorQueries {
 public:
  // The herder outlives it.
  explicit HerderQueries(worker::Herder& herder) : herder_(herder) {}

  std::vector<std::string> names() override;
  std::optional<worker::ConnectorInfo> info(const std::string& name) override;
  std::optional<worker::ConnectorStatus> status(const std::string& name) override;

 private:
  worker::Herder& herder_;
};

}  // namespace kc::rest
