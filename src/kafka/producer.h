// A Kafka producer on librdkafka that sends memory of the caller's without copying it and tells
// the fate of each message. One thread.
//
// Messages of a partition stay in order with enable.idempotence or
// max.in.flight.requests.per.connection = 1. Transactions are not supported.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "config/properties.h"
#include "kafka/message_header.h"

namespace kc::metrics {
class Registry;
}

namespace kc::kafka {

struct OutgoingMessage {
  std::string_view topic;
  int32_t partition = -1;  // -1: the partitioner chooses (murmur2 of the key, as Java's)
  std::optional<std::string_view> key = {};
  std::optional<std::string_view> value = {};
  std::span<const MessageHeader> headers = {};  // copied
  int64_t timestamp = -1;  // milliseconds since 1970; -1: when it is handed over
  // Handed back with the delivery report.
  void* opaque = nullptr;
};

class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  // From inside poll() or flush(), on their thread; it must not throw nor call the producer.
  // `error` is null when the brokers have the message as `acks` asks, else why not (valid during
  // the call): retry for what was retried until delivery.timeout.ms, in doubt when the brokers may
  // have it nevertheless; skip_record for a message that no broker takes; fail_task for the rest.
  virtual void delivered(void* opaque, const base::Error* error) = 0;
};

class Producer {
 public:
  // `java_properties`: the Java producer's properties (client_properties.h). Throws
  // Error(fix_config) naming the property. Does not wait for the broker. `registry`, which outlives
  // the producer, gets its statistics.
  explicit Producer(const config::Properties& java_properties,
                    metrics::Registry* registry = nullptr);
  // Abandons what is not delivered, without reports; the memory of the values is free after it.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Hands messages over, in order; consecutive messages of one topic go as one call. Returns how
  // many were taken: fewer than all when the local queue is full (poll, then hand over the rest).
  // The values' memory must stay as it is until delivered() was called for the message; keys are
  // copied. Throws Error(skip_record) for a message that can never be sent (too large), with the
  // messages before it taken: the count is then in `taken`. Throws Error(fail_task) when the
  // client failed for good.
  size_t produce(std::span<const OutgoingMessage> messages, size_t& taken);

  // Waits up to `wait` for delivery reports and hands them to `listener`. Returns their number.
  // Throws Error(fail_task) for a refused login and fatal errors.
  size_t poll(std::chrono::milliseconds wait, DeliveryListener& listener);
  // Sends what lingers and waits until all is reported; false when `timeout` passed before.
  bool flush(std::chrono::milliseconds timeout, DeliveryListener& listener);
  // Messages taken and not yet reported.
  size_t in_flight() const;

  // As Consumer::trouble().
  std::optional<std::string> trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kafka
