// Whole numbers out of JSON of somebody else's. nlohmann's get<int>() casts whatever number it
// finds, which for 1e300 is undefined behaviour and for 2^40 another number.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace kc::wire {

// A number without a fraction in T's range, 5.0 included. Throws Error(fail_task) naming `what` for
// anything else. Works with any of nlohmann's JSON types.
template <std::integral T, typename Json>
T whole_number(const Json& json, std::string_view what) {
  if (json.is_number_unsigned()) {
    const auto value = json.template get<uint64_t>();
    if (std::in_range<T>(value)) return static_cast<T>(value);
  } else if (json.is_number_integer()) {
    const auto value = json.template get<int64_t>();
    if (std::in_range<T>(value)) return static_cast<T>(value);
  } else if (json.is_number_float()) {
    constexpr double end = 9223372036854775808.0;  // beyond int64
    const auto value = json.template get<double>();
    const auto whole = value >= -end && value < end ? static_cast<int64_t>(value) : 0;
    if (static_cast<double>(whole) == value && std::in_range<T>(whole)) {
      return static_cast<T>(whole);
    }
  }
  throw base::Error(base::Reaction::fail_task, "{} is {}; a whole number from {} to {} is needed",
                    what, json.dump(-1, ' ', true, Json::error_handler_t::replace),
                    std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

}  // namespace kc::wire
