// The first half of a source's way to Kafka: from the records of a polled batch to the messages
// that a producer sends, in one buffer.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "data/record.h"
#include "kafka/producer.h"
#include "metrics/instruments.h"
#include "worker/error_policy.h"
#include "worker/record_steps.h"

namespace kc::worker {

// A batch on its way. What its messages point to lives in it, and it is not moved.
struct Flight {
  data::RecordBatch batch;
  size_t encoded = 0;   // of the batch's records: encoded, dropped or skipped
  std::string payload;  // the encoded keys, values and header values, one after the other
  std::vector<kafka::OutgoingMessage> messages;
  std::vector<kafka::MessageHeader> headers;  // of all messages
  size_t ensured = 0;                         // of messages, whose topic is there
  size_t sent = 0;                            // of messages, handed to the producer
  size_t delivered = 0;                       // of messages
  size_t skipped = 0;                         // of those delivered: not at all
  // The last source offset of each source partition in the batch, as JSON.
  std::map<std::string, std::string> offsets;
  // Of each message's record, for metrics.
  metrics::Instants<std::chrono::steady_clock::duration> arrivals;

  bool is_sent() const { return encoded == batch.size() && sent == messages.size(); }
  // For another batch, with the memory that it has.
  void clear();
};

// One thread; one flight after the other.
class FlightEncoder {
 public:
  explicit FlightEncoder(RecordSteps steps) : steps_(std::move(steps)) {}

  // Transforms and encodes the record after those that are encoded. After an Error record and
  // flight are as before, and step() is the one that failed.
  void encode_next(Flight& flight);
  const Step& step() const { return step_; }
  // Once there is no further record: makes the messages and the offsets.
  void finish(Flight& flight);

 private:
  // Of the payload, which moves as it grows.
  struct Piece {
    size_t begin, end;
    bool is_null;
  };
  struct HeaderPiece {
    std::string_view name;
    Piece value;
  };
  struct Extent {
    size_t record;
    Piece key, value;
    size_t headers_end;  // in header_pieces_
  };

  void encode(Flight& flight, data::Record& record);
  void append_schema_header(Flight& flight, const connect::Converter& converter);
  void note_arrivals(Flight& flight) const;
  static void note_offsets(Flight& flight);

  RecordSteps steps_;
  Step step_;
  std::vector<Extent> extents_;
  std::vector<HeaderPiece> header_pieces_;
};

// A source partition or offset, which are maps of scalars (as Connect's OffsetUtils demands), as
// compact JSON. Throws Error(fail_task) for anything else.
std::string offset_json(const data::Value& value);

}  // namespace kc::worker
