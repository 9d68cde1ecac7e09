// The benchmark's records: stock tickers, as the product documentation's Python producer makes
// them. Each is a function of a seed and its number, so that rows can be checked without keeping
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/insert_body.h"
#include "wire/table_type.h"

namespace kc::bench {

// Prices are in cents, the market percentage in ten-thousandths: exact as decimal text and exact
// as the nearest double.
struct Ticker {
  int64_t symbol;  // "AA<symbol>"
  int64_t bid_price_cents;
  int64_t bid_size;
  int64_t ask_price_cents;
  int64_t ask_size;
  int64_t last_updated;  // milliseconds; tells the number
  int64_t last_sale_price_cents;
  int64_t last_sale_size;
  int64_t last_sale_time;  // milliseconds
  int64_t volume;
  int64_t market_percent_e4;
};

inline constexpr std::string_view sector = "equipment";
inline constexpr std::string_view security_type = "commonstock";

Ticker ticker(uint64_t seed, int64_t number);
// The number of the ticker with this last_updated.
int64_t number_of(int64_t last_updated);

// The longest of all below.
inline constexpr size_t text_bytes_max = 1400;

// {"symbol":"AA17",...}, 273 bytes on average; returns the end.
char* put_json(char* out, const Ticker& ticker);
// {"schema":{...},"payload":{"symbol":"AA17",...}}: 830 bytes that are always the same, the ticker
// and a brace; returns the end.
char* put_json_with_schema(char* out, const Ticker& ticker);

// 0, 0 0 0 1, an Avro record of avro_schema(): a message whose schema has the id 1 in a registry;
// returns the end.
char* put_avro(char* out, const Ticker& ticker);
std::string avro_schema();

// The table that the source reads: the same 13 columns.
wire::TableType ticker_table();
void append_row(wire::InsertBody& body, const Ticker& ticker);

}  // namespace kc::bench
