#include "metrics/instruments.h"

#include <algorithm>
#include <limits>

namespace kc::metrics {

using std::chrono::milliseconds;

namespace {

// A window that is begun anew while it is read is left out: the reader sees that its start changed,
// because what it read of the fields was stored after that.
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

SampledStatistic::SampledStatistic(Windows windows, const base::Clock& clock)
    : windows_(windows), clock_(clock), ring_(std::make_unique<Window[]>(windows.count)) {}

int64_t SampledStatistic::now_ms() const {
  return std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch()).count();
}

void SampledStatistic::record(double value) {
  const int64_t now = now_ms();
  const int64_t start = ring_[current_].start_ms.load(relaxed);
  if (start == never || now - start >= windows_.length.count()) begin_window(now);
  Window& window = ring_[current_];
  const uint64_t count = window.count.load(relaxed);
  window.max.store(count == 0 ? value : std::max(window.max.load(relaxed), value), relaxed);
  window.sum.store(window.sum.load(relaxed) + value, relaxed);
  window.count.store(count + 1, relaxed);
}

void SampledStatistic::begin_window(int64_t now) {
  current_ = (current_ + 1) % windows_.count;
  Window& window = ring_[current_];
  window.start_ms.store(never, release);
  window.count.store(0, release);
  window.sum.store(0, release);
  window.max.store(0, release);
  window.start_ms.store(now, release);
}

SampledStatistic::Total SampledStatistic::total(int64_t now) const {
  const int64_t age_max = windows_.length.count() * static_cast<int64_t>(windows_.count);
  Total total;
  total.oldest_ms = now;
  for (size_t i = 0; i < windows_.count; ++i) {
    const Window& window = ring_[i];
    const int64_t start = window.start_ms.load(acquire);
    if (start == never || now - start >= age_max) continue;
    const uint64_t count = window.count.load(acquire);
    const double sum = window.sum.load(acquire);
    const double max = window.max.load(acquire);
    if (count == 0 || window.start_ms.load(relaxed) != start) continue;
    total.max = total.count == 0 ? max : std::max(total.max, max);
    total.count += count;
    total.sum += sum;
    total.oldest_ms = std::min(total.oldest_ms, start);
  }
  return total;
}

double SampledStatistic::average() const {
  const Total all = total(now_ms());
  return all.count == 0 ? nan : all.sum / static_cast<double>(all.count);
}

double SampledStatistic::max() const {
  const Total all = total(now_ms());
  return all.count == 0 ? nan : all.max;
}

double SampledStatistic::rate() const {
  const int64_t now = now_ms();
  const Total all = total(now);
  const int64_t length = windows_.length.count();
  const int64_t full_windows_min = static_cast<int64_t>(windows_.count) - 1;
  int64_t elapsed = now - all.oldest_ms;
  elapsed += std::max<int64_t>(full_windows_min - elapsed / length, 0) * length;
  return all.sum * 1000 / static_cast<double>(std::max<int64_t>(elapsed, 1));
}

void Histogram::observe(std::chrono::duration<double> time) {
  Tally tally;
  tally.add(time.count(), 1);
  take(tally);
}

void Histogram::Tally::add(double seconds, uint64_t count) {
  const auto bound = std::ranges::lower_bound(bounds, seconds);
  counts[static_cast<size_t>(bound - bounds.begin())] += count;
  sum += seconds * static_cast<double>(count);
}

void Histogram::take(const Tally& tally) {
  for (size_t i = 0; i < counts_.size(); ++i) {
    if (tally.counts[i] > 0) counts_[i].fetch_add(tally.counts[i], relaxed);
  }
  sum_.fetch_add(tally.sum, relaxed);
}

std::array<uint64_t, Histogram::bounds.size() + 1> Histogram::counts() const {
  std::array<uint64_t, bounds.size() + 1> result;
  std::ranges::transform(counts_, result.begin(), [](const auto& count) { return count.load(); });
  return result;
}

}  // namespace kc::metrics
