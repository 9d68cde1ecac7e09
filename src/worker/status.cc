#include "worker/status.h"

namespace kc::worker {

std::string_view state_name(State state) {
  static constexpr std::string_view names[] = {"UNASSIGNED", "RUNNING", "PAUSED", "FAILED",
                                               "STOPPED"};
  return names[static_cast<size_t>(state)];
}

}  // namespace kc::worker
