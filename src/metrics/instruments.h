// What counts and measures. Recording takes no lock and allocates nothing; reading is for any
// thread at any time. A reader may see a recording half done (its count without its sum): an error
// of one batch in an average, gone with the next look.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"

namespace kc::metrics {

// Any thread.
class Counter {
 public:
  void add(uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_ = 0;
};

// metrics.num.samples windows of metrics.sample.window.ms each.
struct Windows {
  std::chrono::milliseconds length{30'000};
  size_t count = 2;
};

// Average, maximum and rate of the last windows, as Kafka's (SampledStat, Avg, Max, Rate). A window
// begins with the first recording after the one before it is over. One thread records.
class SampledStatistic {
 public:
  // `clock` outlives it.
  SampledStatistic(Windows windows, const base::Clock& clock);

  void record(double value);

  // NaN without a recording.
  double average() const;
  double max() const;
  // The sum a second; 0 without a recording. Time that has not been yet counts for all windows but
  // the current one, so that a rate does not begin with a leap.
  double rate() const;

 private:
  struct Window {
    std::atomic<int64_t> start_ms = never;  // `never` also while it is being emptied
    std::atomic<uint64_t> count = 0;
    std::atomic<double> sum = 0;
    std::atomic<double> max = 0;
  };
  struct Total {
    uint64_t count = 0;
    double sum = 0;
    double max = 0;
    int64_t oldest_ms = 0;
  };
  static constexpr int64_t never = INT64_MIN;

  int64_t now_ms() const;
  void begin_window(int64_t now);
  Total total(int64_t now) const;

  const Windows windows_;
  const base::Clock& clock_;
  const std::unique_ptr<Window[]> ring_;
  size_t current_ = 0;
};

// When each record of a batch began its way, since some epoch. Takes 16 bytes for each run of
// records of one instant, and keeps that memory. One thread.
template <typename Duration>
class Instants {
 public:
  struct Run {
    Duration at;
    uint64_t count;
  };

  void add(Duration at) {
    if (!runs_.empty() && runs_.back().at == at) {
      ++runs_.back().count;
    } else {
      runs_.push_back({at, 1});
    }
  }
  void clear() { runs_.clear(); }
  const std::vector<Run>& runs() const { return runs_; }

 private:
  std::vector<Run> runs_;
};

// How many observations were up to each bound, in seconds: 5 ms to 5 minutes. Any thread.
class Histogram {
 public:
  static constexpr std::array<double, 14> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                 1,     2.5,  5,     10,   30,  60,   300};

  void observe(std::chrono::duration<double> time);
  // For each of `begun` the time since; none of an instant that is still to come (another machine's
  // clock may be ahead).
  template <typename Duration>
  void observe_since(const Instants<Duration>& begun, std::chrono::duration<double> now) {
    Tally tally;
    for (const auto& run : begun.runs()) {
      const double time = (now - std::chrono::duration<double>(run.at)).count();
      tally.add(std::max(time, 0.0), run.count);
    }
    take(tally);
  }

  // Observations between the bound before and each bound; the last: above all bounds.
  std::array<uint64_t, bounds.size() + 1> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  struct Tally {
    std::array<uint64_t, bounds.size() + 1> counts{};
    double sum = 0;

    void add(double seconds, uint64_t count);
  };
  void take(const Tally& tally);

  std::array<std::atomic<uint64_t>, bounds.size() + 1> counts_{};
  std::atomic<double> sum_ = 0;
};

}  // namespace kc::metrics
