// Why a request to the worker is refused, in Connect's own words.
#pragma once

#include <string>

#include "base/error.h"

namespace kc::worker {

// BadRequestException, NotFoundException and AlreadyExistsException of stock Connect.
enum class Refusal { bad_request, not_found, already_exists };

class RequestError : public base::Error {
 public:
  RequestError(Refusal refusal, const std::string& message)
      : base::Error(base::Reaction::fix_config, message), refusal_(refusal) {}

  template <typename... Args>
  RequestError(Refusal refusal, fmt::format_string<Args...> format, Args&&... args)
      : RequestError(refusal, fmt::format(format, std::forward<Args>(args)...)) {}

  Refusal refusal() const noexcept { return refusal_; }

 private:
  Refusal refusal_;
};

}  // namespace kc::worker
