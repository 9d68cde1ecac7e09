#include "bench/topic_writer.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "bench/ticker.h"
#include "kafka/admin.h"
#include "kafka/producer.h"

namespace kc::bench {
namespace {

using base::Error;
using base::Reaction;
using namespace std::chrono_literals;

constexpr int64_t block_records = 1000;
constexpr size_t blocks_max = 32;

// Values of one partition; their memory has to stay until all are delivered.
struct Block {
  std::vector<char> text = std::vector<char>(block_records * text_bytes_max);
  std::vector<kafka::OutgoingMessage> messages;
  size_t outstanding = 0;
};

class TopicWriter : public kafka::DeliveryListener {
 public:
  explicit TopicWriter(const TopicOptions& options)
      : options_(options),
        producer_({{"bootstrap.servers", options.brokers},
                   {"client.id", "bench-load"},
                   {"batch.size", std::to_string(options.batch_bytes)},
                   {"linger.ms", "5"},
                   {"compression.type", options.compression}}) {}

  int64_t write() {
    int64_t bytes = 0;
    int32_t partition = 0;
    for (int64_t next = 0; next < options_.records; next += block_records) {
      Block& block = free_block();
      bytes += fill(block, next, std::min(next + block_records, options_.records), partition);
      send(block);
      partition = (partition + 1) % options_.partitions;
    }
    if (!producer_.flush(60s, *this)) fail("did not confirm the last records within 60 s");
    check();
    return bytes;
  }

  void delivered(void* opaque, const Error* error) override {
    --static_cast<Block*>(opaque)->outstanding;
    if (error != nullptr && !failure_) failure_ = *error;
  }

 private:
  Block& free_block() {
    while (true) {
      for (const auto& block : blocks_) {
        if (block->outstanding == 0) return *block;
      }
      if (blocks_.size() < blocks_max) return *blocks_.emplace_back(std::make_unique<Block>());
      producer_.poll(100ms, *this);
      check();
    }
  }

  int64_t fill(Block& block, int64_t begin, int64_t end, int32_t partition) const {
    block.messages.clear();
    char* out = block.text.data();
    for (int64_t number = begin; number < end; ++number) {
      const Ticker value = ticker(options_.seed, number);
      char* const start = out;
      out = put(start, value);
      block.messages.push_back({.topic = options_.topic,
                                .partition = partition,
                                .key = std::nullopt,
                                .value = std::string_view(start, static_cast<size_t>(out - start)),
                                .opaque = &block});
    }
    return out - block.text.data();
  }

  char* put(char* out, const Ticker& value) const {
    switch (options_.format) {
      case TickerFormat::json:
        return put_json(out, value);
      case TickerFormat::json_schema:
        return put_json_with_schema(out, value);
      case TickerFormat::avro:
        break;
    }
    return put_avro(out, value);
  }

  void send(Block& block) {
    block.outstanding = block.messages.size();
    std::span<const kafka::OutgoingMessage> rest = block.messages;
    while (!rest.empty()) {
      size_t taken = 0;
      producer_.produce(rest, taken);
      rest = rest.subspan(taken);
      producer_.poll(rest.empty() ? 0ms : 10ms, *this);
      check();
    }
  }

  void check() const {
    if (failure_) fail(failure_->what());
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Reaction::fail_task, "Topic {} at {}: {}", options_.topic, options_.brokers, what);
  }

  const TopicOptions& options_;
  kafka::Producer producer_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::optional<Error> failure_;
};

}  // namespace

int64_t write_topic(const TopicOptions& options) {
  kafka::Admin admin({{"bootstrap.servers", options.brokers}});
  admin.create_topics({{.name = options.topic, .partitions = options.partitions}}, 30s);
  return TopicWriter(options).write();
}

}  // namespace kc::bench
