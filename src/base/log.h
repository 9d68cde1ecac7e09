// The program's log, on standard error: `[2026-11-22 10:00:00,123] INFO [sink|task-0] Message`.
//
// A line is a sentence with names and numbers; normal operation logs nothing per record or batch.
// Secrets never reach it. The logger is process-wide (it is the one thing every thread shares
// without being handed it); set_log_level() may be called at any time.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace kc::base {

enum class LogLevel { trace, debug, info, warn, error, off };

void set_log_level(LogLevel level);
LogLevel log_level();
bool log_enabled(LogLevel level);
void log(LogLevel level, std::string_view message);

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::debug)) {
    log(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::info)) {
    log(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <typename... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::warn)) {
    log(LogLevel::warn, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::error)) {
    log(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
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
