// Time, for durations and deadlines, as something that is passed in.
#pragma once

#include <chrono>

namespace kc::base {

class Clock {
 public:
  using steady_time = std::chrono::steady_clock::time_point;

  virtual ~Clock() = default;
  virtual steady_time now() const { return std::chrono::steady_clock::now(); }
};

}  // namespace kc::base
