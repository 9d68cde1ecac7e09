#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
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
    created->flush_on(spdlog::level::warn);
    return created;
  }();
  return *instance;
}

const char* level_name(LogLevel level) {
  static constexpr const char* names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};
  return names[static_cast<int>(level)];
}

std::string& context_slot() {
  static thread_local std::string context;
  return context;
}

}  // namespace

void set_log_level(LogLevel level) { logger().set_level(to_spdlog(level)); }

LogLevel log_level() {
  for (const LogLevel level :
       {LogLevel::trace, LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    if (logger().should_log(to_spdlog(level))) return level;
  }
  return LogLevel::off;
}

bool log_enabled(LogLevel level) { return logger().should_log(to_spdlog(level)); }

void log(LogLevel level, std::string_view message) {
  const std::string& context = context_slot();
  logger().log(to_spdlog(level), "{} {}{}{}", level_name(level), context,
               context.empty() ? "" : " ", redacted(std::string(message)));
}

LogContext::LogContext(std::string context)
    : previous_(std::exchange(context_slot(), std::move(context))) {}

LogContext::~LogContext() { context_slot() = std::move(previous_); }

const std::string& LogContext::current() { return context_slot(); }

}  // namespace kc::base
