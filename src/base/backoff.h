// Exponential back-off with jitter, as a value: each next() is up to twice the last, capped, and 20
// % random so that many tasks do not return to a recovering server at the same moment.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace kc::base {

class Backoff {
 public:
  using milliseconds = std::chrono::milliseconds;

  Backoff(milliseconds initial, milliseconds max, uint32_t seed = std::random_device{}())
      : initial_(initial), max_(max), next_(initial), random_(seed) {}

  // The wait before the next attempt: 80 to 100 % of initial * 2^n, n counting the calls, at most
  // max.
  milliseconds next() {
    const milliseconds base = next_;
    next_ = std::min(max_, next_ * 2);
    const auto jitter = std::uniform_real_distribution<double>(0.8, 1.0)(random_);
    return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(base.count()) * jitter));
  }

  // To be called after a success.
  void reset() { next_ = initial_; }

 private:
  milliseconds initial_;
  milliseconds max_;
  milliseconds next_;
  std::minstd_rand random_;
};

}  // namespace kc::base
