#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "base/version.h"
#include "config/properties.h"
#include "kafka/client_properties.h"
#include "main/commands.h"
#include "main/signals.h"
#include "main/standalone_worker.h"

namespace kc::main {

int run_standalone(const StandaloneOptions& options) {
  const config::Properties worker_properties = config::read_properties(options.worker_file);
  std::vector<config::Properties> connectors;
  connectors.reserve(options.connector_files.size());
  for (const std::string& file : options.connector_files) {
    connectors.push_back(config::read_connector_file(file));
  }
  base::log_info("kinetica-connect {} with librdkafka {} starts", base::version(),
                 kafka::librdkafka_version());
  StandaloneWorker worker(worker_properties, connectors);
  base::log_info("Kafka Connect started; REST API at {}", worker.url());
  std::printf("ready %s\n", worker.url().c_str());
  std::fflush(stdout);

  const int signal = wait_for_signal();
  base::log_info("{}: flushing, committing and leaving", signal == SIGINT ? "SIGINT" : "SIGTERM");
  if (!worker.stop()) {
    // A task hangs in a call that does not end; what it had not committed is read again next time.
    std::fflush(nullptr);
    std::_Exit(0);
  }
  base::log_info("Kafka Connect stopped");
  return 0;
}

}  // namespace kc::main
