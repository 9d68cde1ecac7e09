// What a record costs on its way into a request body: the 13-field ticker, as a structure and as a
// schemaless map, flat, and nested with flattening. ns per record = the time of one iteration /
// records.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "data/record.h"
#include "sink/flattener.h"
#include "sink/row_plan.h"
#include "sink/table_columns.h"
#include "sink/table_evolution.h"

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

// What kinetica.allow_schema_evolution adds for each schemaless record.
void EvolutionOfMap(benchmark::State& state) {
  const Tickers tickers(true);
  EvolutionCheck check({.enabled = true, .add_columns = true, .make_nullable = true},
                       table_type_of(*tickers.schema), nullptr);
  data::Record record;
  for (auto _ : state) {
    for (size_t i = 0; i < records; ++i) {
      record.value = Value::map({tickers.entries.data() + i * 2 * fields, 2 * fields});
      bool asks = check.asks(record);
      benchmark::DoNotOptimize(asks);
    }
  }
  report(state);
}
BENCHMARK(EvolutionOfMap);

// The ticker with its fields in three structures, or maps.
constexpr size_t groups = 3;
constexpr size_t group_begin[groups + 1] = {0, 3, 7, fields};
constexpr const char* group_names[groups] = {"security", "quote", "trade"};

void flatten_all(benchmark::State& state, const data::SchemaPtr& schema,
                 const std::vector<Value>& values) {
  Flattener flattener{FlatteningRules{}};
  data::RecordBatch batch;
  data::Record record;
  record.value_schema = schema.get();
  record.value = values.front();
  flattener.add(record, batch);
  const data::Schema* const flat = batch.records().front().value_schema;
  ColumnInference inference;
  if (flat == nullptr) inference.add(batch.records().front().value, true);
  RowPlan plan("ticker", flat == nullptr ? inference.table_type() : table_type_of(*flat), flat);
  wire::InsertBody body;
  constexpr size_t batch_records = 500;
  for (auto _ : state) {
    body.clear();
    for (size_t begin = 0; begin < records; begin += batch_records) {
      batch.clear();
      for (size_t i = begin; i < begin + batch_records; ++i) {
        record.value = values[i];
        flattener.add(record, batch);
      }
      for (const data::Record& each : batch.records()) plan.encode(each, body);
    }
    benchmark::DoNotOptimize(body.bytes());
  }
  report(state);
}

void NestedStructure(benchmark::State& state) {
  const Tickers tickers(true);
  SchemaBuilder builder(Type::structure);
  for (size_t g = 0; g < groups; ++g) {
    SchemaBuilder group(Type::structure);
    for (size_t f = group_begin[g]; f < group_begin[g + 1]; ++f) {
      group.field(names[f], tickers.schema->fields()[f].schema);
    }
    builder.field(group_names[g], group.optional().build());
  }
  std::vector<Value> inner(records * groups);
  std::vector<Value> outer(records);
  for (size_t i = 0; i < records; ++i) {
    for (size_t g = 0; g < groups; ++g) {
      inner[i * groups + g] = Value::structure({tickers.values.data() + i * fields + group_begin[g],
                                                group_begin[g + 1] - group_begin[g]});
    }
    outer[i] = Value::structure({inner.data() + i * groups, groups});
  }
  flatten_all(state, builder.build(), outer);
}
BENCHMARK(NestedStructure);

void NestedSchemalessMap(benchmark::State& state) {
  const Tickers tickers(true);
  std::vector<Value> inner(records * groups * 2);
  std::vector<Value> outer(records);
  for (size_t i = 0; i < records; ++i) {
    Value* const entries = inner.data() + i * groups * 2;
    for (size_t g = 0; g < groups; ++g) {
      entries[2 * g] = Value::string(group_names[g]);
      entries[2 * g + 1] = Value::map({tickers.entries.data() + 2 * (i * fields + group_begin[g]),
                                       2 * (group_begin[g + 1] - group_begin[g])});
    }
    outer[i] = Value::map({entries, groups * 2});
  }
  flatten_all(state, nullptr, outer);
}
BENCHMARK(NestedSchemalessMap);

}  // namespace
}  // namespace kc::sink
