// The hint for a misspelt name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kc::config {

// `name` among `candidates`, as far as a slip of the keyboard goes: nothing when none is near.
// Dotted words that both have in front do not count; case is free.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string_view>& candidates);

}  // namespace kc::config
