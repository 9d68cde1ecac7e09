// Texts that are never shown: secrets that came into the process as part of something else, such as
// what a config provider gives for half of a property. Log lines, traces and other texts that leave
// the process go through redacted().
//
// Process-wide, as the log is. Any thread. Costs one atomic load while no text is registered.
#pragma once

#include <string>
#include <string_view>

namespace kc::base {

// Shorter texts would blacken out words that have nothing to do with them.
inline constexpr size_t redacted_bytes_min = 6;

// From now on `secret` is shown as "[hidden]". Texts that are too short, and those beyond the first
// few thousand, are not taken.
void redact(std::string_view secret);

// `text` with every registered secret replaced.
std::string redacted(std::string text);

}  // namespace kc::base
