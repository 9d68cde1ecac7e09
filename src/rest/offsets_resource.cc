#include "rest/offsets_resource.h"

#include <nlohmann/json.hpp>

#include "rest/answer.h"
#include "rest/request_body.h"
#include "worker/request_error.h"

namespace kc::rest {

using Json = nlohmann::ordered_json;
using worker::PartitionOffset;

namespace {

http::ServerResponse get_offsets(const Call& call, worker::Herder& herder) {
  auto offsets = Json::array();
  for (const auto& [partition, offset] : herder.connector_offsets(call.parameter(0))) {
    offsets.push_back({{"partition", Json::parse(partition)}, {"offset", Json::parse(*offset)}});
  }
  return json_answer({{"offsets", std::move(offsets)}});
}

// A partition's or an offset's object, or null.
Json part_of(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  if (found == entry.end() || found->is_null()) return nullptr;
  if (!found->is_object()) {
    throw StatusError(500, fmt::format("Cannot deserialize \"{}\" of an offset from {}: it must "
                                       "be an object or null",
                                       name, found->type_name()));
  }
  return *found;
}

std::vector<PartitionOffset> read_offsets(const http::ServerRequest& request) {
  const Json body = read_json(request);
  if (!body.is_object()) {
    throw StatusError(500, fmt::format("Cannot deserialize offsets from {}: they must be an object",
                                       body.type_name()));
  }
  for (const auto& [field, value] : body.items()) {
    if (field == "offsets") continue;
    throw StatusError(500, fmt::format("Unrecognized field \"{}\", not marked as ignorable (one "
                                       "known property: \"offsets\")",
                                       field));
  }
  const auto list = body.find("offsets");
  if (list == body.end() || list->is_null() || (list->is_array() && list->empty())) {
    throw worker::RequestError(
        worker::Refusal::bad_request,
        "Partitions / offsets need to be provided for an alter offsets request");
  }
  const StatusError no_list(500,
                            "\"offsets\" must be a list of objects, each with \"partition\" and "
                            "\"offset\"");
  if (!list->is_array()) throw no_list;
  std::vector<PartitionOffset> offsets;
  for (const Json& entry : *list) {
    if (!entry.is_object()) throw no_list;
    const Json offset = part_of(entry, "offset");
    offsets.push_back({part_of(entry, "partition").dump(),
                       offset.is_null() ? std::nullopt : std::optional(offset.dump())});
  }
  return offsets;
}

http::ServerResponse alter_offsets(const Call& call, worker::Herder& herder) {
  herder.alter_offsets(call.parameter(0), read_offsets(call.request()));
  return message_answer("The offsets for this connector have been altered successfully");
}

http::ServerResponse reset_offsets(const Call& call, worker::Herder& herder) {
  herder.reset_offsets(call.parameter(0));
  return message_answer("The offsets for this connector have been reset successfully");
}

http::ServerResponse get_topics(const Call& call, worker::Herder& herder,
                                const TopicTracking& tracking) {
  if (!tracking.enabled) return error_answer(403, "Topic tracking is disabled.");
  const auto topics = herder.active_topics(call.parameter(0));
  return json_answer({{call.parameter(0), {{"topics", topics}}}});
}

http::ServerResponse reset_topics(const Call& call, worker::Herder& herder,
                                  const TopicTracking& tracking) {
  if (!tracking.enabled) return error_answer(403, "Topic tracking is disabled.");
  if (!tracking.reset_allowed) return error_answer(403, "Topic tracking reset is disabled.");
  herder.reset_active_topics(call.parameter(0));
  return empty_answer(202);
}

}  // namespace

void add_offsets_resource(Router& router, worker::Herder& herder, TopicTracking tracking) {
  router.add("GET", "/connectors/{}/offsets",
             [&herder](const Call& call) { return get_offsets(call, herder); });
  router.add("PATCH", "/connectors/{}/offsets",
             [&herder](const Call& call) { return alter_offsets(call, herder); });
  router.add("DELETE", "/connectors/{}/offsets",
             [&herder](const Call& call) { return reset_offsets(call, herder); });
  router.add("GET", "/connectors/{}/topics",
             [&herder, tracking](const Call& call) { return get_topics(call, herder, tracking); });
  router.add("PUT", "/connectors/{}/topics/reset", [&herder, tracking](const Call& call) {
    return reset_topics(call, herder, tracking);
  });
}

}  // namespace kc::rest
