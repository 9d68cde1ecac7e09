// What table monitors publish, over one ZeroMQ XPUB socket with a thread of its own.
// (Kinetica documentation, "Table Monitors".)
//
// A message is multipart: the topic id, then one part per row; large inserts become messages of at
// most 1,000 rows. For subscribers that are connected nothing is lost up to a bound: 1,000 messages
// wait for a slow subscriber in its socket and 256 MiB before it; then publishing waits, and after
// 5 seconds the rows that do not fit are dropped, counted and warned about. Nothing is kept for
// subscribers that are not there.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kc::server {

class MonitorPublisher {
 public:
  // Port 0: the kernel chooses. Throws Error(fix_config) when the address cannot be had.
  MonitorPublisher(const std::string& host, uint16_t port);
  ~MonitorPublisher();
  MonitorPublisher(const MonitorPublisher&) = delete;
  MonitorPublisher& operator=(const MonitorPublisher&) = delete;

  uint16_t port() const;

  // Waits, at most 5 seconds, until publish() will not have to drop. Call it before taking a lock.
  void wait_for_room();
  // Copies the rows and returns at once. Messages go out in the order of the calls. Any thread.
  void publish(const std::string& topic_id, std::span<const std::string_view> rows);

  // A fault: the next `messages` are dropped as if they had been lost on the way.
  void drop_next(uint32_t messages);

  // Subscriptions that the topic's messages go to at this moment.
  size_t subscribers(std::string_view topic_id) const;
  uint64_t dropped_rows() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::server
