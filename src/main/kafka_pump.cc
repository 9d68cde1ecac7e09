#include "main/kafka_pump.h"

#include <ostream>
#include <utility>

#include "base/error.h"
#include "base/wait.h"
#include "config/config_providers.h"
#include "convert/json/json_converter.h"
#include "registry/wire_format.h"
#include "worker/shared_security.h"

namespace kc::main {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using data::Value;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr size_t messages_max = 1000;  // sent and not reported
constexpr milliseconds report_step = 1s;

Properties producer_properties(const Properties& worker, const std::string& servers) {
  // In order and safely, as Connect's own producers.
  Properties result{{"client.id", "kinetica-connect-pump"},
                    {"acks", "all"},
                    {"enable.idempotence", "false"},
                    {"max.in.flight.requests.per.connection", "1"},
                    {"linger.ms", "0"},
                    {"delivery.timeout.ms", "30000"}};
  result.set("bootstrap.servers", worker.get("bootstrap.servers"));
  const Properties own = worker.with_prefix("producer.");
  result.merge(worker::inherited_security(worker, own));
  result.merge(own);
  if (!servers.empty()) result.set("bootstrap.servers", servers);
  return result;
}

std::optional<registry::RegistrySettings> registry_settings(const Properties& worker,
                                                            const std::string& url) {
  constexpr const char* url_property = "schema.registry.url";
  Properties properties;
  for (const auto& [name, value] : worker.entries()) {
    const bool for_registry = name.starts_with("schema.registry.") ||
                              name.starts_with("basic.auth.") || name.starts_with("bearer.auth.");
    if (for_registry) properties.set(name, value);
  }
  properties.merge(worker.with_prefix("value.converter."));
  if (!url.empty()) properties.set(url_property, url);
  if (!properties.contains(url_property)) return std::nullopt;
  config::ConfigDef def;
  registry::declare_registry_properties(def);
  return registry::registry_settings(def.parse(properties));
}

}  // namespace

KafkaPumpSettings KafkaPumpSettings::from(const Properties& worker, const std::string& servers,
                                          const std::string& registry_url) {
  std::vector<config::Fault> faults;
  const config::ConfigProviders providers(worker, faults);
  if (!faults.empty()) throw Error(Reaction::fix_config, "{}", faults.front().text());
  const Properties properties = providers.resolve(worker).properties;
  return {producer_properties(properties, servers), registry_settings(properties, registry_url)};
}

KafkaPump::KafkaPump(const KafkaPumpSettings& settings, std::ostream& out, uint64_t seed)
    : out_(out),
      producer_(settings.producer),
      json_(convert::JsonConverter::create({{"schemas.enable", "false"}},
                                           connect::ConverterRole::value)),
      values_(seed) {
  if (settings.registry) registry_.emplace(*settings.registry, clock_);
}

void KafkaPump::send_apples(const std::string& topic, uint32_t batch_size, uint32_t batches) {
  const PumpRecordKind& apple = PumpRecordKind::apple();
  for (uint32_t batch = 0; batch < batches; ++batch) {
    out_ << "Batch " << batch + 1 << '\n';
    for (uint32_t i = 0; i < batch_size; ++i) {
      const auto id = static_cast<int32_t>(batch * batch_size + i);
      const std::string text = json(apple, values_.fruit(apple, id, arena_));
      out_ << text << '\n';
      send(topic, {std::nullopt, text}, "null", text);
    }
  }
  flush();
}

void KafkaPump::send_fruits_as_json(const std::string& topic, uint32_t batch_size,
                                    uint32_t batches) {
  const uint64_t steps = uint64_t{batch_size} * batches;
  for (uint64_t step = 0; step < steps; ++step) {
    for (const PumpRecordKind* kind :
         {&PumpRecordKind::apple(), &PumpRecordKind::orange(), &PumpRecordKind::banana()}) {
      const auto id = static_cast<int32_t>(step);
      const std::string text = json(*kind, values_.fruit(*kind, id, arena_));
      out_ << kind->name() << ' ';
      send(topic, {kind->name(), text}, kind->name(), text);
    }
  }
  flush();
}

void KafkaPump::send_fruits_as_avro(const std::string& topic, uint32_t batch_size,
                                    uint32_t batches) {
  const uint64_t steps = uint64_t{batch_size} * batches;
  for (uint64_t step = 0; step < steps; ++step) {
    for (const PumpRecordKind* kind :
         {&PumpRecordKind::apple(), &PumpRecordKind::orange(), &PumpRecordKind::banana()}) {
      out_ << kind->name() << ' ';
      send_avro(topic, kind->name(), *kind, values_.any(*kind, arena_), false);
      // The schemas that follow do not fit the first one.
      if (step == 0 && kind == &PumpRecordKind::apple()) allow_any_schema(topic);
    }
  }
  flush();
}

void KafkaPump::send_all_schema_versions(const std::string& topic, uint32_t count,
                                         milliseconds pause) {
  for (int version = 1; version <= PumpRecordKind::schema_versions; ++version) {
    const PumpRecordKind& kind = PumpRecordKind::schema_test(version);
    out_ << "\nProducing " << count << " Avro messages for schema " << kind.name() << " version "
         << version << '\n';
    for (uint32_t i = 0; i < count; ++i) {
      send_avro(topic, std::to_string(i), kind, values_.any(kind, arena_), false);
    }
    flush();
    if (version == 1) allow_any_schema(topic);
    base::wait_unless_stopped({}, pause);
  }
}

void KafkaPump::send_schema_version(int version, uint32_t count) {
  send_keyed_avro(PumpRecordKind::schema_test(version), count);
}

void KafkaPump::send_employees(uint32_t count) {
  send_keyed_avro(PumpRecordKind::employee(), count);
}

void KafkaPump::send_keyed_avro(const PumpRecordKind& kind, uint32_t count) {
  const bool employees = &kind == &PumpRecordKind::employee();
  for (uint32_t i = 0; i < count; ++i) {
    const Value value = employees ? values_.employee(arena_) : values_.any(kind, arena_);
    send_avro(kind.name(), "key" + std::to_string(i), kind, value, true);
  }
  flush();
}

void KafkaPump::send_avro(const std::string& topic, const std::string& key,
                          const PumpRecordKind& kind, const Value& value, bool avro_key) {
  static const std::string key_text = "\"string\"";
  static const PumpRecordKind key_kind("key", key_text);
  Message message{key, registry::frame_header(schema_id(topic + "-value", kind.avro_text()))};
  if (avro_key) {
    message.key = registry::frame_header(schema_id(topic + "-key", key_text));
    convert::write_avro(write_plan(key_kind), Value::string(key), *message.key);
  }
  convert::write_avro(write_plan(kind), value, message.value);
  send(topic, std::move(message), key, json(kind, value));
}

void KafkaPump::send(const std::string& topic, Message message, std::string_view shown_key,
                     std::string_view shown_value) {
  if (messages_.size() >= messages_max) flush();
  out_ << "ProducerRecord(topic=" << topic << ", partition=null, key=" << shown_key
       << ", value=" << shown_value << ", timestamp=null)\n";
  arena_.reset();
  const Message& kept = messages_.emplace_back(std::move(message));
  kafka::OutgoingMessage outgoing{.topic = topic};
  if (kept.key) outgoing.key = *kept.key;
  outgoing.value = kept.value;
  size_t taken = 0;
  while (producer_.produce({&outgoing, 1}, taken) == 0) producer_.poll(report_step, *this);
}

void KafkaPump::delivered(void*, const Error* error) {
  if (error == nullptr) {
    ++delivered_;
  } else if (!failure_) {
    failure_ = *error;
  }
}

void KafkaPump::flush() {
  out_.flush();
  // Every message is reported at the latest after delivery.timeout.ms.
  while (!producer_.flush(report_step, *this)) {
  }
  messages_.clear();
  if (failure_) throw *failure_;
}

std::string KafkaPump::json(const PumpRecordKind& kind, const Value& value) {
  std::string text;
  json_->from_connect({}, kind.schema().get(), value, text);
  return text;
}

registry::RegistryClient& KafkaPump::registry() {
  if (!registry_) {
    throw Error(Reaction::fix_config,
                "Avro needs a Schema Registry. Give -s http://localhost:8081, or "
                "value.converter.schema.registry.url in the file");
  }
  return *registry_;
}

int32_t KafkaPump::schema_id(const std::string& subject, const std::string& avro_text) {
  const auto [known, added] = schema_ids_.try_emplace(subject + '\n' + avro_text, 0);
  if (added) {
    registry::RegisteredSchema schema{"AVRO", avro_text};
    known->second = registry().register_schema(subject, schema);
  }
  return known->second;
}

const convert::AvroWritePlan& KafkaPump::write_plan(const PumpRecordKind& kind) {
  return write_plans_.try_emplace(&kind, kind.avro(), *kind.schema()).first->second;
}

// As the Java pumps, goes on when the registry refuses: it may be set so already.
void KafkaPump::allow_any_schema(const std::string& topic) {
  out_ << "\nForcing Kafka topic schema evolution compatibility to [NONE]\n";
  try {
    registry().set_compatibility(topic + "-value", "NONE");
  } catch (const Error& error) {
    out_ << "The Schema Registry did not take it: " << error.what() << '\n';
  }
}

}  // namespace kc::main
