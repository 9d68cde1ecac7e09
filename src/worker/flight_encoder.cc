#include "worker/flight_encoder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kc::worker {

using base::Error;
using base::Reaction;

namespace {

nlohmann::ordered_json to_json(const data::Value& value) {
  switch (value.kind()) {
    case data::Kind::null:
      return nullptr;
    case data::Kind::boolean:
      return value.as_boolean();
    case data::Kind::float32:
    case data::Kind::float64:
      return value.as_real();
    case data::Kind::string:
      return std::string(value.as_text());
    case data::Kind::map: {
      auto object = nlohmann::ordered_json::object();
      const auto entries = value.entries();
      for (size_t i = 0; i < entries.size(); i += 2) {
        object[std::string(entries[i].as_text())] = to_json(entries[i + 1]);
      }
      return object;
    }
    default:
      if (value.is_integer()) return value.as_integer();
      throw Error(Reaction::fail_task, "A source offset may not hold a value of type {}",
                  data::kind_name(value.kind()));
  }
}

}  // namespace

std::string offset_json(const data::Value& value) { return to_json(value).dump(); }

void Flight::clear() {
  batch.clear();
  payload.clear();
  messages.clear();
  headers.clear();
  encoded = 0;
  offsets.clear();
  arrivals.clear();
  ensured = sent = delivered = skipped = 0;
}

void FlightEncoder::encode_next(Flight& flight) {
  data::Record& record = flight.batch.records()[flight.encoded];
  const data::Record unchanged = record;
  const size_t payload_before = flight.payload.size();
  const size_t headers_before = header_pieces_.size();
  try {
    encode(flight, record);
    ++flight.encoded;
  } catch (const Error&) {
    record = unchanged;
    flight.payload.resize(payload_before);
    header_pieces_.resize(headers_before);
    throw;
  }
}

void FlightEncoder::encode(Flight& flight, data::Record& record) {
  if (!steps_.transformations.empty() &&
      !steps_.transformations.apply(record, flight.batch, step_)) {
    return;
  }
  Extent extent{};
  extent.record = flight.encoded;
  const auto encode_one = [&](Stage stage, const ConverterStep& step, const data::Schema* schema,
                              const data::Value& value) {
    step_ = {stage, step.class_name};
    const size_t begin = flight.payload.size();
    const bool written = step.converter->from_connect(record.topic, schema, value, flight.payload);
    return Piece{begin, flight.payload.size(), !written};
  };
  if (steps_.header.converter) {
    for (const data::Header& header : record.headers) {
      header_pieces_.push_back({header.name, encode_one(Stage::header_converter, steps_.header,
                                                        header.schema, header.value)});
    }
  }
  extent.key = encode_one(Stage::key_converter, steps_.key, record.key_schema, record.key);
  if (!extent.key.is_null) append_schema_header(flight, *steps_.key.converter);
  extent.value =
      encode_one(Stage::value_converter, steps_.value, record.value_schema, record.value);
  if (!extent.value.is_null) append_schema_header(flight, *steps_.value.converter);
  extent.headers_end = header_pieces_.size();
  extents_.push_back(extent);
}

void FlightEncoder::append_schema_header(Flight& flight, const connect::Converter& converter) {
  const auto header = converter.written_schema_header();
  if (!header) return;
  const size_t begin = flight.payload.size();
  flight.payload += header->value;
  header_pieces_.push_back({header->name, {begin, flight.payload.size(), false}});
}

// Only now does the payload stand still.
void FlightEncoder::finish(Flight& flight) {
  const std::string_view payload = flight.payload;
  const auto bytes = [payload](const Piece& piece) -> std::optional<std::string_view> {
    if (piece.is_null) return std::nullopt;
    return payload.substr(piece.begin, piece.end - piece.begin);
  };
  flight.messages.reserve(extents_.size());
  flight.headers.reserve(header_pieces_.size());
  for (const Extent& extent : extents_) {
    const data::Record& record = flight.batch.records()[extent.record];
    const size_t first_header = flight.headers.size();
    for (size_t i = first_header; i < extent.headers_end; ++i) {
      flight.headers.push_back({header_pieces_[i].name, bytes(header_pieces_[i].value)});
    }
    flight.messages.push_back({.topic = record.topic,
                               .partition = record.partition,
                               .key = bytes(extent.key),
                               .value = bytes(extent.value),
                               .headers = std::span(flight.headers).subspan(first_header),
                               .timestamp = record.timestamp,
                               .opaque = &flight});
  }
  note_arrivals(flight);
  note_offsets(flight);
  extents_.clear();
  header_pieces_.clear();
}

// Of the records that have become messages.
void FlightEncoder::note_arrivals(Flight& flight) const {
  auto arrival = flight.batch.arrivals.begin();
  const auto last = flight.batch.arrivals.end();
  for (const Extent& extent : extents_) {
    while (arrival != last && arrival->end <= extent.record) ++arrival;
    if (arrival == last) return;
    flight.arrivals.add(arrival->at.time_since_epoch());
  }
}

void FlightEncoder::note_offsets(Flight& flight) {
  // From the last record backwards, the first seen of a partition is its last; a partition's map is
  // one piece of memory, so the address tells whether it is known.
  std::vector<const data::Value*> seen;
  const auto& records = flight.batch.records();
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    const data::Value* partition = record->source_partition.entries().data();
    if (std::ranges::find(seen, partition) != seen.end()) continue;
    seen.push_back(partition);
    flight.offsets.try_emplace(offset_json(record->source_partition),
                               offset_json(record->source_offset));
  }
}

}  // namespace kc::worker
