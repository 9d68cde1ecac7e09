#include "worker/record_decoder.h"

namespace kc::worker {

bool RecordDecoder::decode(const kafka::Message& message, data::RecordBatch& batch) {
  data::Record record;
  record.topic = message.topic;
  record.partition = message.partition;
  record.original_topic = message.topic;
  record.original_partition = message.partition;
  record.offset = message.offset;
  record.timestamp = message.timestamp;
  record.timestamp_type = message.timestamp_type;
  step_ = {Stage::key_converter, steps_.key.class_name};
  const auto key = steps_.key.converter->to_connect(message.topic, message.key, batch);
  record.key_schema = key.schema;
  record.key = key.value;
  step_ = {Stage::value_converter, steps_.value.class_name};
  const auto value = steps_.value.converter->to_connect(message.topic, message.value, batch);
  record.value_schema = value.schema;
  record.value = value.value;
  if (!message.headers.empty() && steps_.header.converter) decode_headers(message, batch, record);
  if (!steps_.transformations.empty() && !steps_.transformations.apply(record, batch, step_)) {
    return false;
  }
  batch.records().push_back(record);
  return true;
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
  return may_be_refused || !steps_.transformations.empty();
}

}  // namespace kc::worker
