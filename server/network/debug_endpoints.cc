#include "server/network/debug_endpoints.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <random>
#include <string_view>

#include "base/error.h"
#include "base/whole_number.h"
#include "wire/message_json.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using base::whole_number;
using wire::Json;

Json describe_monitors(const Database& database) {
  Json list = Json::array();
  for (const MonitorEntry& monitor : database.catalog.monitors()) {
    list.push_back({{"topic_id", monitor.topic_id},
                    {"table_name", monitor.table_name},
                    {"subscribers", database.publisher.subscribers(monitor.topic_id)}});
  }
  return list;
}

Json describe_ranks(const Database& database) {
  const auto routing = database.routing.snapshot();
  const auto listeners = database.listeners.all();
  Json ranks = Json::array();
  for (size_t rank = 0; rank < listeners.size(); ++rank) {
    const auto shards = std::ranges::count(routing.rank, static_cast<int32_t>(rank));
    ranks.push_back({{"rank", rank},
                     {"url", listeners[rank].url},
                     {"open", listeners[rank].open},
                     {"shards", shards},
                     {"tables", Json::object()}});
  }
  for (const auto& [where, count] : database.rank_counts.all()) {
    ranks[where.first]["tables"][where.second] = {{"rows", count.rows}, {"digest", count.digest()}};
  }
  return {{"version", routing.version}, {"ranks", std::move(ranks)}};
}

// An empty body is an empty object.
Json read_object(const std::string& body) {
  if (body.empty()) return Json::object();
  Json json = wire::parse_json(body);
  if (!json.is_object()) throw Error(Reaction::fail_task, "The body is not a JSON object");
  return json;
}

Json reshard(RoutingTable& routing, const Json& request) {
  size_t moved = 0;
  if (request.contains("ranks")) {
    std::vector<int32_t> ranks;
    for (const Json& rank : request["ranks"]) {
      ranks.push_back(whole_number<int32_t>(rank, "A rank"));
    }
    moved = routing.assign(ranks);
  } else {
    moved =
        routing.shuffle(request.contains("seed") ? whole_number<uint64_t>(request["seed"], "`seed`")
                                                 : uint64_t{std::random_device{}()});
  }
  return {{"version", routing.snapshot().version}, {"moved_shards", moved}};
}

void close_rank(Database& database, size_t rank, bool listed, size_t asked) {
  if (rank == asked) {
    throw Error(Reaction::fail_task, "Rank {} cannot close itself; ask the head", rank);
  }
  database.listeners.close(rank, listed);
}

// /debug/ranks/N/close, /debug/ranks/N/reopen
Json change_rank(Database& database, std::string_view path, const Json& request, size_t asked) {
  const size_t slash = std::min(path.find('/'), path.size());
  const std::string_view action = slash == path.size() ? "" : path.substr(slash + 1);
  const char* const end = path.data() + slash;
  size_t rank = 0;
  const auto number = std::from_chars(path.data(), end, rank);
  if (number.ec != std::errc() || number.ptr != end || (action != "close" && action != "reopen")) {
    throw Error(Reaction::fail_task, "/debug/ranks/{}: give /debug/ranks/N/close or .../reopen",
                path);
  }
  if (action == "close") {
    close_rank(database, rank, request.value("listed", true), asked);
  } else {
    database.listeners.reopen(rank);
  }
  return describe_ranks(database);
}

// These are not waiting for a request: they happen now.
void set_faults(Database& database, Json faults, size_t asked) {
  const auto take = [&](const char* name) {
    Json given = faults.value(name, Json());
    faults.erase(name);
    return given;
  };
  const Json rank = take("close_rank");
  const Json topic = take("forget_monitor");
  const Json messages = take("drop_monitor_messages");
  const Json clear = take("clear");
  if (!clear.is_null() && clear.get<bool>()) {
    database.faults.clear();
    database.publisher.drop_next(0);
  }
  database.faults.set_from_json(faults.dump());
  if (!messages.is_null())
    database.publisher.drop_next(whole_number<uint32_t>(messages, "`drop_monitor_messages`"));
  if (!topic.is_null() && !database.catalog.remove_monitor(topic.get<std::string>())) {
    throw Error(Reaction::fail_task, "There is no table monitor {}", topic.get<std::string>());
  }
  if (!rank.is_null())
    close_rank(database, whole_number<size_t>(rank, "`close_rank`"), true, asked);
}

Json answer(Database& database, const http::ServerRequest& request, size_t rank) {
  constexpr std::string_view ranks = "/debug/ranks/";
  const std::string_view path = request.path;
  if (path == "/debug/monitors") return describe_monitors(database);
  if (path == "/debug/ranks") return describe_ranks(database);
  if (request.method != "POST") {
    throw Error(Reaction::fail_task, "{} {}: this server has no such path, or only as POST",
                request.method, path);
  }
  if (path == "/debug/faults") {
    set_faults(database, read_object(request.body), rank);
    return Json::object();
  }
  if (path == "/debug/ha_ring") {
    auto urls = read_object(request.body).at("urls").get<std::vector<std::string>>();
    database.ha_ring.with([&](auto& ring) { ring = std::move(urls); });
    return Json::object();
  }
  if (path == "/debug/reshard") return reshard(database.routing, read_object(request.body));
  if (path == "/debug/ranks/reset") {
    database.rank_counts.clear();
    return describe_ranks(database);
  }
  if (path.starts_with(ranks)) {
    return change_rank(database, path.substr(ranks.size()), read_object(request.body), rank);
  }
  throw Error(Reaction::fail_task, "This server has no path {}", path);
}

}  // namespace

http::ServerResponse answer_debug(Database& database, const http::ServerRequest& request,
                                  size_t rank) {
  constexpr const char* json_type = "application/json";
  try {
    return {200, json_type, answer(database, request, rank).dump(), {}};
  } catch (const std::exception& e) {  // Error and the JSON reader's
    return {400,
            json_type,
            Json{{"message", wire::json_complaint(e.what())}}.dump(-1, ' ', false,
                                                                   Json::error_handler_t::replace),
            {}};
  }
}

}  // namespace kc::server
