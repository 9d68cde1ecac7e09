// bench_load COMMAND --name value ...: the benchmark's hands. Prints one JSON object.
#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "bench/measurement.h"
#include "bench/ticker.h"
#include "bench/topic_writer.h"
#include "kafka/admin.h"
#include "kafka/client_properties.h"

namespace kc::bench {
namespace {

using base::Error;
using base::Reaction;

constexpr const char* usage =
    "usage: bench_load COMMAND --OPTION VALUE ...\n"
    "  fill-topic      --brokers --topic --records --format json|json_schema|avro\n"
    "                  [--partitions --seed --batch-bytes --compression]\n"
    "  create-topic    --brokers --topic [--partitions]\n"
    "  create-table    --url --table\n"
    "  drop-table      --url --table\n"
    "  measure-sink    --url --table --records --worker PID [--seed]\n"
    "  measure-source  --url --table --brokers --topic --records --worker PID\n"
    "                  [--partitions --seed --in-flight]\n"
    "  measure-insert  --url --table --records --server PID [--seed]\n"
    "  measure-upsert  --url --table --records --server PID [--seed]\n"
    "  avro-schema     of the records of --format avro\n"
    "  versions\n";

class Arguments {
 public:
  Arguments(int argc, char** argv) {
    for (int i = 2; i < argc; i += 2) {
      const std::string_view name = argv[i];
      if (!name.starts_with("--") || i + 1 == argc) {
        throw Error(Reaction::fix_config, "{}: options are --NAME VALUE\n{}", name, usage);
      }
      values_.emplace(name.substr(2), argv[i + 1]);
    }
  }

  std::string text(const std::string& name, const char* otherwise = nullptr) {
    used_.insert(name);
    const auto found = values_.find(name);
    if (found != values_.end()) return found->second;
    if (otherwise == nullptr) {
      throw Error(Reaction::fix_config, "--{} is missing\n{}", name, usage);
    }
    return otherwise;
  }

  int64_t number(const std::string& name, const char* otherwise = nullptr) {
    const std::string value = text(name, otherwise);
    int64_t result = 0;
    const char* const end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, result);
    if (parsed.ec != std::errc() || parsed.ptr != end || result < 0) {
      throw Error(Reaction::fix_config, "--{} {}: give a number", name, value);
    }
    return result;
  }

  void check_all_used() const {
    for (const auto& [name, value] : values_) {
      if (!used_.contains(name)) {
        throw Error(Reaction::fix_config, "--{} means nothing here\n{}", name, usage);
      }
    }
  }

 private:
  std::map<std::string, std::string> values_;
  std::set<std::string> used_;
};

int32_t partitions(Arguments& arguments) {
  return static_cast<int32_t>(arguments.number("partitions", "4"));
}

uint64_t seed(Arguments& arguments) { return static_cast<uint64_t>(arguments.number("seed", "1")); }

TickerFormat format_of(const std::string& name) {
  if (name == "json") return TickerFormat::json;
  if (name == "json_schema") return TickerFormat::json_schema;
  if (name == "avro") return TickerFormat::avro;
  throw Error(Reaction::fix_config, "--format {}: json, json_schema or avro", name);
}

void fill_topic(Arguments& arguments) {
  TopicOptions options;
  options.brokers = arguments.text("brokers");
  options.topic = arguments.text("topic");
  options.partitions = partitions(arguments);
  options.records = arguments.number("records");
  options.seed = seed(arguments);
  options.batch_bytes = arguments.number("batch-bytes", "16384");
  options.compression = arguments.text("compression", "none");
  options.format = format_of(arguments.text("format"));
  arguments.check_all_used();
  const int64_t bytes = write_topic(options);
  fmt::print("{{\"records\": {}, \"value_bytes\": {}}}\n", options.records, bytes);
}

void create_topic(Arguments& arguments) {
  const std::string brokers = arguments.text("brokers");
  const std::string topic = arguments.text("topic");
  const int32_t count = partitions(arguments);
  arguments.check_all_used();
  kafka::Admin({{"bootstrap.servers", brokers}})
      .create_topics({{.name = topic, .partitions = count}}, std::chrono::seconds(30));
  fmt::print("{{}}\n");
}

MeasurementOptions table_options(Arguments& arguments) {
  MeasurementOptions options;
  options.url = arguments.text("url");
  options.table = arguments.text("table");
  return options;
}

void print(const Measurement& measurement) {
  fmt::print("{{\"records\": {}, \"elapsed_ns\": {}, \"cpu_ns\": {}, \"rss_bytes\": {}}}\n",
             measurement.records, measurement.elapsed.count(), measurement.cpu.count(),
             measurement.peak_resident_bytes);
}

void measure(Arguments& arguments, bool sink) {
  MeasurementOptions options = table_options(arguments);
  options.records = arguments.number("records");
  options.worker = static_cast<pid_t>(arguments.number("worker"));
  options.seed = seed(arguments);
  if (!sink) {
    options.brokers = arguments.text("brokers");
    options.topic = arguments.text("topic");
    options.partitions = partitions(arguments);
    options.in_flight_max = arguments.number("in-flight", "100000");
  }
  arguments.check_all_used();
  print(sink ? measure_sink(options) : measure_source(options));
}

void measure_server_process(Arguments& arguments, bool upsert) {
  MeasurementOptions options = table_options(arguments);
  options.records = arguments.number("records");
  options.worker = static_cast<pid_t>(arguments.number("server"));
  options.seed = seed(arguments);
  arguments.check_all_used();
  print(measure_server(options, upsert));
}

int run(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  Arguments arguments(argc, argv);
  if (command == "fill-topic") {
    fill_topic(arguments);
  } else if (command == "create-topic") {
    create_topic(arguments);
  } else if (command == "create-table") {
    create_table(table_options(arguments));
    fmt::print("{{}}\n");
  } else if (command == "drop-table") {
    drop_table(table_options(arguments));
    fmt::print("{{}}\n");
  } else if (command == "measure-sink" || command == "measure-source") {
    measure(arguments, command == "measure-sink");
  } else if (command == "measure-insert" || command == "measure-upsert") {
    measure_server_process(arguments, command == "measure-upsert");
  } else if (command == "avro-schema") {
    fmt::print("{}\n", avro_schema());
  } else if (command == "versions") {
    fmt::print("{{\"librdkafka\": \"{}\"}}\n", kafka::librdkafka_version());
  } else {
    std::fputs(usage, stderr);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace kc::bench

int main(int argc, char** argv) {
  kc::base::set_log_level(kc::base::LogLevel::warn);
  try {
    return kc::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
  }
  return 1;
}
