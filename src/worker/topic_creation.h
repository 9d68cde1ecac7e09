// Topics that a source connector has created before it writes to them (KIP-158): topic.creation.*.
//
//   topic.creation.default.partitions, topic.creation.default.replication.factor   required
//   topic.creation.groups=a     topic.creation.a.include, .exclude    Java patterns of whole names
//                               topic.creation.a.partitions, .replication.factor, .any.setting
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "config/java_regex.h"
#include "config/properties.h"
#include "kafka/admin.h"

namespace kc::worker {

// What the properties say. A value.
class TopicCreation {
 public:
  // Nothing when there are no such properties. Throws Error(fix_config) with the first fault.
  static std::optional<TopicCreation> of(const config::Properties& connector);
  static std::vector<config::Fault> find_faults(const config::Properties& connector);

  // As the first group that matches has it, else as the default.
  kafka::NewTopic topic(const std::string& name) const;

 private:
  struct Group {
    std::string name;
    std::vector<config::JavaRegex> include;
    std::vector<config::JavaRegex> exclude;
    kafka::NewTopic as;
  };
  static Group read_group(const config::Properties& connector, const std::string& name,
                          const Group* otherwise, std::vector<config::Fault>& faults);
  static std::optional<TopicCreation> read(const config::Properties& connector,
                                           std::vector<config::Fault>& faults);

  std::vector<Group> groups_;  // the default last
};

// One task's thread.
class TopicCreator {
 public:
  // `admin`: the Java admin client's properties.
  TopicCreator(TopicCreation creation, config::Properties admin);

  // Creates the topic unless it is there. Quick for a topic that was asked for before. Throws
  // Error(retry) when the brokers are away, Error(fail_task) when they refuse.
  void ensure(std::string_view topic);

 private:
  const TopicCreation creation_;
  const config::Properties admin_properties_;
  std::optional<kafka::Admin> admin_;
  std::string last_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace kc::worker
