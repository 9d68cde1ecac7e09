// Protobuf bodies of ticker records of 13 fields: ns a record (1e9 / items_per_second).
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "convert/protobuf/protobuf_writer.h"

namespace kc::convert {
namespace {

using data::Value;

constexpr size_t record_count = 20'000;
constexpr size_t batch_records = 1000;

constexpr std::string_view ticker = R"(syntax = "proto3";
message Ticker {
  string symbol = 1; string sector = 2; string security_type = 3; double bid_price = 4;
  int32 bid_size = 5; double ask_price = 6; int32 ask_size = 7; int64 last_updated = 8;
  double last_sale_price = 9; int32 last_sale_size = 10; int64 last_sale_time = 11;
  int32 volume = 12; double market_percent = 13;
})";

struct Ticker {
  Ticker()
      : document(ticker, {}),
        read(compile_protobuf(*document.messages()[0], {}, 1)),
        write(*document.messages()[0], *read->schema, {}) {
    std::mt19937 random(7);
    const auto to = [&](int limit) { return static_cast<int>(random() % unsigned(limit)); };
    for (size_t i = 0; i < record_count; ++i) {
      const std::string symbol(static_cast<size_t>(3 + to(2)), static_cast<char>('A' + to(26)));
      const double bid = 10 + to(90'000) / 100.0;
      const Value fields[] = {Value::string(symbol),
                              Value::string("technology"),
                              Value::string("commonstock"),
                              Value::float64(bid),
                              Value::int32(to(1000)),
                              Value::float64(bid + 0.05),
                              Value::int32(to(1000)),
                              Value::int64(1'546'300'800'000 + to(1 << 30)),
                              Value::float64(bid + 0.021),
                              Value::int32(to(500)),
                              Value::int64(1'546'300'800'000 + to(1 << 30)),
                              Value::int32(to(10'000'000)),
                              Value::float64(0.001 + to(9000) / 1e5)};
      write_protobuf(write, Value::structure(fields), bodies.emplace_back());
    }
  }

  ProtobufDocument document;
  std::unique_ptr<const ProtobufReadPlan> read;
  ProtobufWritePlan write;
  std::vector<std::string> bodies;
};

void Read(benchmark::State& state) {
  const Ticker records;
  ProtobufValueReader reader;
  base::Arena arena;
  size_t next = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < batch_records; ++i) {
      benchmark::DoNotOptimize(reader.read(records.bodies[next], *records.read, arena));
      next = next + 1 == record_count ? 0 : next + 1;
    }
    arena.reset();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(batch_records));
}

void Write(benchmark::State& state) {
  const Ticker records;
  ProtobufValueReader reader;
  base::Arena arena;
  std::vector<Value> values;
  for (const auto& body : records.bodies) values.push_back(reader.read(body, *records.read, arena));
  std::string out;
  size_t next = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < batch_records; ++i) {
      out.clear();
      write_protobuf(records.write, values[next], out);
      benchmark::DoNotOptimize(out.data());
      next = next + 1 == record_count ? 0 : next + 1;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(batch_records));
}

BENCHMARK(Read);
BENCHMARK(Write);

}  // namespace
}  // namespace kc::convert
