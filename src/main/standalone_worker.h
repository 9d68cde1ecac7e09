// A whole standalone worker in this process: herder, offset store and REST API, from properties.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "config/properties.h"
#include "worker/herder.h"

namespace kc::main {

// A connector that a worker begins with.
struct NewConnector {
  NewConnector(config::Properties its_properties,
               worker::TargetState its_initial = worker::TargetState::started)
      : properties(std::move(its_properties)), initial(its_initial) {}

  config::Properties properties;
  worker::TargetState initial;
};

class StandaloneWorker {
 public:
  // Validates everything first and starts nothing unless all is well: throws one Error(fix_config)
  // that lists every fault of the worker's and of all connectors' properties. Connectors run, or
  // are trying to start, when the constructor returns.
  StandaloneWorker(const config::Properties& worker, const std::vector<NewConnector>& connectors);
  ~StandaloneWorker();
  StandaloneWorker(const StandaloneWorker&) = delete;
  StandaloneWorker& operator=(const StandaloneWorker&) = delete;

  // http://HOST:PORT of the REST API.
  std::string url() const;
  worker::Herder& herder();

  // Flushes, commits and ends every task within `timeout`; false when some did not, see
  // Herder::stop().
  bool stop(std::chrono::milliseconds timeout);
  // As stop(), with the time that the worker's properties give: graceful shutdown and last commit,
  // at most 7 s.
  bool stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::main
