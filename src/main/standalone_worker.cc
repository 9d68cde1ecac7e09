#include "main/standalone_worker.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/version.h"
#include "base/wait.h"
#include "kafka/admin.h"
#include "main/built_in_plugins.h"
#include "main/commit_id.h"
#include "metrics/process_metrics.h"
#include "rest/rest_server.h"
#include "worker/connector_validation.h"

namespace kc::main {
namespace {

using base::Error;
using base::Reaction;
using config::Fault;
using config::Properties;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

// A signal is to end the process within 10 s. // The tasks' share of that; clients and servers need
// a moment after them.
constexpr milliseconds stop_timeout_max = 7s;

void check_names(const std::vector<NewConnector>& connectors, std::vector<std::string>& faults) {
  for (size_t i = 0; i < connectors.size(); ++i) {
    const std::string name = connectors[i].properties.get("name");
    for (size_t k = 0; k < i; ++k) {
      if (!name.empty() && connectors[k].properties.get("name") == name) {
        faults.push_back("name = " + name + ": two connectors have this name. Rename one of them");
      }
    }
  }
}

std::string describe(const Properties& connector, const std::string& fault) {
  const std::string name = connector.get("name");
  return "connector " + (name.empty() ? "(without name)" : name) + ": " + fault;
}

// org.apache.kafka.common.utils.AppInfoParser's.
class AppInfo : public metrics::Source {
 public:
  AppInfo(metrics::Registry& registry, std::string worker_id)
      : worker_id_(std::move(worker_id)), registration_(registry, *this) {}

  void collect(metrics::Samples& to) const override {
    const auto since_1970 = std::chrono::duration<double, std::milli>(started_.time_since_epoch());
    to.add("app-info", "version", {worker_id_}, base::version());
    to.add("app-info", "commit-id", {worker_id_}, commit_id());
    to.add("app-info", "start-time-ms", {worker_id_}, std::floor(since_1970.count()));
  }

 private:
  const std::string worker_id_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  const metrics::Registration registration_;
};

// Asks for the cluster's id until a broker tells it, on a thread of its own: an absent broker must
// not delay anything.
class ClusterIdFinder {
 public:
  explicit ClusterIdFinder(const Properties& admin_properties)
      : thread_([this, admin_properties](const std::stop_token& stop) {
          try {
            kafka::Admin admin(admin_properties);
            find(admin, stop);
          } catch (const Error& error) {
            base::log_warn("The Kafka cluster's id stays unknown: {}", error.what());
          }
        }) {}

  std::optional<std::string> id() const { return id_.copy(); }

 private:
  void find(kafka::Admin& admin, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        std::string id = admin.cluster_id(1s);
        id_.with([&](auto& value) { value = std::move(id); });
        return;
      } catch (const Error& error) {
        if (error.reaction() != Reaction::retry) throw;
        base::log_debug("No broker has told the cluster's id yet: {}", error.what());
      }
      base::wait_unless_stopped(stop, 2s);
    }
  }

  base::Guarded<std::optional<std::string>> id_;
  std::jthread thread_;
};

}  // namespace

struct StandaloneWorker::Impl {
  Impl(worker::WorkerConfig worker_config, worker::Plugins worker_plugins)
      : config(std::move(worker_config)),
        plugins(std::move(worker_plugins)),
        offsets(config.offset_file),
        process(registry),
        metrics(registry, config.metrics, clock),
        herder(config, plugins, offsets, metrics),
        cluster_id(worker::admin_properties(config)) {}

  const worker::WorkerConfig config;
  const worker::Plugins plugins;
  worker::OffsetStore offsets;
  const base::Clock clock{};
  metrics::Registry registry;
  const metrics::ProcessMetrics process;
  worker::WorkerMetrics metrics;
  worker::Herder herder;
  ClusterIdFinder cluster_id;
  std::optional<rest::RestServer> rest;
  std::optional<AppInfo> app_info;
};

StandaloneWorker::StandaloneWorker(const Properties& worker,
                                   const std::vector<NewConnector>& connectors) {
  std::vector<Fault> worker_faults;
  std::vector<std::string> warnings;
  auto config = worker::WorkerConfig::parse(worker, worker_faults, warnings);
  auto plugins = built_in_plugins();

  std::vector<std::string> faults;
  for (const Fault& fault : worker_faults) faults.push_back("worker: " + fault.text());
  try {
    rest::rest_options_of(config.properties);
  } catch (const Error& error) {
    faults.push_back(std::string("worker: ") + error.what());
  }
  check_names(connectors, faults);
  for (const auto& [connector, initial] : connectors) {
    const auto findings = worker::validate_connector(config, plugins, connector);
    for (const Fault& fault : findings.faults) faults.push_back(describe(connector, fault.text()));
    for (const auto& warning : findings.warnings) warnings.push_back(describe(connector, warning));
  }
  for (const std::string& warning : warnings) base::log_warn("{}", warning);
  if (!faults.empty()) {
    std::string list =
        fmt::format("{} fault(s) in the configuration, nothing was started:", faults.size());
    for (const std::string& fault : faults) list += "\n  " + fault;
    throw Error(Reaction::fix_config, list);
  }

  impl_ = std::make_unique<Impl>(std::move(config), std::move(plugins));
  // Before the connectors, so that a port that is taken stops everything while nothing has begun.
  auto options = rest::rest_options_of(impl_->config.properties);
  options.info = {std::string(base::version()), std::string(commit_id()),
                  [this] { return impl_->cluster_id.id(); }};
  options.advertised_host = impl_->config.advertised_host;
  options.advertised_port = impl_->config.advertised_port;
  options.metrics = [this] { return impl_->registry.text(); };
  options.topic_tracking = {impl_->config.topic_tracking, impl_->config.topic_tracking_reset};
  impl_->rest.emplace(std::move(options), impl_->herder);
  impl_->app_info.emplace(impl_->registry, impl_->rest->worker_id());
  for (const NewConnector& connector : connectors) {
    impl_->herder.create_connector(connector.properties, connector.initial);
  }
  impl_->herder.set_ready();
  base::log_info("Finished starting connectors and tasks");
}

StandaloneWorker::~StandaloneWorker() = default;

std::string StandaloneWorker::url() const { return impl_->rest->url(); }

worker::Herder& StandaloneWorker::herder() { return impl_->herder; }

bool StandaloneWorker::stop(milliseconds timeout) { return impl_->herder.stop(timeout); }

bool StandaloneWorker::stop() {
  return stop(std::min(stop_timeout_max,
                       impl_->config.graceful_shutdown + impl_->config.offset_flush_timeout));
}

}  // namespace kc::main
