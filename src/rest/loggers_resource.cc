#include "rest/loggers_resource.h"

#include <fmt/core.h>
#include <strings.h>

#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "rest/answer.h"
#include "rest/request_body.h"

namespace kc::rest {

using base::LogLevel;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* root = "root";
constexpr size_t names_max = 1000;  // of loggers that were set

struct Component {
  const char* logger;
  const char* name;  // as base/log.h has it
};
constexpr std::array components{
    Component{"com.gpudb", "kinetica"},
    Component{"com.gpudb.wire", "wire"},
    Component{"com.kinetica.kafka.sink", "sink"},
    Component{"com.kinetica.kafka.source", "source"},
    Component{"io.confluent.kafka.schemaregistry", "registry"},
    Component{"org.apache.kafka.clients", "kafka"},
    Component{"org.apache.kafka.common.config", "config"},
    Component{"org.apache.kafka.common.metrics", "metrics"},
    Component{"org.apache.kafka.common.security", "security"},
    Component{"org.apache.kafka.connect.cli", "main"},
    Component{"org.apache.kafka.connect.runtime", "worker"},
    Component{"org.apache.kafka.connect.runtime.rest", "rest"},
    Component{"org.apache.kafka.connect.storage", "convert"},
    Component{"org.apache.kafka.connect.transforms", "transform"},
    Component{"org.eclipse.jetty", "http"},
};

bool is_or_is_below(std::string_view name, std::string_view above) {
  return name == above || (name.starts_with(above) && name[above.size()] == '.');
}

Json entry_json(const Loggers::Entry& entry) {
  return {{"level", base::level_name(entry.level)},
          {"last_modified", entry.modified ? Json(*entry.modified) : Json(nullptr)}};
}

http::ServerResponse list(const Loggers& loggers) {
  auto answer = Json::object();
  for (const auto& [name, entry] : loggers.all()) answer[name] = entry_json(entry);
  return json_answer(answer);
}

http::ServerResponse get(const Call& call, const Loggers& loggers) {
  const auto all = loggers.all();
  const auto found = all.find(call.parameter(0));
  if (found == all.end()) {
    return error_answer(404, fmt::format("Logger {} not found.", call.parameter(0)));
  }
  return json_answer(entry_json(found->second));
}

http::ServerResponse set(const Call& call, Loggers& loggers) {
  const Json body = read_json(call.request());
  const auto level = body.is_object() ? body.find("level") : body.end();
  if (level == body.end() || level->is_null()) {
    return error_answer(400, "Desired 'level' parameter was not specified in request.");
  }
  const std::string text = level->is_string() ? level->get<std::string>() : level->dump();
  const auto parsed = parse_log_level(text);
  if (!parsed) return error_answer(404, fmt::format("invalid log level '{}'.", text));
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auto changed = loggers.set(call.parameter(0), *parsed, now.count());
  // This worker is the cluster.
  if (call.query("scope") == "cluster") return empty_answer(204);
  if (const std::string scope = call.query("scope"); !scope.empty() && scope != "worker") {
    base::log_warn("Received invalid scope {} in a request for logger {}; it is taken for worker",
                   scope, call.parameter(0));
  }
  return json_answer(changed);
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  const std::string name(text);
  const auto is = [&](const char* other) { return strcasecmp(name.c_str(), other) == 0; };
  for (const auto level : {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn,
                           LogLevel::error, LogLevel::off}) {
    if (is(base::level_name(level))) return level;
  }
  if (is("ALL")) return LogLevel::trace;
  if (is("FATAL")) return LogLevel::error;
  return std::nullopt;
}

Loggers::Loggers() = default;

std::map<std::string, Loggers::Entry> Loggers::all() const {
  auto entries = set_.copy();
  const auto put = [&](const std::string& name, LogLevel level) { entries[name].level = level; };
  put(root, base::log_level());
  for (const Component& one : components) put(one.logger, base::log_level(one.name));
  return entries;
}

std::vector<std::string> Loggers::set(const std::string& name, LogLevel level, int64_t now) {
  const auto before = all();
  if (name == root) {
    base::set_log_level(level);
  } else {
    for (const Component& one : components) {
      if (is_or_is_below(one.logger, name)) base::set_log_level(one.name, level);
    }
  }
  set_.with([&](auto& entries) {
    if (entries.size() < names_max || entries.contains(name)) entries[name].level = level;
  });
  std::vector<std::string> changed;
  for (const auto& [logger, entry] : all()) {
    const auto old = before.find(logger);
    if (old == before.end() || old->second.level != entry.level) changed.push_back(logger);
  }
  set_.with([&](auto& entries) {
    for (const auto& logger : changed) entries[logger].modified = now;
  });
  return changed;
}

void add_loggers_resource(Router& router, Loggers& loggers) {
  router.add("GET", "/admin/loggers", [&loggers](const Call&) { return list(loggers); });
  router.add("GET", "/admin/loggers/{}",
             [&loggers](const Call& call) { return get(call, loggers); });
  router.add("PUT", "/admin/loggers/{}",
             [&loggers](const Call& call) { return set(call, loggers); });
}

}  // namespace kc::rest
