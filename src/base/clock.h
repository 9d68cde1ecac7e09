// Time as something that is passed in.
#pragma once

#include <chrono>

namespace kc::base {

class Clock {
 public:
  using steady_time = std::chrono::steady_clock::time_point;
  using system_time = std::chrono::system_clock::time_point;

  virtual ~Clock() = default;
  // For durations and deadlines.
  virtual steady_time now() const { return std::chrono::steady_clock::now(); }
  // For timestamps that people or other programs read.
  virtual system_time wall_now() const { return std::chrono::system_clock::now(); }
};

// For tests: stands still until advance().
class ManualClock : public Clock {
 public:
  steady_time now() const override { return steady_; }
  system_time wall_now() const override { return wall_; }
  void advance(std::chrono::milliseconds by) {
    steady_ += by;
    wall_ += by;
  }

 private:
  steady_time steady_{std::chrono::hours(1)};
  system_time wall_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace kc::base
