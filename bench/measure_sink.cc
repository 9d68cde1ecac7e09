#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/wait.h"
#include "bench/measured_process.h"
#include "bench/measurement.h"
#include "bench/ticker.h"
#include "data/value.h"
#include "kinetica/client.h"
#include "wire/row_codec.h"

namespace kc::bench {
namespace {

using base::Error;
using base::Reaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto poll_interval = 5ms;
constexpr auto idle_timeout = 60s;
constexpr int64_t sample_rows = 5000;

class SinkWatch {
 public:
  explicit SinkWatch(const MeasurementOptions& options)
      : options_(options), client_({options.url, {}, {}, 10s}), worker_(options.worker) {}

  Measurement run() {
    Measurement result{.records = options_.records};
    result.elapsed = wait_for_rows();
    result.cpu = worker_.cpu_time();
    result.peak_resident_bytes = worker_.peak_resident_bytes();
    check_rows(0);
    check_rows(std::max<int64_t>(0, options_.records - sample_rows));
    return result;
  }

 private:
  int64_t rows() {
    if (!table_exists_) table_exists_ = client_.find_table(options_.table).has_value();
    return table_exists_ ? client_.count_records(options_.table) : 0;
  }

  std::chrono::nanoseconds wait_for_rows() {
    int64_t stored = 0;
    auto first = Clock::now();
    auto moved = first;
    while (true) {
      const int64_t before = std::exchange(stored, rows());
      const auto now = Clock::now();
      if (stored == options_.records) return now - first;
      if (stored > options_.records || now - moved > idle_timeout) {
        throw Error(Reaction::fail_task, "Table {} has {} rows of {}, and none came for {} s",
                    options_.table, stored, options_.records, idle_timeout.count());
      }
      if (stored == 0) first = now;
      if (stored != before) moved = now;
      worker_.cpu_time();  // Throws when it has ended.
      base::wait_unless_stopped({}, poll_interval);
    }
  }

  void check_rows(int64_t offset) {
    const auto type = client_.find_table(options_.table)->type;
    const auto sample = client_.get_records(options_.table, offset, sample_rows);
    if (sample.records.empty()) {
      throw Error(Reaction::fail_task, "Table {} gives no rows at {}", options_.table, offset);
    }
    for (const std::string& row : sample.records) check_row(type, row);
  }

  // Reads the row into our own column order and compares bytes.
  void check_row(const wire::TableType& type, std::string_view row) {
    wire::decode_row(type, row, values_);
    const wire::TableType expected_type = ticker_table();
    ordered_.clear();
    for (const auto& column : expected_type.columns()) {
      const auto index = type.find(column.name);
      if (!index) throw Error(Reaction::fail_task, "Column {} is missing", column.name);
      ordered_.push_back(values_[*index]);
    }
    const auto updated = ordered_[*expected_type.find("lastUpdated")].as_integer();
    expected_.clear();
    append_row(expected_, ticker(options_.seed, number_of(updated)));
    actual_.clear();
    wire::encode_row(expected_type, ordered_, actual_);
    const std::string_view body = expected_.parts("", {})[1];
    if (!body.ends_with(actual_)) {
      throw Error(Reaction::fail_task, "A row of table {} is not what was sent: lastUpdated {}",
                  options_.table, updated);
    }
  }

  const MeasurementOptions& options_;
  kinetica::Client client_;
  MeasuredProcess worker_;
  bool table_exists_ = false;
  std::vector<data::Value> values_;
  std::vector<data::Value> ordered_;
  wire::InsertBody expected_;
  std::string actual_;
};

}  // namespace

Measurement measure_sink(const MeasurementOptions& options) { return SinkWatch(options).run(); }

}  // namespace kc::bench
