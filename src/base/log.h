// The program's log, on standard error: `[2026-11-22 10:00:00,123] INFO [sink|task-0] Message`.
//
// A line is a sentence with names and numbers; normal operation logs nothing per record or batch.
// Secrets never reach it. The log is process-wide (it is the one thing every thread shares without
// being handed it). A line belongs to the component in whose folder it is written, "worker" or
// "kafka", which may have a level of its own; levels may be set at any time, by any thread.
#pragma once

#include <fmt/core.h>

#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace kc::base {

enum class LogLevel { trace, debug, info, warn, error, off };

// "INFO", as in a line.
const char* level_name(LogLevel level);
// Of all components without a level of their own.
void set_log_level(LogLevel level);
LogLevel log_level();
// Of one component; nothing: that of all again.
void set_log_level(std::string_view component, std::optional<LogLevel> level);
LogLevel log_level(std::string_view component);

bool log_enabled(LogLevel level, std::source_location place = std::source_location::current());
// Writes the line if its level is enabled.
void log(LogLevel level, std::string_view message,
         std::source_location place = std::source_location::current());

// A line's format, and where it is written. Made by the compiler of a string literal.
template <typename... Args>
struct LogFormat {
  template <typename Text>
  consteval LogFormat(const Text& text,
                      std::source_location where = std::source_location::current())
      : format(text), place(where) {}

  fmt::format_string<Args...> format;
  std::source_location place;
};

template <typename... Args>
void log_debug(LogFormat<std::type_identity_t<Args>...> line, Args&&... args) {
  if (log_enabled(LogLevel::debug, line.place)) {
    log(LogLevel::debug, fmt::format(line.format, std::forward<Args>(args)...), line.place);
  }
}

template <typename... Args>
void log_info(LogFormat<std::type_identity_t<Args>...> line, Args&&... args) {
  if (log_enabled(LogLevel::info, line.place)) {
    log(LogLevel::info, fmt::format(line.format, std::forward<Args>(args)...), line.place);
  }
}

template <typename... Args>
void log_warn(LogFormat<std::type_identity_t<Args>...> line, Args&&... args) {
  if (log_enabled(LogLevel::warn, line.place)) {
    log(LogLevel::warn, fmt::format(line.format, std::forward<Args>(args)...), line.place);
  }
}

template <typename... Args>
void log_error(LogFormat<std::type_identity_t<Args>...> line, Args&&... args) {
  if (log_enabled(LogLevel::error, line.place)) {
    log(LogLevel::error, fmt::format(line.format, std::forward<Args>(args)...), line.place);
  }
}

// While it lives, lines of this thread carry `context` in the form of Connect's connector.context
// (KIP-449), as in
// "[orders-sink|task-0]". Nests.
class LogContext {
 public:
  explicit LogContext(std::string context);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

  // The innermost context of this thread, for handing to a thread that works for it; may be empty.
  static const std::string& current();

 private:
  std::string previous_;
};

}  // namespace kc::base
