// Fills a topic with tickers.
#pragma once

#include <cstdint>
#include <string>

namespace kc::bench {

enum class TickerFormat { json, json_schema, avro };

struct TopicOptions {
  std::string brokers;
  std::string topic;
  int32_t partitions = 4;
  int64_t records = 0;
  TickerFormat format = TickerFormat::json;
  uint64_t seed = 1;
  // As the Java producer's default.
  int64_t batch_bytes = 16384;
  std::string compression = "none";
};

// Creates the topic and writes the tickers 0 to records - 1 to it, with null keys, spread evenly.
// Returns the bytes of the values. Throws Error naming the brokers when they do not take them.
int64_t write_topic(const TopicOptions& options);

}  // namespace kc::bench
