// A sink task with an embedded server, for its tests.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "server/server.h"
#include "sink/kinetica_sink_task.h"
#include "sink/sink_config.h"
#include "wire/row_codec.h"

namespace kc::sink {

class RecordingContext : public connect::SinkTaskContext {
 public:
  void call_again_within(std::chrono::milliseconds wait) override { wait_ = wait; }
  bool takes_reports() const override { return takes_reports_; }
  void report(const connect::TopicPartition& partition, int64_t offset,
              const base::Error& error) override {
    reports_.push_back(
        fmt::format("{}-{} {}: {}", partition.topic, partition.partition, offset, error.what()));
    if (!tolerates_) throw base::Error(base::Reaction::fail_task, "Tolerance exceeded");
  }

  metrics::Scope metrics() override { return {registry_, {"c", "0"}}; }

  metrics::Registry registry_;
  std::optional<std::chrono::milliseconds> wait_;
  bool takes_reports_ = false;
  bool tolerates_ = true;
  std::vector<std::string> reports_;
};

class SinkTaskTest : public testing::Test {
 protected:
  using Entries = std::initializer_list<config::Properties::Entry>;
  std::unique_ptr<KineticaSinkTask> start(Entries more) { return start(context_, gate_, more); }
  std::unique_ptr<KineticaSinkTask> start(connect::SinkTaskContext& context, AlterationGate& gate,
                                          Entries more) {
    config::Properties properties{
        {"kinetica.url", server_.url()}, {"topics", "t,u"}, {"kinetica.timeout", "0"}};
    for (const auto& [name, value] : more) properties.set(name, value);
    auto task = std::make_unique<KineticaSinkTask>(SinkConfig::parse(properties), clock_, gate);
    task->start(context, stop_.get_token());
    return task;
  }

  // {"n": number} of topic and partition 0, schemaless.
  void add(data::RecordBatch& batch, std::string_view topic, int64_t number) {
    add_fields(batch, topic, {{"n", data::Value::int64(number)}});
  }
  void add_fields(data::RecordBatch& batch, std::string_view topic,
                  const std::vector<std::pair<std::string_view, data::Value>>& fields) {
    data::Value* entries = batch.arena().allocate_array<data::Value>(fields.size() * 2);
    for (size_t i = 0; i < fields.size(); ++i) {
      entries[2 * i] = data::Value::string(fields[i].first);
      entries[2 * i + 1] = fields[i].second;
    }
    add_value(batch, topic, data::Value::map({entries, fields.size() * 2}));
  }
  void add_value(data::RecordBatch& batch, std::string_view topic, const data::Value& value) {
    data::Record record;
    record.topic = record.original_topic = topic;
    record.partition = record.original_partition = 0;
    record.offset = positions_[{std::string(topic), 0}]++;
    record.value = value;
    batch.records().push_back(record);
  }

  // put() as the worker calls it: again, with the same batch, while there is no room.
  static void put(KineticaSinkTask& task, const data::RecordBatch& batch) {
    for (int attempt = 0; attempt < 40; ++attempt) {
      try {
        return task.put(batch);
      } catch (const base::Error& error) {
        if (error.reaction() != base::Reaction::retry) throw;
      }
    }
    FAIL() << "put() found no room";
  }

  std::vector<std::vector<data::Value>> rows(const std::string& table) {
    const auto found = reader_.find_table(table);
    if (!found) return {};
    records_ = reader_.get_records(table, 0, 10'000).records;
    std::vector<std::vector<data::Value>> result(records_.size());
    for (size_t i = 0; i < records_.size(); ++i) {
      wire::decode_row(found->type, records_[i], result[i]);
    }
    return result;
  }
  int64_t count(const std::string& table) {
    return reader_.find_table(table) ? reader_.count_records(table) : 0;
  }
  connect::Offsets committed(KineticaSinkTask& task,
                             std::chrono::milliseconds wait = std::chrono::seconds(20)) {
    return task.pre_commit(positions_, wait);
  }
  static std::string message_of(const std::function<void()>& call, base::Reaction reaction) {
    try {
      call();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), reaction) << error.what();
      return error.what();
    }
    return "did not throw";
  }

  server::Server server_{server::ServerOptions{}};
  base::Clock clock_;
  AlterationGate gate_;
  std::stop_source stop_;
  RecordingContext context_;
  kinetica::Client reader_{{server_.url(), "", {}, std::chrono::seconds(10)}};
  connect::Offsets positions_;
  std::vector<std::string> records_;
};

}  // namespace kc::sink
