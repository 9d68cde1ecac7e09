#include <cstdio>
#include <iostream>

#include "config/properties.h"
#include "main/commands.h"
#include "main/kafka_pump.h"
#include "main/signals.h"

namespace kc::main {
namespace {

constexpr std::chrono::seconds schema_pause{1};

int refuse(const char* reason) {
  std::fprintf(stderr, "PARAM ERROR: %s\n", reason);
  return 1;
}

std::string shown(const registry::RegistrySettings& registry) {
  std::string urls;
  for (const registry::Endpoint& endpoint : registry.endpoints) {
    if (!urls.empty()) urls += ',';
    urls += endpoint.url;  // without name and password
  }
  return urls;
}

void echo(PumpKind kind, const PumpOptions& options, const KafkaPumpSettings& settings) {
  std::ostream& out = std::cout;
  if (kind != PumpKind::schema_test) out << "Batch size: " << options.batch_size << '\n';
  if (kind != PumpKind::avro) out << "Total batches: " << options.total_batches << '\n';
  if (kind == PumpKind::schema_test) out << "Schema version: " << options.schema_version << '\n';
  if (kind != PumpKind::string && settings.registry) {
    out << "Schema Registry: " << shown(*settings.registry) << '\n';
  }
  if (kind != PumpKind::schema_test) out << "Topic Name: " << options.topic << '\n';
  out << (kind == PumpKind::avro ? "Bootstrap URL: " : "URL: ")
      << settings.producer.get("bootstrap.servers") << '\n';
}

void send(PumpKind kind, const PumpOptions& options, bool with_registry, KafkaPump& pump) {
  switch (kind) {
    case PumpKind::string:
      std::cout << "Producing schemaless JSON messages\n";
      return pump.send_apples(options.topic, options.batch_size, options.total_batches);
    case PumpKind::json:
      if (!with_registry) {
        std::cout << "Producing schemaless JSON messages\n";
        return pump.send_fruits_as_json(options.topic, options.batch_size, options.total_batches);
      }
      std::cout << "Producing Avro messages with schema registry\n";
      return pump.send_fruits_as_avro("avro" + options.topic, options.batch_size,
                                      options.total_batches);
    case PumpKind::avro:
      return pump.send_all_schema_versions(options.topic, options.batch_size, schema_pause);
    case PumpKind::schema_test:
      if (options.schema_version < 1 || options.schema_version > PumpRecordKind::schema_versions) {
        std::cout << options.schema_version
                  << " is not a valid version of SchemaTest, producing Employee records instead.\n";
        return pump.send_employees(options.total_batches);
      }
      std::cout << "Producing SchemaTest records, schema version " << options.schema_version
                << '\n';
      return pump.send_schema_version(options.schema_version, options.total_batches);
  }
}

}  // namespace

int run_pump(PumpKind kind, const PumpOptions& options) {
  unblock_signals();
  const config::Properties worker = options.config_file.empty()
                                        ? config::Properties()
                                        : config::read_properties(options.config_file);
  const auto settings = KafkaPumpSettings::from(worker, options.url, options.schema_registry);
  if (settings.producer.get("bootstrap.servers").empty()) {
    return refuse("Missing bootstrap URL (i.e. http://localhost:9092)");
  }
  const bool needs_registry = kind == PumpKind::avro || kind == PumpKind::schema_test;
  if (needs_registry && !settings.registry) {
    return refuse("Missing schema registry (i.e. -s http://localhost:8081)");
  }
  echo(kind, options, settings);
  KafkaPump pump(settings, std::cout);
  send(kind, options, settings.registry.has_value(), pump);
  std::cout << "Produced " << pump.delivered() << " records.\n" << std::flush;
  return 0;
}

}  // namespace kc::main
