// The few administrative calls that a worker needs. One thread; every call has a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/properties.h"
#include "connect/topic_partition.h"

namespace kc::kafka {

struct NewTopic {
  std::string name;
  int32_t partitions = 1;            // -1: the broker's default
  int16_t replication_factor = 1;    // -1: the broker's default
  config::Properties settings = {};  // cleanup.policy ...
};

struct TopicInfo {
  std::string name;
  int32_t partitions;
};

// A consumer group has members, which a change of its offsets would contradict.
class GroupInUseError : public base::Error {
 public:
  explicit GroupInUseError(const std::string& message) : Error(base::Reaction::retry, message) {}
};

class Admin {
 public:
  // `java_properties`: the Java admin client's. Throws Error(fix_config) naming the property.
  explicit Admin(const config::Properties& java_properties);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  // All of them throw Error(retry) naming bootstrap.servers when no broker answers in time, and
  // Error(fix_config) when the broker refuses for good (permissions, settings).
  std::string cluster_id(std::chrono::milliseconds timeout);
  // Internal topics (__consumer_offsets ...) included.
  std::vector<TopicInfo> topics(std::chrono::milliseconds timeout);
  // A topic that exists already is not an error.
  void create_topics(const std::vector<NewTopic>& topics, std::chrono::milliseconds timeout);
  // The offset after the last message of a partition (the low one: the first that is still there).
  int64_t end_offset(const std::string& topic, int32_t partition,
                     std::chrono::milliseconds timeout);
  int64_t beginning_offset(const std::string& topic, int32_t partition,
                           std::chrono::milliseconds timeout);

  // Of a consumer group. A group that is not there has no offsets.
  connect::Offsets group_offsets(const std::string& group, std::chrono::milliseconds timeout);
  // These throw GroupInUseError as well. Offsets of unknown partitions are refused with
  // Error(fix_config); deleting what is not there is no error.
  void alter_group_offsets(const std::string& group, const connect::Offsets& offsets,
                           std::chrono::milliseconds timeout);
  void delete_group_offsets(const std::string& group,
                            std::span<const connect::TopicPartition> partitions,
                            std::chrono::milliseconds timeout);
  void delete_group(const std::string& group, std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kafka
