// A worker for tests: an embedded Kafka, and connectors whose tasks tell what they do.
#pragma once

#include <stdlib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "kafka/admin.h"
#include "kafka/client_properties.h"
#include "kafka/mock_cluster.h"
#include "kafka/producer.h"
#include "worker/herder.h"
#include "worker/worker_config.h"

namespace kc::worker {

// What the tasks of a test saw and are to do; outlives them.
struct TaskScript {
  base::Guarded<std::vector<std::string>> taken;  // by sink tasks, in their order
  std::atomic<int> started = 0;
  std::atomic<int> stopped = 0;
  std::atomic<int64_t> to_send = 0;  // source tasks send the records below it
  std::atomic<bool> hangs = false;   // in put(), until it is false again
  std::atomic<int> fail_starts = 0;  // of sink tasks, so many, with `failure`
  std::atomic<base::Reaction> failure = base::Reaction::fail_task;

  size_t taken_count() const { return taken.copy().size(); }
};

class ScriptedSinkTask final : public connect::SinkTask {
 public:
  explicit ScriptedSinkTask(TaskScript& script) : script_(script) {}
  void start(connect::SinkTaskContext&, const std::stop_token&) override {
    ++script_.started;
    if (script_.fail_starts > 0) {
      --script_.fail_starts;
      throw base::Error(script_.failure, "told to fail");
    }
  }
  void open(std::span<const connect::TopicPartition>) override {}
  void put(const data::RecordBatch& batch) override {
    while (script_.hangs) std::this_thread::yield();
    for (const data::Record& record : batch.records()) {
      script_.taken.with([&](auto& taken) { taken.emplace_back(record.value.as_text()); });
    }
  }
  connect::Offsets pre_commit(const connect::Offsets& positions,
                              std::chrono::milliseconds) override {
    return positions;
  }
  void close(std::span<const connect::TopicPartition>) override {}
  void stop() noexcept override { ++script_.stopped; }

 private:
  TaskScript& script_;
};

// Sends 0, 1, ... to the topic "out", from after its stored offset.
class ScriptedSourceTask final : public connect::SourceTask {
 public:
  explicit ScriptedSourceTask(TaskScript& script) : script_(script) {}
  void start(connect::SourceTaskContext& context, const std::stop_token&) override {
    const auto stored = context.offsets().offset(R"({"table":"T"})");
    next_ = stored ? std::stoll(stored->substr(stored->find(':') + 1)) + 1 : 0;
    ++script_.started;
  }
  void poll(data::RecordBatch& batch, std::chrono::milliseconds, const std::stop_token&) override {
    for (; next_ < script_.to_send && batch.size() < 3; ++next_) {
      data::Record record;
      record.topic = "out";
      record.value = data::Value::string(batch.arena().copy(std::to_string(next_)));
      record.source_partition = data::Value::map(partition_);
      auto* const offset = batch.arena().allocate_array<data::Value>(2);
      offset[0] = data::Value::string("record");
      offset[1] = data::Value::int64(next_);
      record.source_offset = data::Value::map({offset, 2});
      batch.records().push_back(record);
    }
    if (batch.empty()) std::this_thread::yield();
  }
  void stop() noexcept override { ++script_.stopped; }

 private:
  TaskScript& script_;
  const std::array<data::Value, 2> partition_{data::Value::string("table"),
                                              data::Value::string("T")};
  int64_t next_ = 0;
};

// test.ScriptedSinkConnector and test.ScriptedSourceConnector. The property "tasks" is the number
// of tasks that they make, tasks.max when it is not given; "fails" makes that fail.
class ScriptedConnector final : public connect::ConnectorPlugin {
 public:
  ScriptedConnector(connect::ConnectorType type, TaskScript& script)
      : type_(type), script_(script) {
    declare("tasks", config::PropertyType::int32, "0");
    declare("fails", config::PropertyType::boolean, "false");
    declare("key", config::PropertyType::password, "");
  }
  std::string_view class_name() const override {
    return is_sink() ? "test.ScriptedSinkConnector" : "test.ScriptedSourceConnector";
  }
  std::string_view task_class_name() const override {
    return is_sink() ? "test.ScriptedSinkTask" : "test.ScriptedSourceTask";
  }
  std::string_view version() const override { return "7"; }
  connect::ConnectorType type() const override { return type_; }
  const config::ConfigDef& config_def() const override { return def_; }
  std::vector<config::Fault> validate(const config::Properties&) const override { return {}; }
  std::vector<config::Properties> task_configs(const config::Properties& properties,
                                               int tasks_max) const override {
    if (properties.get("fails") == "true") {
      throw base::Error(base::Reaction::fail_task, "no tasks today");
    }
    const int count = std::stoi(properties.get("tasks", std::to_string(tasks_max)));
    return {static_cast<size_t>(count), properties};
  }
  std::optional<std::string> offset_fault(const config::Properties&,
                                          std::span<const GivenOffset> offsets) const override {
    for (const GivenOffset& given : offsets) {
      if (given.offset.find("record") == std::string_view::npos) return "The offset has no record";
    }
    return std::nullopt;
  }
  std::unique_ptr<connect::SinkTask> create_sink_task(const config::Properties&) const override {
    return std::make_unique<ScriptedSinkTask>(script_);
  }
  std::unique_ptr<connect::SourceTask> create_source_task(
      const config::Properties&) const override {
    return std::make_unique<ScriptedSourceTask>(script_);
  }

 private:
  void declare(const char* name, config::PropertyType type, const char* otherwise) {
    config::Property property;
    property.name = name;
    property.type = type;
    property.default_value = otherwise;
    def_.add(std::move(property));
  }
  bool is_sink() const { return type_ == connect::ConnectorType::sink; }

  const connect::ConnectorType type_;
  TaskScript& script_;
  config::ConfigDef def_;
};

// test.PlainConverter hands bytes on as text.
class PlainTextConverter final : public connect::Converter {
 public:
  connect::SchemaAndValue to_connect(std::string_view, std::optional<std::string_view> bytes,
                                     data::RecordBatch&) override {
    return {nullptr, bytes ? data::Value::string(*bytes) : data::Value()};
  }
  bool from_connect(std::string_view, const data::Schema*, const data::Value& value,
                    std::string& out) override {
    if (value.is_null()) return false;
    out.append(value.as_text());
    return true;
  }
  static std::unique_ptr<connect::Converter> create(const config::Properties&,
                                                    connect::ConverterRole) {
    return std::make_unique<PlainTextConverter>();
  }
};

inline Plugins scripted_plugins(TaskScript& script) {
  Plugins plugins;
  for (const auto type : {connect::ConnectorType::sink, connect::ConnectorType::source}) {
    plugins.connectors.push_back(std::make_unique<ScriptedConnector>(type, script));
  }
  plugins.converters = {
      {.class_name = "test.PlainConverter", .create = &PlainTextConverter::create}};
  return plugins;
}

inline config::Properties sink_properties(const std::string& name, config::Properties more = {}) {
  // A rebalance of the embedded broker takes a second less than a session; that of 2.0 waits three
  // seconds for the first join.
  const char* session = kafka::librdkafka_version().starts_with("2.0.") ? "4000" : "2000";
  config::Properties properties{{"name", name},
                                {"connector.class", "ScriptedSink"},
                                {"topics", "t"},
                                {"consumer.override.fetch.max.wait.ms", "10"},
                                {"consumer.override.session.timeout.ms", session},
                                {"consumer.override.heartbeat.interval.ms", "100"}};
  properties.merge(more);
  return properties;
}

inline config::Properties source_properties(const std::string& name, config::Properties more = {}) {
  config::Properties properties{{"name", name}, {"connector.class", "ScriptedSource"}};
  properties.merge(more);
  return properties;
}

struct TestMetrics {
  base::Clock clock;
  metrics::Registry registry;
  WorkerMetrics metrics{registry, {}, clock};
};

// `bootstrap_servers` may be an address where nothing answers.
inline WorkerConfig worker_config(const std::string& bootstrap_servers,
                                  const std::filesystem::path& folder,
                                  config::Properties more = {}) {
  config::Properties properties{{"bootstrap.servers", bootstrap_servers},
                                {"key.converter", "test.PlainConverter"},
                                {"value.converter", "test.PlainConverter"},
                                {"header.converter", "test.PlainConverter"},
                                {"offset.storage.file.filename", folder / "connect.offsets"},
                                {"offset.flush.interval.ms", "50"}};
  properties.merge(more);
  std::vector<config::Fault> faults;
  std::vector<std::string> warnings;
  WorkerConfig config = WorkerConfig::parse(properties, faults, warnings);
  if (!faults.empty()) throw std::logic_error(faults.front().text());
  return config;
}

class TestFolder {
 public:
  TestFolder() {
    std::string name = std::filesystem::temp_directory_path() / "workerXXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

template <typename Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace kc::worker
