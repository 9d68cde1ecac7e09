#include "worker/record_decoder.h"

#include <algorithm>
#include <ranges>

#include "base/finally.h"

namespace kc::worker {
namespace {

connect::SchemaAndValue to_connect(const ConverterStep& step, const kafka::Message& message,
                                   std::optional<std::string_view> bytes,
                                   data::RecordBatch& batch) {
  connect::Converter& converter = *step.converter;
  if (!message.headers.empty() && !converter.schema_header().empty()) [[unlikely]] {
    const auto headers = std::views::reverse(message.headers);
    const auto found =
        std::ranges::find(headers, converter.schema_header(), &kafka::MessageHeader::name);
    if (found != headers.end() && found->value) {
      return converter.to_connect_with(*found->value, message.topic, bytes, batch);
    }
  }
  return converter.to_connect(message.topic, bytes, batch);
}

}  // namespace

bool RecordDecoder::decode(const kafka::Message& message, data::RecordBatch& batch) {
  auto& records = batch.records();
  // In its place, since copying it shows.
  data::Record& record = records.emplace_back();
  bool kept = false;
  const base::Finally drop([&] {
    if (!kept) records.pop_back();
  });
  record.topic = message.topic;
  record.partition = message.partition;
  record.original_topic = message.topic;
  record.original_partition = message.partition;
  record.offset = message.offset;
  record.timestamp = message.timestamp;
  record.timestamp_type = message.timestamp_type;
  step_ = {Stage::key_converter, steps_.key.class_name};
  const auto key = to_connect(steps_.key, message, message.key, batch);
  record.key_schema = key.schema;
  record.key = key.value;
  step_ = {Stage::value_converter, steps_.value.class_name};
  const auto value = to_connect(steps_.value, message, message.value, batch);
  record.value_schema = value.schema;
  record.value = value.value;
  if (!message.headers.empty() && steps_.header.converter) decode_headers(message, batch, record);
  kept = steps_.transformations.empty() || steps_.transformations.apply(record, batch, step_);
  return kept;
}

void RecordDecoder::decode_headers(const kafka::Message& message, data::RecordBatch& batch,
                                   data::Record& record) {
  step_ = {Stage::header_converter, steps_.header.class_name};
  auto* const headers = batch.arena().allocate_array<data::Header>(message.headers.size());
  for (size_t i = 0; i < message.headers.size(); ++i) {
    const kafka::MessageHeader& header = message.headers[i];
    const auto converted = steps_.header.converter->to_connect(message.topic, header.value, batch);
    headers[i] = {header.name, converted.schema, converted.value};
  }
  record.headers = {headers, message.headers.size()};
}

// SimpleHeaderConverter takes any header; another converter may find one at fault.
bool RecordDecoder::looks_at_headers() const {
  const bool may_be_refused =
      steps_.header.converter && !steps_.header.class_name.ends_with(".SimpleHeaderConverter");
  return may_be_refused || !steps_.transformations.empty() ||
         !steps_.key.converter->schema_header().empty() ||
         !steps_.value.converter->schema_header().empty();
}

}  // namespace kc::worker
