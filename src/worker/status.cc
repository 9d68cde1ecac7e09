#include "worker/status.h"

#include <algorithm>
#include <iterator>

namespace kc::worker {

std::string_view state_name(State state) {
  static constexpr std::string_view names[] = {"UNASSIGNED", "RUNNING", "PAUSED", "FAILED",
                                               "STOPPED"};
  return names[static_cast<size_t>(state)];
}

std::string lower_state_name(State state) {
  std::string name;
  std::ranges::transform(state_name(state), std::back_inserter(name),
                         [](char c) { return static_cast<char>(c | 0x20); });
  return name;
}

}  // namespace kc::worker
