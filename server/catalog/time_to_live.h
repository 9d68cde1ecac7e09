// When a table that nobody uses expires: a number of minutes after its last access, never (-1), or
// at once (0). Thread-safe. (Kinetica documentation, "TTL".)
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace kc::server {

class TimeToLive {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int64_t never = -1;

  TimeToLive(int64_t minutes, Clock::time_point now) { set(minutes, now); }

  void set(int64_t minutes, Clock::time_point now) {
    last_access_ = now.time_since_epoch().count();
    minutes_ = minutes;
  }
  // Starts the countdown anew.
  void access(Clock::time_point now) {
    if (minutes_ != never) last_access_ = now.time_since_epoch().count();
  }
  bool is_over(Clock::time_point now) const {
    const int64_t minutes = minutes_;
    return minutes != never && idle(now) >= std::chrono::minutes(minutes);
  }
  // Whole minutes, or `never`.
  int64_t remaining_minutes(Clock::time_point now) const {
    const int64_t minutes = minutes_;
    if (minutes == never) return never;
    return minutes - std::chrono::floor<std::chrono::minutes>(idle(now)).count();
  }

 private:
  Clock::duration idle(Clock::time_point now) const {
    return now.time_since_epoch() - Clock::duration(last_access_);
  }

  std::atomic<int64_t> minutes_{never};
  std::atomic<Clock::rep> last_access_{0};
};

}  // namespace kc::server
