#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/redaction.h"

namespace kc::base {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::trace:
      return spdlog::level::trace;
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      break;
  }
  return spdlog::level::off;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto created = std::make_shared<spdlog::logger>(
        "kinetica-connect", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    created->set_pattern("[%Y-%m-%d %H:%M:%S,%e] %v");
    created->set_level(spdlog::level::trace);  // Levels says what is written.
    created->flush_on(spdlog::level::warn);
    return created;
  }();
  return *instance;
}

// Which lines are written. Read for each line, written hardly ever.
class Levels {
 public:
  void set(LogLevel level) {
    const std::unique_lock lock(mutex_);
    all_ = level;
    remember_lowest();
  }
  void set(std::string_view component, std::optional<LogLevel> level) {
    const std::unique_lock lock(mutex_);
    if (level) {
      components_.insert_or_assign(std::string(component), *level);
    } else if (const auto found = components_.find(component); found != components_.end()) {
      components_.erase(found);
    }
    remember_lowest();
  }
  LogLevel of_all() const {
    const std::shared_lock lock(mutex_);
    return all_;
  }
  LogLevel of(std::string_view component) const {
    const std::shared_lock lock(mutex_);
    const auto found = components_.find(component);
    return found == components_.end() ? all_ : found->second;
  }
  // What is below it is written by none.
  LogLevel lowest() const { return lowest_.load(std::memory_order_relaxed); }

 private:
  void remember_lowest() {
    LogLevel lowest = all_;
    for (const auto& [component, level] : components_) lowest = std::min(lowest, level);
    lowest_ = lowest;
  }

  mutable std::shared_mutex mutex_;
  LogLevel all_ = LogLevel::info;
  std::map<std::string, LogLevel, std::less<>> components_;
  std::atomic<LogLevel> lowest_ = LogLevel::info;
};

Levels& levels() {
  static Levels instance;
  return instance;
}

// ".../src/worker/herder.cc" -> "worker", ".../server/rows/row.cc" -> "server".
std::string_view component_of(std::string_view file) {
  for (const std::string_view root : {"src/", "server/"}) {
    const size_t at = file.rfind(root);
    if (at == std::string_view::npos) continue;
    if (root == "server/") return "server";
    const std::string_view path = file.substr(at + root.size());
    return path.substr(0, path.find('/'));
  }
  return {};
}

std::string& context_slot() {
  static thread_local std::string context;
  return context;
}

}  // namespace

const char* level_name(LogLevel level) {
  static constexpr const char* names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};
  return names[static_cast<int>(level)];
}

void set_log_level(LogLevel level) { levels().set(level); }

LogLevel log_level() { return levels().of_all(); }

void set_log_level(std::string_view component, std::optional<LogLevel> level) {
  levels().set(component, level);
}

LogLevel log_level(std::string_view component) { return levels().of(component); }

bool log_enabled(LogLevel level, std::source_location place) {
  return level >= levels().lowest() && level >= levels().of(component_of(place.file_name()));
}

void log(LogLevel level, std::string_view message, std::source_location place) {
  if (!log_enabled(level, place)) return;
  const std::string& context = context_slot();
  logger().log(to_spdlog(level), "{} {}{}{}", level_name(level), context,
               context.empty() ? "" : " ", redacted(std::string(message)));
}

LogContext::LogContext(std::string context)
    : previous_(std::exchange(context_slot(), std::move(context))) {}

LogContext::~LogContext() { context_slot() = std::move(previous_); }

const std::string& LogContext::current() { return context_slot(); }

}  // namespace kc::base
