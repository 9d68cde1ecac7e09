#include "rest/root_resource.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "rest/answer.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;

namespace {

constexpr std::chrono::seconds health_timeout{10};

http::ServerResponse get_root(const ServerInfo& info) {
  const auto id = info.kafka_cluster_id();
  return json_answer({{"version", info.version},
                      {"commit", info.commit},
                      {"kafka_cluster_id", id ? Json(*id) : Json(nullptr)}});
}

http::ServerResponse health_answer(int status, const char* word, std::string message,
                                   const std::string& stage) {
  if (!stage.empty()) message += " " + stage;
  return json_answer({{"status", word}, {"message", message}}, status);
}

http::ServerResponse get_health(worker::Herder& herder) {
  try {
    herder.check(health_timeout);
  } catch (const base::Error&) {
    const std::string stage = herder.stage_summary();
    if (!herder.ready())
      return health_answer(503, "starting", "Worker is still starting up.", stage);
    return health_answer(500, "unhealthy",
                         "Worker was unable to handle this request and may be unable to handle "
                         "other requests.",
                         stage);
  }
  if (!herder.ready()) {
    return health_answer(503, "starting", "Worker is still starting up.", herder.stage_summary());
  }
  std::string unhealthy;
  for (const std::string& text : herder.unhealthy_tasks()) unhealthy += " " + text + ".";
  if (!unhealthy.empty())
    return health_answer(500, "unhealthy", "Not all tasks get on." + unhealthy, "");
  return health_answer(200, "healthy",
                       "Worker has completed startup and is ready to handle requests.", "");
}

}  // namespace

void add_root_resource(Router& router, const ServerInfo& info, worker::Herder& herder) {
  router.add("GET", "/", [&info](const Call&) { return get_root(info); });
  router.add("GET", "/health", [&herder](const Call&) { return get_health(herder); });
}

}  // namespace kc::rest
