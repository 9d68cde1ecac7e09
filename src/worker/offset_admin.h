// Where a connector is in its topics or tables, to be read and changed while it does not run
// (KIP-875): what GET, PATCH and DELETE /connectors/{c}/offsets and the command `offsets` do. A
// sink's are the committed offsets of its consumer group, a source's stand in the worker's file.
//
//   sink    {"kafka_topic":"t","kafka_partition":0} -> {"kafka_offset":42}
//   source  {"table":"T"} -> {"record":41}
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "connect/connector.h"
#include "worker/offset_store.h"
#include "worker/worker_config.h"

namespace kc::worker {

// References outlive it. Every call that asks the brokers ends within `timeout` or throws
// Error(retry).
class OffsetAdmin {
 public:
  static constexpr std::chrono::seconds timeout{20};

  // `connector`: its properties with their references resolved.
  OffsetAdmin(const WorkerConfig& worker, OffsetStore& store,
              const connect::ConnectorPlugin& plugin, config::Properties connector)
      : worker_(worker), store_(store), plugin_(plugin), connector_(std::move(connector)) {}

  std::vector<PartitionOffset> list() const;
  // Sets them; an offset of nothing is forgotten. Throws RequestError in stock Connect's words for
  // what is no partition or offset of this connector, and changes nothing then. A source's can be
  // forgotten whatever they look like. A sink's are set first and then forgotten, in two requests
  // of the broker's: after an Error(retry) some may be, and the same call again does the rest.
  void alter(const std::vector<PartitionOffset>& offsets);
  // Forgets all.
  void reset();

 private:
  bool is_sink() const { return plugin_.type() == connect::ConnectorType::sink; }
  void alter_sink(const std::vector<PartitionOffset>& offsets) const;
  std::string group() const;

  const WorkerConfig& worker_;
  OffsetStore& store_;
  const connect::ConnectorPlugin& plugin_;
  const config::Properties connector_;
};

}  // namespace kc::worker
