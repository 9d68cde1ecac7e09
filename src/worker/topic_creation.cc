#include "worker/topic_creation.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <ranges>

#include "base/log.h"

namespace kc::worker {

using base::Error;
using base::Reaction;
using config::Fault;
using config::JavaRegex;
using config::Properties;
using namespace std::chrono_literals;

namespace {

constexpr const char* prefix = "topic.creation.";
constexpr const char* default_group = "default";
constexpr std::chrono::seconds answer_timeout{10};

std::vector<JavaRegex> read_patterns(const Properties& group, const std::string& group_prefix,
                                     const char* name, std::vector<Fault>& faults) {
  std::vector<JavaRegex> patterns;
  for (const std::string& text : config::split_list(group.get(name))) {
    try {
      patterns.emplace_back(text);
    } catch (const Error& error) {
      faults.push_back({group_prefix + name, text,
                        "Invalid value " + text + " for configuration " + group_prefix + name +
                            ": " + error.what()});
    }
  }
  return patterns;
}

// A number from 1, or -1 for the broker's default.
template <typename Integer>
Integer read_count(const Properties& group, const std::string& group_prefix, const char* name,
                   Integer otherwise, const char* what, std::vector<Fault>& faults) {
  const std::string* text = group.find(name);
  if (text == nullptr) return otherwise;
  const auto refuse = [&](const std::string& why) {
    faults.push_back(
        {group_prefix + name, *text,
         "Invalid value " + *text + " for configuration " + group_prefix + name + ": " + why});
    return otherwise;
  };
  Integer value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    return refuse(std::string("Not a number of type ") + (sizeof(Integer) == 2 ? "SHORT" : "INT"));
  }
  if (value != -1 && value < 1) return refuse(what);
  return value;
}

}  // namespace

TopicCreation::Group TopicCreation::read_group(const Properties& connector, const std::string& name,
                                               const Group* otherwise, std::vector<Fault>& faults) {
  const std::string group_prefix = prefix + name + ".";
  Properties settings = connector.with_prefix(group_prefix);
  Group group;
  group.name = name;
  group.include = read_patterns(settings, group_prefix, "include", faults);
  group.exclude = read_patterns(settings, group_prefix, "exclude", faults);
  group.as.partitions = read_count<int32_t>(
      settings, group_prefix, "partitions", otherwise ? otherwise->as.partitions : -1,
      "Number of partitions must be positive, or -1 to use the broker's default", faults);
  group.as.replication_factor = read_count<int16_t>(
      settings, group_prefix, "replication.factor",
      otherwise ? otherwise->as.replication_factor : int16_t{-1},
      "Replication factor must be positive and not larger than the number of brokers in the Kafka "
      "cluster, or -1 to use the broker's default",
      faults);
  for (const char* own : {"include", "exclude", "partitions", "replication.factor"}) {
    settings.erase(own);
  }
  group.as.settings = std::move(settings);
  return group;
}

std::optional<TopicCreation> TopicCreation::read(const Properties& connector,
                                                 std::vector<Fault>& faults) {
  const bool given = std::ranges::any_of(connector.entries(), [](const auto& entry) {
    return entry.first.starts_with(prefix) && !entry.second.empty();
  });
  if (!given) return std::nullopt;
  for (const char* required : {"partitions", "replication.factor"}) {
    const std::string name = fmt::format("{}{}.{}", prefix, default_group, required);
    if (connector.contains(name)) continue;
    faults.push_back({name, std::nullopt,
                      "Missing required configuration \"" + name + "\" which has no default value.",
                      "give a number, or -1 for the broker's default"});
  }
  TopicCreation result;
  Group otherwise = read_group(connector, default_group, nullptr, faults);
  for (const std::string& name : config::split_list(connector.get("topic.creation.groups"))) {
    if (name == default_group) continue;
    result.groups_.push_back(read_group(connector, name, &otherwise, faults));
  }
  result.groups_.push_back(std::move(otherwise));
  return result;
}

std::optional<TopicCreation> TopicCreation::of(const Properties& connector) {
  std::vector<Fault> faults;
  auto result = read(connector, faults);
  if (!faults.empty()) throw Error(Reaction::fix_config, "{}", faults.front().text());
  return result;
}

std::vector<Fault> TopicCreation::find_faults(const Properties& connector) {
  std::vector<Fault> faults;
  read(connector, faults);
  return faults;
}

kafka::NewTopic TopicCreation::topic(const std::string& name) const {
  const auto any = [&](const std::vector<JavaRegex>& patterns) {
    return std::ranges::any_of(patterns, [&](const JavaRegex& one) { return one.matches(name); });
  };
  const auto last = groups_.end() - 1;  // the default takes all
  const auto group = std::find_if(groups_.begin(), last, [&](const Group& one) {
    return any(one.include) && !any(one.exclude);
  });
  kafka::NewTopic topic = group->as;
  topic.name = name;
  return topic;
}

TopicCreator::TopicCreator(TopicCreation creation, Properties admin)
    : creation_(std::move(creation)), admin_properties_(std::move(admin)) {}

void TopicCreator::ensure(std::string_view topic) {
  if (topic == last_) return;
  if (!known_.contains(topic)) {
    if (!admin_) admin_.emplace(admin_properties_);
    const auto topics = admin_->topics(answer_timeout);
    for (const auto& one : topics) known_.insert(one.name);
    const std::string name(topic);
    if (!known_.contains(name)) {
      const auto wanted = creation_.topic(name);
      try {
        admin_->create_topics({wanted}, answer_timeout);
      } catch (const Error& error) {
        if (error.reaction() == Reaction::retry) throw;
        throw Error(Reaction::fail_task,
                    "Task failed to create new topic (name={}, numPartitions={}, "
                    "replicationFactor={}). Ensure that the task is authorized to create topics or "
                    "that the topic exists and restart the task: {}",
                    name, wanted.partitions, wanted.replication_factor, error.what());
      }
      base::log_info("Created topic {} with {} partitions and replication factor {}", name,
                     wanted.partitions, wanted.replication_factor);
      known_.insert(name);
    }
  }
  last_ = topic;
}

}  // namespace kc::worker
