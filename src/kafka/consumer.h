// A Kafka consumer in a group, on librdkafka: batches of messages, rebalances told on the polling
// thread, explicit commits. One thread. librdkafka's own threads only fetch and write log lines.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/properties.h"
#include "connect/topic_partition.h"
#include "data/record.h"
#include "kafka/message_header.h"

namespace kc::metrics {
class Registry;
}

namespace kc::kafka {

// One consumed message; all views live as long as its MessageBatch (`topic`: as long as the
// Consumer).
struct Message {
  std::string_view topic;
  int32_t partition;
  int64_t offset;
  int64_t timestamp;
  data::TimestampType timestamp_type;
  std::optional<std::string_view> key;    // nothing: null
  std::optional<std::string_view> value;  // nothing: a tombstone
  std::span<const MessageHeader> headers = {};
};

// Owns consumed messages; reused from poll to poll. Has to be cleared or destroyed before its
// Consumer is.
class MessageBatch {
 public:
  MessageBatch();
  ~MessageBatch();
  MessageBatch(MessageBatch&&) noexcept;
  MessageBatch& operator=(MessageBatch&&) noexcept;

  size_t size() const;
  bool empty() const { return size() == 0; }
  const Message& operator[](size_t index) const;
  std::span<const Message> messages() const;
  void clear();

 private:
  friend class Consumer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Told on the thread that polls, from inside Consumer::poll() or close(). What it throws ends the
// callback only and is thrown again by poll() or close(). It may call the consumer's committed(),
// seek(), commit(), pause() and resume().
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // Fetching has not begun: a seek() in here decides where it begins. `partitions` are the new
  // ones; with an eager assignor these are all.
  virtual void assigned(std::span<const connect::TopicPartition> partitions) = 0;
  // Still ours while this runs: commit here. Messages of them come no more after it.
  virtual void revoked(std::span<const connect::TopicPartition> partitions) = 0;
  // Already somebody else's: a commit would fail.
  virtual void lost(std::span<const connect::TopicPartition> partitions) = 0;
};

class Consumer {
 public:
  // `java_properties`: the Java consumer's properties (see client_properties.h for the
  // translation); their client.id stands in log lines. Throws Error(fix_config) naming the
  // property. Does not wait for the broker. `listener` outlives the
  // consumer, and so does `registry`, which gets its statistics.
  Consumer(const config::Properties& java_properties, RebalanceListener& listener,
           metrics::Registry* registry = nullptr);
  // Leaves the group if close() did not, without telling the listener. What does not end in time
  // goes on ending on a thread of its own, with all that it needs.
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // Instead of what it was subscribed to. A topic that does not exist is logged and picked up
  // within ten seconds of its creation.
  void subscribe(const std::vector<std::string>& topics);

  // Of all topics that there are, internal ones included. Throws Error(retry) when no broker
  // answers in time.
  std::vector<std::string> topic_names(std::chrono::milliseconds timeout) const;

  // Clears `batch` and takes what is there, waiting up to `wait` for a first message; at most
  // `max_messages`. Serves rebalances, after which it returns early. A broker that is away is
  // logged (once, then once more when it is back) and waited for, not thrown. Throws
  // Error(fail_task) for what will not mend itself: fatal errors, a refused login, missing
  // permissions, corrupt messages, no offset to start from with auto.offset.reset=none.
  // Messages of paused partitions are not returned.
  void poll(MessageBatch& batch, size_t max_messages, std::chrono::milliseconds wait);

  // From now on messages are taken without their headers: reading them takes time, also where a
  // message has none.
  void leave_headers();

  // All assigned partitions; partitions assigned while paused are paused too. What was fetched and
  // not returned is fetched again after resume(); nothing is lost.
  void pause();
  void resume();
  bool paused() const;

  std::vector<connect::TopicPartition> assignment() const;
  // The committed offsets of `partitions` (those without one are left out). Blocks up to
  // `timeout`; throws Error(retry).
  connect::Offsets committed(std::span<const connect::TopicPartition> partitions,
                             std::chrono::milliseconds timeout);
  // Continues at these offsets; partitions that are not assigned are left out with a log line.
  void seek(const connect::Offsets& offsets);

  // Asynchronous; failures are logged and counted, the next commit makes up for them.
  void commit_async(const connect::Offsets& offsets);
  uint64_t failed_commits() const;
  // Asynchronous commits whose answer is outstanding; poll() takes the answers.
  size_t pending_commits() const;
  // Throws Error(retry), in doubt, when the broker did not confirm within `timeout`.
  void commit(const connect::Offsets& offsets, std::chrono::milliseconds timeout);

  // Names what keeps the consumer from its brokers, or nothing when all is well:
  // "127.0.0.1:9092/1: Connect to ipv4#127.0.0.1:9092 failed: Connection refused".
  std::optional<std::string> trouble() const;

  // How many messages it has not read of the partition where these are most, a few seconds ago;
  // nothing while that is not known, and without a registry.
  std::optional<int64_t> lag_max() const;

  // Leaves the group: revoked() is called for what is assigned. Waits up to `timeout`, the
  // listener's own time apart; a group that has not let go by then is left to miss it, with a log
  // line. After it only destruction.
  void close(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kafka
