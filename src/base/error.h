// The one exception type of the program.
//
// An Error says what the caller does next, not where it came from. The four reactions are Kafka
// Connect's exception classes (RetriableException, DataException, ConfigException,
// ConnectException); java_class() names them so that a task's trace begins as Connect's does.
//
// Failures are thrown; expected outcomes are values. Errors are caught in three places only: the
// task loop, the REST dispatcher and main. No Error crosses a C callback or a thread: carry it as
// std::exception_ptr.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kc::base {

enum class Reaction {
  retry,  // the same call may succeed later; wait() says how long to wait, if the failing party
          // said so
  skip_record,  // this record can never be processed: errors.tolerance decides
  fix_config,   // a property, a permission or a name is wrong: a person has to act
  fail_task,    // neither retrying nor skipping helps
};

class Error : public std::runtime_error {
 public:
  Error(Reaction reaction, const std::string& message)
      : std::runtime_error(message), reaction_(reaction) {}

  template <typename... Args>
  Error(Reaction reaction, fmt::format_string<Args...> format, Args&&... args)
      : Error(reaction, fmt::format(format, std::forward<Args>(args)...)) {}

  Reaction reaction() const noexcept { return reaction_; }

  // True when a write may have been applied although the call failed.
  bool in_doubt() const noexcept { return in_doubt_; }
  std::optional<std::chrono::milliseconds> wait() const noexcept { return wait_; }

  Error&& with_in_doubt() && {
    in_doubt_ = true;
    return std::move(*this);
  }
  Error&& with_wait(std::chrono::milliseconds wait) && {
    wait_ = wait;
    return std::move(*this);
  }

  // `name` lives for ever. For failures whose class in Java is not what the reaction says:
  // "org.apache.kafka.common.errors.SerializationException".
  Error&& with_java_class(std::string_view name) && {
    java_class_ = name;
    return std::move(*this);
  }

  // The Connect exception that stock Connect would throw in this place.
  std::string_view java_class() const noexcept {
    if (!java_class_.empty()) return java_class_;
    switch (reaction_) {
      case Reaction::retry:
        return "org.apache.kafka.connect.errors.RetriableException";
      case Reaction::skip_record:
        return "org.apache.kafka.connect.errors.DataException";
      case Reaction::fix_config:
        return "org.apache.kafka.common.config.ConfigException";
      case Reaction::fail_task:
        break;
    }
    return "org.apache.kafka.connect.errors.ConnectException";
  }

 private:
  Reaction reaction_;
  bool in_doubt_ = false;
  std::optional<std::chrono::milliseconds> wait_;
  std::string_view java_class_;
};

}  // namespace kc::base
