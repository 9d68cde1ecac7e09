#include "worker/retained_messages.h"

#include <algorithm>
#include <string>
#include <utility>

namespace kc::worker {

using connect::Offsets;
using connect::TopicPartition;

void RetainedMessages::add(kafka::MessageBatch messages) {
  Batch& batch = batches_.emplace_back();
  for (const kafka::Message& message : messages.messages()) {
    batch.bytes += message.key.value_or("").size() + message.value.value_or("").size();
    batch.ends[{std::string(message.topic), message.partition}] = message.offset + 1;
  }
  bytes_ += batch.bytes;
  batch.messages = std::move(messages);
}

void RetainedMessages::drop(const Offsets& acknowledged, const Offsets& positions) {
  const auto is_done = [&](const Batch& batch) {
    return std::ranges::all_of(batch.ends, [&](const auto& end) {
      const auto found = acknowledged.find(end.first);
      return found != acknowledged.end() ? found->second >= end.second
                                         : !positions.contains(end.first);
    });
  };
  while (!batches_.empty() && is_done(batches_.front())) {
    bytes_ -= batches_.front().bytes;
    batches_.pop_front();
  }
}

const kafka::Message* RetainedMessages::find(const TopicPartition& partition,
                                             int64_t offset) const {
  for (const Batch& batch : batches_) {
    if (const auto* message = find_message(batch.messages, partition, offset)) return message;
  }
  return nullptr;
}

const kafka::Message* find_message(const kafka::MessageBatch& batch,
                                   const TopicPartition& partition, int64_t offset) {
  const auto messages = batch.messages();
  const auto found = std::ranges::find_if(messages, [&](const kafka::Message& message) {
    return message.offset == offset && message.partition == partition.partition &&
           message.topic == partition.topic;
  });
  return found == messages.end() ? nullptr : &*found;
}

}  // namespace kc::worker
