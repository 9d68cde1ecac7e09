// The Kafka pumps: random records into a topic, as StringDataPump, JsonDataPump,
// AvroSerializerDataPump and SchemaTestSerializerDataPump of the Java connector's tests write them.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "config/properties.h"
#include "connect/converter.h"
#include "convert/avro/avro_writer.h"
#include "kafka/producer.h"
#include "main/pump_records.h"
#include "registry/registry_client.h"

namespace kc::main {

struct KafkaPumpSettings {
  config::Properties producer;  // the Java producer's
  std::optional<registry::RegistrySettings> registry;

  // From a worker's file: bootstrap.servers, what stands under `producer.`, and the worker's own
  // security.*, ssl.* and sasl.* where they serve producers. For the registry: schema.registry.*,
  // basic.auth.* and bearer.auth.*, then what stands under `value.converter.`. References to config
  // providers are resolved. `servers` and `registry_url`, unless empty, count instead of the
  // file's. Throws Error(fix_config).
  static KafkaPumpSettings from(const config::Properties& worker, const std::string& servers,
                                const std::string& registry_url);
};

// Each send_...() prints every record and returns when the brokers have all of them. Throws
// Error(retry) when brokers or registry did not take something in time, Error(fix_config) when
// their settings cannot be used, Error(fail_task) and Error(skip_record) when they refused. Those
// that write Avro need a registry. One thread.
class KafkaPump : private kafka::DeliveryListener {
 public:
  // `out` outlives the pump.
  KafkaPump(const KafkaPumpSettings& settings, std::ostream& out,
            uint64_t seed = std::random_device{}());

  // Apples as JSON, without keys.
  void send_apples(const std::string& topic, uint32_t batch_size, uint32_t batches);
  // An apple, an orange and a banana in turn, with their names as keys.
  void send_fruits_as_json(const std::string& topic, uint32_t batch_size, uint32_t batches);
  void send_fruits_as_avro(const std::string& topic, uint32_t batch_size, uint32_t batches);
  // `count` records of each version of SchemaTest, with a pause after each version.
  void send_all_schema_versions(const std::string& topic, uint32_t count,
                                std::chrono::milliseconds pause);
  // `count` records of one version of SchemaTest, keys in Avro, to topic SchemaTest.
  void send_schema_version(int version, uint32_t count);
  // The same with Employee.
  void send_employees(uint32_t count);

  // Records that the brokers have.
  uint64_t delivered() const { return delivered_; }

 private:
  struct Message {
    std::optional<std::string> key;
    std::string value;
  };

  void delivered(void* opaque, const base::Error* error) override;
  // `shown`: the key and the value as they are printed.
  void send(const std::string& topic, Message message, std::string_view shown_key,
            std::string_view shown_value);
  void send_avro(const std::string& topic, const std::string& key, const PumpRecordKind& kind,
                 const data::Value& value, bool avro_key);
  void send_keyed_avro(const PumpRecordKind& kind, uint32_t count);
  // Waits until all is delivered.
  void flush();

  std::string json(const PumpRecordKind& kind, const data::Value& value);
  registry::RegistryClient& registry();
  int32_t schema_id(const std::string& subject, const std::string& avro_text);
  const convert::AvroWritePlan& write_plan(const PumpRecordKind& kind);
  void allow_any_schema(const std::string& topic);

  std::ostream& out_;
  kafka::Producer producer_;
  const base::Clock clock_;
  std::optional<registry::RegistryClient> registry_;
  const std::unique_ptr<connect::Converter> json_;
  PumpValues values_;
  base::Arena arena_;                                    // values, until they are encoded
  std::deque<Message> messages_;                         // whose delivery is not reported yet
  std::unordered_map<std::string, int32_t> schema_ids_;  // by subject and text
  std::unordered_map<const PumpRecordKind*, convert::AvroWritePlan> write_plans_;
  uint64_t delivered_ = 0;
  std::optional<base::Error> failure_;
};

}  // namespace kc::main
