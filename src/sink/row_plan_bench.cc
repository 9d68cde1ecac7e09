// What a record costs on its way into a request body: the 13-field ticker, as a structure and as a
// schemaless map. ns per record = the time of one iteration / records.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "data/record.h"
#include "sink/row_plan.h"
#include "sink/table_columns.h"

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using data::Type;
using data::Value;

constexpr size_t records = 10'000;
constexpr size_t fields = 13;
constexpr const char* names[fields] = {
    "symbol",       "sector",  "securityType", "bidPrice",      "bidSize",
    "askPrice",     "askSize", "lastUpdated",  "lastSalePrice", "lastSaleSize",
    "lastSaleTime", "volume",  "marketPercent"};
constexpr Type types[fields] = {Type::string,  Type::string,  Type::string, Type::float64,
                                Type::int64,   Type::float64, Type::int64,  Type::int64,
                                Type::float64, Type::int64,   Type::int64,  Type::int64,
                                Type::float64};

struct Tickers {
  explicit Tickers(bool nullable) {
    SchemaBuilder builder(Type::structure);
    for (size_t i = 0; i < fields; ++i) {
      builder.field(names[i], SchemaBuilder(types[i]).optional(nullable).build());
    }
    schema = builder.build();
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> price(1, 500);
    for (size_t i = 0; i < records; ++i) {
      symbols.push_back("AA" + std::to_string(random() % 1000));
    }
    for (size_t i = 0; i < records; ++i) {
      const Value row[fields] = {Value::string(symbols[i]),
                                 Value::string("equipment"),
                                 Value::string("commonstock"),
                                 Value::float64(price(random)),
                                 Value::int64(static_cast<int64_t>(random() % 1000)),
                                 Value::float64(price(random)),
                                 Value::int64(static_cast<int64_t>(random() % 1000)),
                                 Value::int64(1'547'587'673'240 + static_cast<int64_t>(i)),
                                 Value::float64(price(random)),
                                 Value::int64(static_cast<int64_t>(random() % 10'000)),
                                 Value::int64(1'547'585'999'856 + static_cast<int64_t>(i)),
                                 Value::int64(static_cast<int64_t>(random() % 1'000'000)),
                                 Value::float64(0.0267)};
      values.insert(values.end(), row, row + fields);
      for (size_t f = 0; f < fields; ++f) {
        entries.push_back(Value::string(names[f]));
        entries.push_back(row[f]);
      }
    }
  }

  data::SchemaPtr schema;
  std::vector<std::string> symbols;
  std::vector<Value> values;
  std::vector<Value> entries;
};

void report(benchmark::State& state) {
  state.counters["records"] = benchmark::Counter(static_cast<double>(state.iterations()) * records,
                                                 benchmark::Counter::kIsRate);
  state.counters["per_record"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * records,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void Structure(benchmark::State& state) {
  const Tickers tickers(state.range(0) != 0);
  RowPlan plan("ticker", table_type_of(*tickers.schema), tickers.schema.get());
  wire::InsertBody body;
  data::Record record;
  record.value_schema = tickers.schema.get();
  for (auto _ : state) {
    body.clear();
    for (size_t i = 0; i < records; ++i) {
      record.value = Value::structure({tickers.values.data() + i * fields, fields});
      plan.encode(record, body);
    }
    benchmark::DoNotOptimize(body.bytes());
  }
  report(state);
}
BENCHMARK(Structure)->ArgName("nullable")->Arg(0)->Arg(1);

void SchemalessMap(benchmark::State& state) {
  const Tickers tickers(true);
  RowPlan plan("ticker", table_type_of(*tickers.schema), nullptr);
  wire::InsertBody body;
  data::Record record;
  for (auto _ : state) {
    body.clear();
    for (size_t i = 0; i < records; ++i) {
      record.value = Value::map({tickers.entries.data() + i * 2 * fields, 2 * fields});
      plan.encode(record, body);
    }
    benchmark::DoNotOptimize(body.bytes());
  }
  report(state);
}
BENCHMARK(SchemalessMap);

}  // namespace
}  // namespace kc::sink
