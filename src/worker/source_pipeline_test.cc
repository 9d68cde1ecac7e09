#include "worker/source_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/guarded.h"
#include "kafka/admin.h"
#include "kafka/mock_cluster.h"
#include "worker/worker_metrics.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using namespace std::chrono_literals;

std::atomic<TaskProgress*> running = nullptr;

// Writes strings as they are; refuses "bad", and "away" as often as told. The task is abandoned
// while it converts "slow".
class PlainConverter : public connect::Converter {
 public:
  explicit PlainConverter(std::atomic<int>& away) : away_(away) {}

  connect::SchemaAndValue to_connect(std::string_view, std::optional<std::string_view>,
                                     data::RecordBatch&) override {
    return {};
  }
  bool from_connect(std::string_view, const data::Schema*, const Value& value,
                    std::string& out) override {
    if (value.is_null()) return false;
    if (value.as_text() == "slow") running.load()->abandon();
    if (value.as_text() == "bad") throw Error(Reaction::skip_record, "this is bad");
    out.append(value.as_text());
    if (value.as_text() == "away" && away_-- > 0) {
      throw Error(Reaction::retry, "the registry is away");
    }
    return true;
  }

 private:
  std::atomic<int>& away_;
};

RecordSteps plain_steps(std::atomic<int>& away) {
  return {{std::make_unique<PlainConverter>(away), "PlainConverter"},
          {std::make_unique<PlainConverter>(away), "PlainConverter"},
          {std::make_unique<PlainConverter>(away), "PlainConverter"},
          {}};
}

// Numbers its records from where the stored offset says.
class NumberingTask : public connect::SourceTask {
 public:
  NumberingTask(std::vector<std::string> values, std::atomic<int64_t>& first)
      : values_(std::move(values)), first_(first) {}

  void start(connect::SourceTaskContext& context, const std::stop_token&) override {
    const auto stored = context.offsets().offset(R"({"table":"T"})");
    next_ = stored ? std::stoll(stored->substr(stored->find(':') + 1)) + 1 : 0;
    first_ = next_;
  }
  void poll(data::RecordBatch& batch, std::chrono::milliseconds, const std::stop_token&) override {
    for (; polled_ < values_.size() && batch.size() < 3; ++polled_) {
      data::Record record;
      record.topic = "t";
      record.value = Value::string(values_[polled_]);
      record.source_partition = Value::map(partition_);
      auto* const offset = batch.arena().allocate_array<Value>(2);
      offset[0] = Value::string("record");
      offset[1] = Value::int64(next_++);
      record.source_offset = Value::map({offset, 2});
      batch.records().push_back(record);
      batch.arrivals.push_back({std::chrono::steady_clock::now(), batch.size()});
    }
  }
  void stop() noexcept override {}

 private:
  const std::vector<std::string> values_;
  std::atomic<int64_t>& first_;
  const std::array<Value, 2> partition_{Value::string("table"), Value::string("T")};
  size_t polled_ = 0;
  int64_t next_ = 0;
};

class SourcePipelineTest : public testing::Test {
 protected:
  SourcePipelineTest() {
    std::filesystem::create_directories(folder_);
    cluster_.create_topic("t", 1);
  }
  ~SourcePipelineTest() override { std::filesystem::remove_all(folder_); }

  // Runs a pipeline over `values` until `done`; returns what it failed with.
  std::string run(const std::vector<std::string>& values, const std::function<bool()>& done,
                  const config::Properties& more = {}) {
    OffsetStore store(folder_ / "connect.offsets");
    TaskProgress progress([](State, const std::string&) {});
    running = &progress;
    SourcePipelineSettings settings;
    settings.producer = {{"bootstrap.servers", cluster_.bootstrap_servers()}};
    settings.producer.merge(more);
    settings.commit_interval = 1h;  // only the last commit counts
    settings.errors.tolerate_all = tolerate_all_;
    settings.errors.retry_timeout = retry_timeout_;
    settings.errors.retry_delay_max = 5ms;
    std::string failure;
    TaskMetrics metrics(worker_metrics_, "c", 0, connect::ConnectorType::source);
    std::atomic<bool> ended = false;
    std::jthread thread([&](const std::stop_token& stop) {
      try {
        SourcePipeline(settings, plain_steps(away_),
                       std::make_unique<NumberingTask>(values, first_),
                       ConnectorOffsets(store, "c"), progress, metrics, clock_)
            .run(stop);
      } catch (const Error& error) {
        failure = error.what();
      }
      ended = true;
    });
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!ended && !done() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    EXPECT_LT(std::chrono::steady_clock::now(), deadline);
    thread.request_stop();
    thread.join();
    metrics_text_ = registry_.text();
    return failure;
  }

  // Of the task, at its end: "sink_task_sink_record_read_total".
  std::string shown(const std::string& metric) const {
    const std::string series = "kafka_connect_" + metric + "{connector=\"c\",task=\"0\"} ";
    const size_t begin = metrics_text_.find(series);
    if (begin == std::string::npos) return "";
    const size_t value = begin + series.size();
    return metrics_text_.substr(value, metrics_text_.find('\n', value) - value);
  }
  int64_t published() {
    return kafka::Admin({{"bootstrap.servers", cluster_.bootstrap_servers()}})
        .end_offset("t", 0, 10s);
  }
  std::optional<std::string> stored_offset() const {
    return OffsetStore(folder_ / "connect.offsets").get("c", R"({"table":"T"})");
  }

  bool tolerate_all_ = false;
  std::chrono::milliseconds retry_timeout_ = 60s;
  std::atomic<int> away_ = 0;
  kafka::MockCluster cluster_;
  base::Clock clock_;
  metrics::Registry registry_;
  std::string metrics_text_;
  WorkerMetrics worker_metrics_{registry_, {}, clock_};
  std::atomic<int64_t> first_ = -1;
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("source-" + std::to_string(::getpid()));
};

TEST_F(SourcePipelineTest, SendsEveryRecordAndStoresTheOffsetOfTheLast) {
  EXPECT_EQ(run({"a", "b", "c", "d", "e", "f", "g"}, [&] { return published() == 7; }), "");
  EXPECT_EQ(stored_offset(), R"({"record":6})");
}

TEST_F(SourcePipelineTest, TheLatencyOfEachMessageIsObserved) {
  tolerate_all_ = true;
  EXPECT_EQ(run({"a", "bad", "c", "d", "bad", "f"}, [&] { return published() == 4; }), "");
  EXPECT_NE(metrics_text_.find(
                "kinetica_connect_source_latency_seconds_count{connector=\"c\",task=\"0\"} 4\n"),
            std::string::npos);
}

TEST_F(SourcePipelineTest, RestartContinuesAfterTheStoredOffset) {
  run({"a", "b"}, [&] { return published() == 2; });
  run({"c"}, [&] { return published() == 3; });
  EXPECT_EQ(first_, 2);
  EXPECT_EQ(stored_offset(), R"({"record":2})");
}

TEST_F(SourcePipelineTest, RecordThatCannotBeConvertedFailsTheTaskAfterThoseBeforeIt) {
  const std::string failure = run({"a", "b", "c", "d", "bad", "f"}, [] { return false; });
  EXPECT_EQ(failure,
            "Tolerance exceeded in error handler\nCaused by: "
            "org.apache.kafka.connect.errors.DataException: "
            R"(Topic t, source offset {"record":4}: this is bad)");
  EXPECT_EQ(published(), 4);
  EXPECT_EQ(stored_offset(), R"({"record":3})");
}

TEST_F(SourcePipelineTest, RecordThatIsTooLargeFailsTheTaskAfterThoseBeforeIt) {
  const std::string failure = run({"a", "b", "c", "d", std::string(2000, 'x'), "f"},
                                  [] { return false; }, {{"max.request.size", "1000"}});
  EXPECT_NE(failure, "");
  EXPECT_EQ(published(), 4);
}

TEST_F(SourcePipelineTest, ToleratedRecordsAreSkippedAndTheirOffsetsPassed) {
  tolerate_all_ = true;
  EXPECT_EQ(run({"a", "bad", std::string(2000, 'x'), "d", "bad"}, [&] { return published() == 2; },
                {{"max.request.size", "1000"}}),
            "");
  EXPECT_EQ(published(), 2);
  EXPECT_EQ(stored_offset(), R"({"record":4})");
  EXPECT_EQ(shown("source_task_source_record_poll_total"), "5");
  EXPECT_EQ(shown("source_task_source_record_write_total"), "2");
  EXPECT_EQ(shown("source_task_source_record_active_count"), "0");
  EXPECT_EQ(shown("task_error_total_records_skipped"), "3");
}

TEST_F(SourcePipelineTest, RecordsWaitWhileTheRegistryIsAway) {
  tolerate_all_ = true;
  away_ = 5;
  EXPECT_EQ(run({"a", "away", "c", "away", "e"}, [&] { return published() == 5; }), "");
  EXPECT_LT(away_, 0);
  EXPECT_EQ(published(), 5);
  EXPECT_EQ(stored_offset(), R"({"record":4})");
}

TEST_F(SourcePipelineTest, ARegistryThatStaysAwayFailsTheTaskAfterTheRecordsBefore) {
  tolerate_all_ = true;
  retry_timeout_ = 20ms;
  away_ = 1'000'000;
  const std::string failure = run({"a", "b", "away", "d"}, [] { return false; });
  EXPECT_NE(failure.find("the registry is away (tried for errors.retry.timeout = 20 ms)"),
            std::string::npos)
      << failure;
  EXPECT_EQ(published(), 2);
  EXPECT_EQ(stored_offset(), R"({"record":1})");
}

TEST_F(SourcePipelineTest, StopStillSendsWhatTheTaskHasReceived) {
  std::vector<std::string> values;
  for (int i = 0; i < 500; ++i) values.push_back(std::to_string(i));
  EXPECT_EQ(run(values, [&] { return first_ == 0; }), "");
  EXPECT_EQ(published(), 500);
  EXPECT_EQ(stored_offset(), R"({"record":499})");
}

TEST_F(SourcePipelineTest, TaskThatIsAbandonedWhileItConvertsSendsAndCommitsNothing) {
  int looks = 0;
  const auto sent_or_not = [&] {
    return running.load()->abandoned() && (published() > 0 || ++looks == 10);
  };
  EXPECT_EQ(run({"slow", "b"}, sent_or_not), "");
  EXPECT_EQ(published(), 0);
  EXPECT_EQ(stored_offset(), std::nullopt);
}

TEST_F(SourcePipelineTest, OffsetsOfUndeliveredRecordsAreNeverStored) {
  cluster_.set_broker_down(1, true);
  const std::string failure =
      run({"a", "b"}, [] { return false; }, {{"delivery.timeout.ms", "1000"}});
  EXPECT_NE(failure.find("Unrecoverable exception from producer send callback"), std::string::npos);
  EXPECT_EQ(stored_offset(), std::nullopt);
}

}  // namespace
}  // namespace kc::worker
