// topics.regex: a java.util.regex pattern that the names of the topics to read match as a whole.
//
// librdkafka's own patterns are POSIX's, so the names are matched here: the consumer subscribes to
// the topics that match now, and the list is looked up again as often as the Java consumer does it.
// One task's thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/java_regex.h"
#include "kafka/consumer.h"

namespace kc::worker {

class TopicPattern {
 public:
  // `interval`: metadata.max.age.ms. Throws Error(fix_config) for what is no pattern.
  TopicPattern(const std::string& regex, std::chrono::milliseconds interval,
               const base::Clock& clock);

  // Subscribes `consumer` to what matches, when it is time and something has changed. A broker that
  // does not answer is asked again at the next time.
  void follow(kafka::Consumer& consumer);

  // Internal topics of Kafka match no pattern.
  bool matches(const std::string& topic) const;

 private:
  config::JavaRegex regex_;
  const std::chrono::milliseconds interval_;
  const base::Clock& clock_;
  std::vector<std::string> topics_;  // subscribed to
  base::Clock::steady_time next_;
};

// metadata.max.age.ms of a Java consumer's properties, or its default.
std::chrono::milliseconds metadata_max_age(const config::Properties& consumer);

}  // namespace kc::worker
