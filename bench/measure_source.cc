#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/wait.h"
#include "bench/measured_process.h"
#include "bench/measurement.h"
#include "bench/ticker.h"
#include "kafka/admin.h"
#include "kinetica/client.h"

namespace kc::bench {
namespace {

using base::Error;
using base::Reaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto poll_interval = 2ms;
constexpr auto idle_timeout = 60s;
constexpr int64_t body_rows = 10'000;

class SourcePump {
 public:
  explicit SourcePump(const MeasurementOptions& options)
      : options_(options),
        client_({options.url, {}, {}, 60s}),
        admin_({{"bootstrap.servers", options.brokers}}),
        worker_(options.worker) {}

  Measurement run() {
    warm_up();
    Measurement result{.records = options_.records};
    const auto cpu_before = worker_.cpu_time();
    const auto begin = Clock::now();
    for (int64_t inserted = 0; inserted < options_.records;) {
      const int64_t rows = std::min(body_rows, options_.records - inserted);
      wait_for(inserted + rows - options_.in_flight_max);
      insert(inserted, rows);
      inserted += rows;
    }
    wait_for(options_.records);
    result.elapsed = Clock::now() - begin;
    result.cpu = worker_.cpu_time() - cpu_before;
    result.peak_resident_bytes = worker_.peak_resident_bytes();
    if (const int64_t all = published(); all != options_.records) {
      throw Error(Reaction::fail_task, "Topic {} has {} records for {} rows", options_.topic, all,
                  options_.records);
    }
    return result;
  }

 private:
  int64_t end_offsets() {
    int64_t sum = 0;
    for (int32_t partition = 0; partition < options_.partitions; ++partition) {
      sum += admin_.end_offset(options_.topic, partition, 10s);
    }
    return sum;
  }
  int64_t published() { return end_offsets() - base_; }

  void insert(int64_t begin, int64_t rows) {
    body_.clear();
    for (int64_t i = 0; i < rows; ++i) append_row(body_, ticker(options_.seed, begin + i));
    client_.insert(options_.table, body_, {});
  }

  // One row ahead, so that the first connections and metadata are not measured. Just one: a second
  // that is published late would count as a record.
  void warm_up() {
    insert(0, 1);
    wait_for(1);
    base_ = 1;
  }

  // Waits until that many records are in the topic.
  void wait_for(int64_t records) {
    auto moved = Clock::now();
    for (int64_t before = -1, now = published(); now < records; now = published()) {
      if (std::exchange(before, now) != now) moved = Clock::now();
      if (Clock::now() - moved > idle_timeout) {
        throw Error(Reaction::fail_task, "Topic {} has {} records of {}, and none came for {} s",
                    options_.topic, now, options_.records, idle_timeout.count());
      }
      worker_.cpu_time();  // Throws when it has ended.
      pause();
    }
  }

  static void pause() { base::wait_unless_stopped({}, poll_interval); }

  const MeasurementOptions& options_;
  kinetica::Client client_;
  kafka::Admin admin_;
  MeasuredProcess worker_;
  wire::InsertBody body_;
  int64_t base_ = 0;
};

}  // namespace

void create_table(const MeasurementOptions& options) {
  kinetica::Client({options.url, {}, {}, 10s}).create_table(options.table, ticker_table(), "");
}

void drop_table(const MeasurementOptions& options) {
  kinetica::Client({options.url, {}, {}, 60s}).clear_table(options.table);
}

Measurement measure_source(const MeasurementOptions& options) { return SourcePump(options).run(); }

}  // namespace kc::bench
