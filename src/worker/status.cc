#include "worker/status.h"

#include <strings.h>

#include <algorithm>
#include <iterator>

namespace kc::worker {

std::string_view state_name(State state) {
  static constexpr std::string_view names[] = {"UNASSIGNED", "RUNNING", "PAUSED",
                                               "FAILED",     "STOPPED", "RESTARTING"};
  return names[static_cast<size_t>(state)];
}

std::string lower_state_name(State state) {
  std::string name;
  std::ranges::transform(state_name(state), std::back_inserter(name),
                         [](char c) { return static_cast<char>(c | 0x20); });
  return name;
}

std::optional<TargetState> parse_initial_state(std::string_view text) {
  const auto is = [text](const std::string& name) {
    return text.size() == name.size() && strncasecmp(text.data(), name.data(), name.size()) == 0;
  };
  if (is("RUNNING")) return TargetState::started;
  if (is("PAUSED")) return TargetState::paused;
  if (is("STOPPED")) return TargetState::stopped;
  return std::nullopt;
}

}  // namespace kc::worker
