// What each subcommand takes, and the functions that run them. Each returns the exit status.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace kc::main {

// kinetica-connect standalone WORKER.properties [CONNECTOR.properties|.json ...]
struct StandaloneOptions {
  std::string worker_file;
  std::vector<std::string> connector_files;
};
int run_standalone(const StandaloneOptions& options);

// kinetica-connect server: the embedded Kinetica-compatible server alone.
struct ServerOptions {
  std::string listen = "127.0.0.1:9191";
  std::string advertised_host;
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;
  std::string users_file;  // else $KINETICA_USERS
  std::vector<std::string> ha_ring;
  size_t ranks = 0;
  std::vector<uint16_t> rank_ports;
  uint16_t monitor_port = 0;
  uint64_t memory_limit_bytes = uint64_t{8} << 30;
  std::string kinetica_version = "7.2";
  std::string data_dir;
  bool data_synced = false;
};
int run_server(const ServerOptions& options);

// kinetica-connect datapump [options] [URL]: random rows into two test tables.
struct DatapumpOptions {
  std::string url;
  std::string config_file;
  uint32_t delay_seconds = 3;
  uint32_t batch_size = 10;
  uint32_t total_batches = 100;
};
int run_datapump(const DatapumpOptions& options);

// kinetica-connect pump string|json|avro|schema-test [options] [URL]: random records into a topic.
enum class PumpKind { string, json, avro, schema_test };
struct PumpOptions {
  std::string url;  // bootstrap.servers
  std::string config_file;
  std::string schema_registry;
  std::string topic;  // not with schema_test
  uint32_t batch_size = 10;
  uint32_t total_batches = 10;
  int32_t schema_version = 0;
};
int run_pump(PumpKind kind, const PumpOptions& options);

// kinetica-connect offsets show|export|import|reset WORKER.properties CONNECTOR.properties [FILE]
enum class OffsetsAction { show, export_, import_, reset };
struct OffsetsOptions {
  std::string worker_file;
  std::string connector_file;
  std::string file = "-";  // of export and import
};
int run_offsets(OffsetsAction action, const OffsetsOptions& options);

// kinetica-connect demo: table -> topic -> table on an embedded broker and an embedded server.
struct DemoOptions {
  uint32_t batches = 100;
  uint32_t batch_size = 10;
  bool schemas = true;
  bool keep = false;
};
int run_demo(const DemoOptions& options);

// kinetica-connect reference [--check] FOLDER: writes the pages of docs/reference, or names those
// that are stale.
struct ReferenceOptions {
  std::string folder;
  bool check = false;
};
struct Command;
int run_reference(const ReferenceOptions& options, const Command& program);

}  // namespace kc::main
