// org.apache.kafka.common.TopicPartition, and offsets by it.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>

namespace kc::connect {

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
};

// The offset of the next record to read, as Kafka commits it.
using Offsets = std::map<TopicPartition, int64_t>;

}  // namespace kc::connect
