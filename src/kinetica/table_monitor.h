// The ZeroMQ side of Kinetica's table monitors: one SUB socket for any number of topics. One thread
// at a time.
//
// The feed is lossy by nature: rows published before the subscription has reached the database, or
// while the connection is down, do not come. disconnects() tells when that may have happened.
// (Kinetica documentation, "/create/tablemonitor"; ZeroMQ guide, "PUB and SUB".)
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kc::kinetica {

// One multipart message, or the next piece of a long one. Reused from receive() to receive(); the
// views die with the next call.
struct MonitorMessage {
  std::string_view topic_id;
  std::vector<std::string_view> rows;  // Avro, in the table's row encoding
};

class MonitorSubscription {
 public:
  // A message with more rows than this comes in several pieces, each with its topic.
  static constexpr size_t rows_max = 1024;

  // `endpoint`: tcp://host:port (the database's conf.set_monitor_port). Connects in the background
  // and reconnects by itself. Throws Error(fix_config) for an endpoint that is none.
  explicit MonitorSubscription(const std::string& endpoint);
  ~MonitorSubscription();
  MonitorSubscription(const MonitorSubscription&) = delete;
  MonitorSubscription& operator=(const MonitorSubscription&) = delete;

  // Topics match by prefix, as ZeroMQ has it: compare MonitorMessage::topic_id.
  void subscribe(std::string_view topic_id);
  void unsubscribe(std::string_view topic_id);

  // False when nothing came within `wait`, or at once when the connection was made or lost.
  bool receive(MonitorMessage& message, std::chrono::milliseconds wait);

  // Waits until the connection stands; false when it does not within `timeout`.
  bool wait_connected(std::chrono::milliseconds timeout);
  // How often an established connection was lost; rows may have been missed each time.
  uint64_t disconnects() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kinetica
