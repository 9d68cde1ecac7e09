#include "worker/task_restarts.h"

namespace kc::worker {

std::optional<std::chrono::milliseconds> TaskRestarts::failed(steady_time now, bool may_help) {
  if (!policy_.enabled || !may_help) return std::nullopt;
  if (now - begun_ >= policy_.backoff_max) backoff_.reset();
  const auto wait = backoff_.next();
  due_ = now + wait;
  return wait;
}

}  // namespace kc::worker
