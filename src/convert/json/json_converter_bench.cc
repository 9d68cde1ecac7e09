// JsonConverter on 273-byte ticker records of 13 fields: ns a record (1e9 / items_per_second).
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <random>
#include <string>
#include <vector>

#include "convert/json/json_converter.h"

namespace kc::convert {
namespace {

constexpr size_t record_count = 20'000;
constexpr size_t batch_records = 1000;

constexpr std::string_view schema_text =
    R"({"type":"struct","fields":[)"
    R"({"type":"string","optional":false,"field":"symbol"},)"
    R"({"type":"string","optional":false,"field":"sector"},)"
    R"({"type":"string","optional":false,"field":"securityType"},)"
    R"({"type":"double","optional":false,"field":"bidPrice"},)"
    R"({"type":"int32","optional":false,"field":"bidSize"},)"
    R"({"type":"double","optional":false,"field":"askPrice"},)"
    R"({"type":"int32","optional":false,"field":"askSize"},)"
    R"({"type":"int64","optional":false,"field":"lastUpdated"},)"
    R"({"type":"double","optional":false,"field":"lastSalePrice"},)"
    R"({"type":"int32","optional":false,"field":"lastSaleSize"},)"
    R"({"type":"int64","optional":false,"field":"lastSaleTime"},)"
    R"({"type":"int32","optional":false,"field":"volume"},)"
    R"({"type":"double","optional":false,"field":"marketPercent"}],)"
    R"("optional":false,"name":"ticker"})";

std::vector<std::string> make_texts(bool envelope) {
  static constexpr std::string_view sectors[] = {"technology", "healthcare", "energy",
                                                 "financials"};
  std::mt19937 random(7);
  const auto to = [&](int limit) {
    return static_cast<int>(random() % static_cast<uint32_t>(limit));
  };
  std::vector<std::string> texts;
  for (size_t i = 0; i < record_count; ++i) {
    std::string symbol;
    for (int n = 3 + to(2); n > 0; --n) symbol += static_cast<char>('A' + to(26));
    const double bid = 10 + to(90'000) / 100.0;
    std::string payload = fmt::format(
        R"({{"symbol":"{}","sector":"{}","securityType":"commonstock","bidPrice":{},"bidSize":{},)"
        R"("askPrice":{:.2f},"askSize":{},"lastUpdated":{},)"
        R"("lastSalePrice":{:.3f},"lastSaleSize":{},)"
        R"("lastSaleTime":{},"volume":{},"marketPercent":{:.5f}}})",
        symbol, sectors[to(4)], bid, to(1000), bid + 0.05, to(1000), 1546300800000 + to(1 << 30),
        bid + 0.021, to(500), 1546300800000 + to(1 << 30), to(10'000'000), 0.001 + to(9000) / 1e5);
    texts.push_back(envelope ? fmt::format(R"({{"schema":{},"payload":{}}})", schema_text, payload)
                             : std::move(payload));
  }
  return texts;
}

JsonConverter make_converter(bool schemas_enable) {
  JsonConverterOptions options;
  options.schemas_enable = schemas_enable;
  return JsonConverter(options);
}

void read(benchmark::State& state, bool envelope) {
  const auto texts = make_texts(envelope);
  JsonConverter converter = make_converter(envelope);
  data::RecordBatch batch;
  size_t next = 0;
  size_t bytes = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < batch_records; ++i) {
      benchmark::DoNotOptimize(converter.to_connect("t", texts[next], batch));
      bytes += texts[next].size();
      next = next + 1 == texts.size() ? 0 : next + 1;
    }
    batch.clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(batch_records));
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

void ReadSchemaless(benchmark::State& state) { read(state, false); }
void ReadEnvelope(benchmark::State& state) { read(state, true); }

void write(benchmark::State& state, bool envelope) {
  const auto texts = make_texts(true);
  JsonConverter reader = make_converter(true);
  JsonConverter writer = make_converter(envelope);
  data::RecordBatch batch;
  std::vector<connect::SchemaAndValue> records;
  for (const std::string& text : texts) records.push_back(reader.to_connect("t", text, batch));
  std::string out;
  size_t next = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < batch_records; ++i) {
      out.clear();
      benchmark::DoNotOptimize(
          writer.from_connect("t", records[next].schema, records[next].value, out));
      next = next + 1 == records.size() ? 0 : next + 1;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(batch_records));
}

void WritePlain(benchmark::State& state) { write(state, false); }
void WriteEnvelope(benchmark::State& state) { write(state, true); }

BENCHMARK(ReadSchemaless);
BENCHMARK(ReadEnvelope);
BENCHMARK(WritePlain);
BENCHMARK(WriteEnvelope);

}  // namespace
}  // namespace kc::convert
