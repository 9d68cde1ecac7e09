// Whole numbers out of JSON of somebody else's. nlohmann's get<int>() casts whatever number it
// finds, which for 1e300 is undefined behaviour and for 2^40 another number. Works with any of
// nlohmann's JSON types.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace kc::base {

// A number without a fraction in T's range, 5.0 included; nothing for anything else.
template <std::integral T, typename Json>
std::optional<T> as_whole_number(const Json& json) {
  const auto in_range = [](auto value) {
    return std::in_range<T>(value) ? std::optional<T>(static_cast<T>(value)) : std::nullopt;
  };
  if (json.is_number_unsigned()) return in_range(json.template get<uint64_t>());
  if (json.is_number_integer()) return in_range(json.template get<int64_t>());
  if (!json.is_number_float()) return std::nullopt;
  constexpr double end = 9223372036854775808.0;  // beyond int64
  const auto value = json.template get<double>();
  const auto whole = value >= -end && value < end ? static_cast<int64_t>(value) : 0;
  return static_cast<double>(whole) == value ? in_range(whole) : std::nullopt;
}

// The same. Throws Error(fail_task) naming `what` for anything else.
template <std::integral T, typename Json>
T whole_number(const Json& json, std::string_view what) {
  if (const std::optional<T> number = as_whole_number<T>(json)) return *number;
  throw Error(Reaction::fail_task, "{} is {}; a whole number from {} to {} is needed", what,
              json.dump(-1, ' ', true, Json::error_handler_t::replace),
              std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

}  // namespace kc::base
