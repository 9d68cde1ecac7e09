// A connector by its and its worker's files, while the worker does not run: what the command
// `offsets` reads and changes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/offset_admin.h"
#include "worker/plugins.h"

namespace kc::main {

class StoppedConnector {
 public:
  // Reads both files and the offset file; asks no broker yet. Throws one Error(fix_config) that
  // lists every fault of the files.
  StoppedConnector(const std::string& worker_file, const std::string& connector_file);

  const std::string& name() const { return name_; }
  connect::ConnectorType type() const { return plugin_->type(); }
  // Where the offsets are kept, for people: "consumer group connect-x", "/tmp/connect.offsets".
  std::string place() const;

  // As OffsetAdmin.
  std::vector<worker::PartitionOffset> list() { return admin_->list(); }
  void alter(const std::vector<worker::PartitionOffset>& offsets);
  void reset();

  // As find_running_worker().
  std::optional<std::string> running_at() const;

 private:
  // A running worker would overwrite the change, or be told of it too late.
  void refuse_while_running() const;

  worker::WorkerConfig worker_;
  std::string name_;
  const worker::Plugins plugins_;
  const connect::ConnectorPlugin* plugin_ = nullptr;  // of plugins_
  config::Properties connector_;                      // references resolved: never to be shown
  std::optional<worker::OffsetStore> store_;
  std::optional<worker::OffsetAdmin> admin_;
};

// As GET /connectors/{c}/offsets answers and PATCH takes it, one partition a line:
//   {"offsets":[
//   {"partition":{"table":"T"},"offset":{"record":41}}
//   ]}
std::string offsets_text(const std::vector<worker::PartitionOffset>& offsets);
// Throws Error(fix_config) saying where the text is not of that form. An offset may be null.
std::vector<worker::PartitionOffset> read_offsets(std::string_view text);

}  // namespace kc::main
