// Any request at the REST API of a worker without Kafka: "METHOD TARGET", a line break, and a body.
// Each is answered, with JSON wherever there is a body, and none but the expected refusals is
// thrown.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "rest/answer.h"
#include "rest/connectors_resource.h"
#include "rest/loggers_resource.h"
#include "rest/offsets_resource.h"
#include "rest/plugins_resource.h"
#include "rest/root_resource.h"
#include "worker/worker_testing.h"

namespace kc::rest {
namespace {

// A source of no tasks, so that nothing runs.
class IdleConnector final : public connect::ConnectorPlugin {
 public:
  std::string_view class_name() const override { return "test.IdleConnector"; }
  std::string_view task_class_name() const override { return "test.IdleTask"; }
  std::string_view version() const override { return "1"; }
  connect::ConnectorType type() const override { return connect::ConnectorType::source; }
  const config::ConfigDef& config_def() const override { return def_; }
  std::vector<config::Fault> validate(const config::Properties&) const override { return {}; }
  std::vector<config::Properties> task_configs(const config::Properties&, int) const override {
    return {};
  }
  std::unique_ptr<connect::SinkTask> create_sink_task(const config::Properties&) const override {
    std::abort();
  }
  std::unique_ptr<connect::SourceTask> create_source_task(
      const config::Properties&) const override {
    std::abort();
  }

 private:
  config::ConfigDef def_;
};

worker::Plugins idle_plugins() {
  worker::Plugins plugins;
  plugins.connectors.push_back(std::make_unique<IdleConnector>());
  plugins.converters = {
      {.class_name = "test.PlainConverter", .create = &worker::PlainTextConverter::create}};
  return plugins;
}

// Kept from input to input: what one request has made is there for the next.
struct Api {
  Api() {
    add_root_resource(router, info, herder);
    add_connectors_resource(router, herder, "h:1");
    add_plugins_resource(router, herder);
    add_offsets_resource(router, herder, {});
    add_loggers_resource(router, loggers);
  }

  worker::TestFolder folder;
  const worker::WorkerConfig config = worker::worker_config("127.0.0.1:1", folder.path());
  const worker::Plugins plugins = idle_plugins();
  worker::OffsetStore offsets{config.offset_file};
  worker::TestMetrics metrics;
  worker::Herder herder{config, plugins, offsets, metrics.metrics};
  const ServerInfo info{"1", "", [] { return std::nullopt; }};
  Loggers loggers;
  Router router;
};

http::ServerResponse answer(const Router& router, const http::ServerRequest& request) {
  try {
    return router.answer(request);
  } catch (const StatusError& error) {
    return error_answer(error.status(), error.what());
  } catch (const base::Error& error) {
    return error_answer(500, error.what());
  }
}

}  // namespace
}  // namespace kc::rest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace kc::rest;
  static Api api;
  for (const char* loggers : {"root", "com", "io", "org"}) {
    api.loggers.set(loggers, kc::base::LogLevel::off, 0);
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line_end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, line_end);
  const auto blank = std::min(line.find(' '), line.size());
  kc::http::ServerRequest request;
  request.method = line.substr(0, blank);
  request.target = line.substr(std::min(blank + 1, line.size()));
  const auto question = request.target.find('?');
  if (question != std::string::npos) {
    const std::string query = request.target.substr(question + 1);
    const auto equals = std::min(query.find('='), query.size());
    request.query.emplace_back(query.substr(0, equals),
                               query.substr(std::min(equals + 1, query.size())));
  }
  request.body = text.substr(std::min(line_end + 1, text.size()));
  const auto answered = answer(api.router, request);
  if (answered.status < 200 || answered.status > 599) std::abort();
  if (!answered.body.empty() && answered.content_type == "application/json" &&
      !nlohmann::json::accept(answered.body)) {
    std::abort();
  }
  return 0;
}
