#include "rest/root_resource.h"

#include <nlohmann/json.hpp>

#include "rest/answer.h"

namespace kc::rest {

http::ServerResponse get_root(const ServerInfo& info) {
  nlohmann::ordered_json body{{"version", info.version}, {"commit", info.commit}};
  body["kafka_cluster_id"] = nullptr;
  if (const auto id = info.kafka_cluster_id()) body["kafka_cluster_id"] = *id;
  return json_answer(body);
}

}  // namespace kc::rest
