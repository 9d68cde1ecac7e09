#include <algorithm>
#include <chrono>
#include <numeric>

#include "base/error.h"
#include "bench/measured_process.h"
#include "bench/measurement.h"
#include "bench/ticker.h"
#include "kinetica/client.h"

namespace kc::bench {
namespace {

using base::Error;
using base::Reaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int64_t body_rows = 10'000;
constexpr int64_t sample_rows = 5000;

// The ticker's table with lastUpdated, which is another for every record, as its key.
wire::TableType keyed_ticker_table() {
  auto columns = ticker_table().columns();
  for (auto& column : columns) {
    if (column.name == "lastUpdated") column.properties.emplace_back("primary_key");
  }
  return wire::TableType(std::move(columns));
}

class ServerLoad {
 public:
  ServerLoad(const MeasurementOptions& options, bool upsert)
      : options_(options),
        upsert_(upsert),
        client_({options.url, {}, {}, 60s}),
        server_(options.worker) {}

  Measurement run() {
    client_.create_table(options_.table, upsert_ ? keyed_ticker_table() : ticker_table(), "");
    const int64_t new_rows = upsert_ ? options_.records / 2 : options_.records;
    Measurement result{.records = upsert_ ? new_rows * 2 : new_rows};
    const auto cpu_before = server_.cpu_time();
    const auto begin = Clock::now();
    insert(options_.seed, new_rows, 1);
    if (upsert_) insert(options_.seed + 1, new_rows, stride(new_rows));
    result.elapsed = Clock::now() - begin;
    result.cpu = server_.cpu_time() - cpu_before;
    result.peak_resident_bytes = server_.peak_resident_bytes();
    check(new_rows, options_.seed + (upsert_ ? 1 : 0));
    return result;
  }

 private:
  // A step with which all numbers below `rows` are met once, far from each other.
  static int64_t stride(int64_t rows) {
    int64_t step = rows * 5 / 8 + 1;
    while (std::gcd(step, rows) != 1) ++step;
    return step;
  }

  // Rows number 0, step, 2 * step ... modulo `rows`.
  void insert(uint64_t seed, int64_t rows, int64_t step) {
    int64_t number = 0;
    for (int64_t inserted = 0; inserted < rows; inserted += static_cast<int64_t>(body_.rows())) {
      body_.clear();
      const int64_t count = std::min(body_rows, rows - inserted);
      for (int64_t i = 0; i < count; ++i) {
        append_row(body_, ticker(seed, number));
        number = (number + step) % rows;
      }
      client_.insert(options_.table, body_,
                     {{"update_on_existing_pk", upsert_ ? "true" : "false"}});
    }
  }

  void check(int64_t rows, uint64_t seed) {
    if (const int64_t stored = client_.count_records(options_.table); stored != rows) {
      throw Error(Reaction::fail_task, "Table {} has {} rows of {}", options_.table, stored, rows);
    }
    const int64_t offset = std::max<int64_t>(0, rows - sample_rows);
    const auto sample = client_.get_records(options_.table, offset, sample_rows);
    int64_t number = offset;
    for (const std::string& row : sample.records) {
      body_.clear();
      append_row(body_, ticker(seed, number));
      if (!body_.parts("", {})[1].ends_with(row)) {
        throw Error(Reaction::fail_task, "Row {} of table {} is not what was sent", number,
                    options_.table);
      }
      ++number;
    }
    if (sample.records.empty()) {
      throw Error(Reaction::fail_task, "Table {} gives no rows at {}", options_.table, offset);
    }
  }

  const MeasurementOptions& options_;
  const bool upsert_;
  kinetica::Client client_;
  MeasuredProcess server_;
  wire::InsertBody body_;
};

}  // namespace

Measurement measure_server(const MeasurementOptions& options, bool upsert) {
  return ServerLoad(options, upsert).run();
}

}  // namespace kc::bench
