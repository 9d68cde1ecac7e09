#include "bench/ticker.h"

#include <charconv>
#include <cstring>

#include "wire/avro.h"

namespace kc::bench {
namespace {

constexpr int64_t first_update = 1547587673240;
constexpr size_t row_bytes_max = 256;

// SplitMix64: random access to a sequence of good random numbers.
class Random {
 public:
  Random(uint64_t seed, int64_t number)
      : state_(seed * 0x9E3779B97F4A7C15U + static_cast<uint64_t>(number) * 0xD1B54A32D192ED03U) {}

  // [low, high]
  int64_t between(int64_t low, int64_t high) {
    const auto range = static_cast<uint64_t>(high - low + 1);
    return low + static_cast<int64_t>(next() % range);
  }

 private:
  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_number(char* out, std::string_view name, int64_t value) {
  out = put_text(out, name);
  return std::to_chars(out, out + 20, value).ptr;
}

char* put_decimal(char* out, std::string_view name, int64_t value, int digits) {
  int64_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  out = put_number(out, name, value / power);
  *out++ = '.';
  for (int i = 0; i < digits; ++i) {
    power /= 10;
    *out++ = static_cast<char>('0' + value / power % 10);
  }
  return out;
}

// One field a column: `type_head`, its type, `name_head`, its name and `"}`.
std::string fields(std::string_view long_type, std::string_view type_head,
                   std::string_view name_head) {
  std::string text;
  const wire::TableType table = ticker_table();
  for (const auto& column : table.columns()) {
    std::string_view type = "string";
    if (column.type == wire::BaseType::double_) type = "double";
    if (column.type == wire::BaseType::long_) type = long_type;
    if (!text.empty()) text += ',';
    text.append(type_head).append(type).append(name_head).append(column.name).append(R"("})");
  }
  return text;
}

std::string schema_head() {
  return R"({"schema":{"type":"struct","fields":[)" +
         fields("int64", R"({"type":")", R"(","optional":false,"field":")") +
         R"(],"optional":false,"name":"com.example.marketdata.Ticker","version":1},"payload":)";
}

// The ticker as an Avro record, which is a row of ticker_table() as well.
char* put_row(char* out, const Ticker& ticker) {
  char symbol[24];
  const char* const symbol_end = put_number(symbol, "AA", ticker.symbol);
  out = wire::put_bytes(out, {symbol, static_cast<size_t>(symbol_end - symbol)});
  out = wire::put_bytes(out, sector);
  out = wire::put_bytes(out, security_type);
  out = wire::put_double(out, static_cast<double>(ticker.bid_price_cents) / 100);
  out = wire::put_long(out, ticker.bid_size);
  out = wire::put_double(out, static_cast<double>(ticker.ask_price_cents) / 100);
  out = wire::put_long(out, ticker.ask_size);
  out = wire::put_long(out, ticker.last_updated);
  out = wire::put_double(out, static_cast<double>(ticker.last_sale_price_cents) / 100);
  out = wire::put_long(out, ticker.last_sale_size);
  out = wire::put_long(out, ticker.last_sale_time);
  out = wire::put_long(out, ticker.volume);
  return wire::put_double(out, static_cast<double>(ticker.market_percent_e4) / 10000);
}

}  // namespace

Ticker ticker(uint64_t seed, int64_t number) {
  Random random(seed, number);
  return {.symbol = random.between(0, 9999),
          .bid_price_cents = random.between(1000, 99999),
          .bid_size = random.between(1, 9999),
          .ask_price_cents = random.between(1000, 99999),
          .ask_size = random.between(1, 9999),
          .last_updated = first_update + number,
          .last_sale_price_cents = random.between(1000, 99999),
          .last_sale_size = random.between(1, 999),
          .last_sale_time = first_update - random.between(0, 86'400'000),
          .volume = random.between(100'000, 9'999'999),
          .market_percent_e4 = random.between(0, 9999)};
}

int64_t number_of(int64_t last_updated) { return last_updated - first_update; }

char* put_json(char* out, const Ticker& ticker) {
  out = put_number(out, R"({"symbol":"AA)", ticker.symbol);
  out = put_text(out, R"(","sector":"equipment","securityType":"commonstock")");
  out = put_decimal(out, R"(,"bidPrice":)", ticker.bid_price_cents, 2);
  out = put_number(out, R"(,"bidSize":)", ticker.bid_size);
  out = put_decimal(out, R"(,"askPrice":)", ticker.ask_price_cents, 2);
  out = put_number(out, R"(,"askSize":)", ticker.ask_size);
  out = put_number(out, R"(,"lastUpdated":)", ticker.last_updated);
  out = put_decimal(out, R"(,"lastSalePrice":)", ticker.last_sale_price_cents, 2);
  out = put_number(out, R"(,"lastSaleSize":)", ticker.last_sale_size);
  out = put_number(out, R"(,"lastSaleTime":)", ticker.last_sale_time);
  out = put_number(out, R"(,"volume":)", ticker.volume);
  out = put_decimal(out, R"(,"marketPercent":)", ticker.market_percent_e4, 4);
  *out++ = '}';
  return out;
}

char* put_json_with_schema(char* out, const Ticker& ticker) {
  static const std::string head = schema_head();
  out = put_json(put_text(out, head), ticker);
  *out++ = '}';
  return out;
}

wire::TableType ticker_table() {
  using enum wire::BaseType;
  return wire::TableType({{"symbol", string, {"data"}},
                          {"sector", string, {"data"}},
                          {"securityType", string, {"data"}},
                          {"bidPrice", double_, {"data"}},
                          {"bidSize", long_, {"data"}},
                          {"askPrice", double_, {"data"}},
                          {"askSize", long_, {"data"}},
                          {"lastUpdated", long_, {"data"}},
                          {"lastSalePrice", double_, {"data"}},
                          {"lastSaleSize", long_, {"data"}},
                          {"lastSaleTime", long_, {"data"}},
                          {"volume", long_, {"data"}},
                          {"marketPercent", double_, {"data"}}});
}

char* put_avro(char* out, const Ticker& ticker) {
  return put_row(put_text(out, std::string_view("\0\0\0\0\1", 5)), ticker);
}

std::string avro_schema() {
  return R"({"type":"record","name":"com.example.marketdata.Ticker","fields":[)" +
         fields("long", R"({"type":")", R"(","name":")") + "]}";
}

void append_row(wire::InsertBody& body, const Ticker& ticker) {
  body.end_row(put_row(body.begin_row(row_bytes_max), ticker));
}

}  // namespace kc::bench
