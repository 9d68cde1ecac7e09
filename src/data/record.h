// The record and the batch that every stage shares.
//
// A Record is a view: its values point into the batch's arena or into the consumed messages, its
// schemas are kept alive by the batch. A RecordBatch belongs to one thread at a time and is reused:
// clear() frees everything at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::data {

enum class TimestampType : uint8_t { none, create_time, log_append_time };

// A Kafka header as data; memory as of the record's values.
struct Header {
  std::string_view name;
  const Schema* schema = nullptr;
  Value value;
};

struct Record {
  // Kafka coordinates. Sink: where the record came from. Source: `topic` is where it goes,
  // `partition` is -1 when the partitioner is to choose. `topic` outlives the batch.
  std::string_view topic;
  int32_t partition = -1;
  TimestampType timestamp_type = TimestampType::none;
  int64_t offset = -1;
  int64_t timestamp = -1;  // milliseconds since 1970, -1 for none
  // Sink only: `topic` and `partition` as consumed, whatever transformations make of those. Offsets
  // are tracked by these. (KIP-793.)
  std::string_view original_topic;
  int32_t original_partition = -1;

  // A null schema means schemaless.
  const Schema* key_schema = nullptr;
  const Schema* value_schema = nullptr;
  Value key;
  Value value;

  // In the order of the message; a name may stand several times. In the batch's arena.
  std::span<const Header> headers;

  // Source only (SourceRecord.sourcePartition, sourceOffset): maps with string keys. The
  // partition's map is the same memory for all records of one source partition and outlives the
  // batch.
  Value source_partition;
  Value source_offset;
};

class RecordBatch {
 public:
  RecordBatch() = default;
  RecordBatch(RecordBatch&&) = default;
  RecordBatch& operator=(RecordBatch&&) = default;

  std::vector<Record>& records() { return records_; }
  const std::vector<Record>& records() const { return records_; }
  base::Arena& arena() { return arena_; }
  bool empty() const { return records_.empty(); }
  size_t size() const { return records_.size(); }

  // Keeps `schema` alive until clear(). Cheap when it is the one retained last.
  const Schema* retain(const SchemaPtr& schema) {
    if (schema != nullptr && (schemas_.empty() || schemas_.back() != schema)) {
      retain_another(schema);
    }
    return schema.get();
  }

  void clear();

  // Source only, for metrics: when the records reached this process, in runs.
  struct Arrival {
    std::chrono::steady_clock::time_point at;
    size_t end;  // the record after the last one of the run
  };
  std::vector<Arrival> arrivals;

 private:
  void retain_another(const SchemaPtr& schema);

  std::vector<Record> records_;
  base::Arena arena_;
  std::vector<SchemaPtr> schemas_;
};

}  // namespace kc::data
