#include "worker/topic_pattern.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/log.h"

namespace kc::worker {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds answer_timeout = 1s;  // the group's heartbeats go on meanwhile
constexpr milliseconds interval_while_empty = 5s;

}  // namespace

TopicPattern::TopicPattern(const std::string& regex, milliseconds interval,
                           const base::Clock& clock)
    : regex_(regex), interval_(interval), clock_(clock), next_(clock.now()) {}

bool TopicPattern::matches(const std::string& topic) const {
  if (topic == "__consumer_offsets" || topic == "__transaction_state") return false;
  return regex_.matches(topic);
}

void TopicPattern::follow(kafka::Consumer& consumer) {
  if (clock_.now() < next_) return;
  next_ = clock_.now() + std::min(interval_, interval_while_empty);
  std::vector<std::string> topics;
  try {
    for (std::string& topic : consumer.topic_names(answer_timeout)) {
      if (matches(topic)) topics.push_back(std::move(topic));
    }
  } catch (const base::Error& error) {
    if (error.reaction() != base::Reaction::retry) throw;
    base::log_warn("The topics that topics.regex matches are not known yet: {}", error.what());
    return;
  }
  if (topics.empty()) return;  // none any more: what was subscribed to may come back
  next_ = clock_.now() + interval_;
  std::ranges::sort(topics);
  if (topics == topics_) return;
  base::log_info("topics.regex matches {} topics: {}", topics.size(), fmt::join(topics, ", "));
  consumer.subscribe(topics);
  topics_ = std::move(topics);
}

milliseconds metadata_max_age(const config::Properties& consumer) {
  constexpr milliseconds otherwise = 5min;
  const std::string text = consumer.get("metadata.max.age.ms");
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return otherwise;
  return std::clamp(milliseconds(value), milliseconds(100), milliseconds(24h));
}

}  // namespace kc::worker
