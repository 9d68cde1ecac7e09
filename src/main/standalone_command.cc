#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "base/log.h"
#include "base/version.h"
#include "config/properties.h"
#include "kafka/client_properties.h"
#include "main/commands.h"
#include "main/signals.h"
#include "main/standalone_worker.h"

namespace kc::main {

namespace {

constexpr std::chrono::milliseconds leave_deadline{9500};

struct Files {
  config::Properties worker;
  std::vector<NewConnector> connectors;
};

NewConnector read_connector(const std::string& file) {
  std::string initial_state = "RUNNING";
  NewConnector connector(config::read_connector_file(file, &initial_state));
  const auto initial = worker::parse_initial_state(initial_state);
  if (!initial) {
    throw base::Error(base::Reaction::fix_config,
                      "{}: initial_state is {}; it must be RUNNING, PAUSED or STOPPED", file,
                      initial_state);
  }
  connector.initial = *initial;
  return connector;
}

// A library call that does not end must not keep the process: what its tasks had not committed
// comes again next time.
void leave_in_any_case() {
  std::thread([] {
    std::this_thread::sleep_for(leave_deadline);
    std::_Exit(0);
  }).detach();
}

// Throws one Error that names every file that cannot be read.
Files read_files(const StandaloneOptions& options) {
  Files files;
  std::string faults;
  const auto read = [&faults](const auto& reading) {
    try {
      reading();
    } catch (const base::Error& error) {
      faults += std::string("\n  ") + error.what();
    }
  };
  read([&] { files.worker = config::read_properties(options.worker_file); });
  for (const std::string& file : options.connector_files) {
    read([&] { files.connectors.push_back(read_connector(file)); });
  }
  if (!faults.empty()) {
    throw base::Error(base::Reaction::fix_config, "Nothing was started:" + faults);
  }
  return files;
}

}  // namespace

int run_standalone(const StandaloneOptions& options) {
  const auto [worker_properties, connectors] = read_files(options);
  base::log_info("kinetica-connect {} with librdkafka {} starts", base::version(),
                 kafka::librdkafka_version());
  StandaloneWorker worker(worker_properties, connectors);
  base::log_info("Kafka Connect started; REST API at {}", worker.url());
  std::printf("ready %s\n", worker.url().c_str());
  std::fflush(stdout);

  const int signal = wait_for_signal();
  leave_in_any_case();
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
