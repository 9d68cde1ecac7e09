// connect::TopicPartition and Offsets <-> librdkafka's lists. Only sources of this folder include
// it.
#pragma once

#include <span>
#include <vector>

#include "connect/topic_partition.h"
#include "kafka/handles.h"

namespace kc::kafka {

inline PartitionListHandle to_list(std::span<const connect::TopicPartition> partitions) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const auto& one : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), one.topic.c_str(), one.partition);
  }
  return list;
}

inline PartitionListHandle to_list(const connect::Offsets& offsets) {
  PartitionListHandle list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [one, offset] : offsets) {
    rd_kafka_topic_partition_list_add(list.get(), one.topic.c_str(), one.partition)->offset =
        offset;
  }
  return list;
}

inline std::span<const rd_kafka_topic_partition_t> elements(
    const rd_kafka_topic_partition_list_t* list) {
  if (list == nullptr) return {};
  return {list->elems, static_cast<size_t>(list->cnt)};
}

inline std::vector<connect::TopicPartition> from_list(const rd_kafka_topic_partition_list_t* list) {
  std::vector<connect::TopicPartition> partitions;
  for (const auto& one : elements(list)) partitions.push_back({one.topic, one.partition});
  return partitions;
}

}  // namespace kc::kafka
