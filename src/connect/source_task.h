// org.apache.kafka.connect.source.SourceTask, on one thread: start, poll ..., stop.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "data/record.h"
#include "metrics/registry.h"

namespace kc::connect {

// Offsets that earlier runs have committed (OffsetStorageReader). Outlives the task.
class OffsetReader {
 public:
  virtual ~OffsetReader() = default;
  // The source offset stored for `source_partition`, both as compact JSON objects ({"table":"T"} ->
  // {"record":41}); compared as parsed JSON, so that the order of members does not matter. Nothing
  // when there is none.
  virtual std::optional<std::string> offset(std::string_view source_partition) const = 0;
};

// What a task may ask of its worker. Outlives the task.
class SourceTaskContext {
 public:
  virtual ~SourceTaskContext() = default;
  virtual const OffsetReader& offsets() const = 0;
  // Where the task may show metrics, with the labels `connector` and `task` (KIP-877).
  virtual metrics::Scope metrics() = 0;
};

class SourceTask {
 public:
  virtual ~SourceTask() = default;

  // Connects and begins to listen. Error(retry): the other side is away, call again after a wait.
  virtual void start(SourceTaskContext& context, const std::stop_token& stop) = 0;

  // Fills `batch` (empty on entry) with what is there, waiting up to `wait` for a first record; may
  // leave it empty. Errors of threads that work for the task are thrown here.
  virtual void poll(data::RecordBatch& batch, std::chrono::milliseconds wait,
                    const std::stop_token& stop) = 0;

  // What keeps records from coming, a sentence on what is away; nothing when they may come.
  virtual std::optional<std::string> trouble() const { return std::nullopt; }

  // The last call. Does not throw.
  virtual void stop() noexcept = 0;
};

}  // namespace kc::connect
