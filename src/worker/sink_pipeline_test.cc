#include "worker/sink_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/guarded.h"
#include "kafka/mock_cluster.h"
#include "kafka/producer.h"
#include "worker/worker_metrics.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using namespace std::chrono_literals;

std::atomic<int> away = 0;
std::atomic<TaskProgress*> running = nullptr;

// Hands the bytes on, or a header that it is to read instead; refuses the value "bad", and "away"
// for now, `away` times. The task is abandoned while it converts "slow".
class PlainConverter : public connect::Converter {
 public:
  explicit PlainConverter(std::string_view header = {}) : header_(header) {}

  connect::SchemaAndValue to_connect(std::string_view, std::optional<std::string_view> bytes,
                                     data::RecordBatch&) override {
    if (bytes == "bad") throw Error(Reaction::skip_record, "this is bad");
    if (bytes == "slow") running.load()->abandon();
    if (bytes == "away" && away-- > 0) throw Error(Reaction::retry, "the registry is away");
    return {nullptr, bytes ? data::Value::string(*bytes) : data::Value()};
  }
  std::string_view schema_header() const override { return header_; }
  connect::SchemaAndValue to_connect_with(std::string_view header, std::string_view,
                                          std::optional<std::string_view>,
                                          data::RecordBatch&) override {
    return {nullptr, data::Value::string(header)};
  }
  bool from_connect(std::string_view, const data::Schema*, const data::Value&,
                    std::string&) override {
    return false;
  }

 private:
  std::string_view header_;
};

RecordSteps plain_steps() {
  return {{std::make_unique<PlainConverter>(), "PlainConverter"},
          {std::make_unique<PlainConverter>(), "PlainConverter"},
          {std::make_unique<PlainConverter>(), "PlainConverter"},
          {}};
}

// What the task of a test saw and is to do; shared with the thread that the pipeline runs on.
struct Script {
  struct State {
    std::vector<std::string> taken;
    int starts = 0;
    int puts_refused = 0;
    bool stopped = false;
    bool closed = false;
  };
  base::Guarded<State> state;
  std::atomic<int> commits = 0;  // calls of pre_commit with something to commit
  std::atomic<int> fail_starts = 0;
  std::atomic<int> refuse_puts = 0;               // Error(retry) so many times
  std::atomic<int64_t> acknowledged = INT64_MAX;  // pre_commit promises at most this offset
  std::string cannot_take;                        // RecordError for this value
  std::string report_later;                       // reported by the next pre_commit

  size_t taken() const {
    return state.with([](const State& s) { return s.taken.size(); });
  }
};

class ScriptedTask : public connect::SinkTask {
 public:
  explicit ScriptedTask(Script& script) : script_(script) {}

  void start(connect::SinkTaskContext& context, const std::stop_token&) override {
    context_ = &context;
    script_.state.with([](auto& s) { ++s.starts; });
    if (script_.fail_starts > 0) {
      --script_.fail_starts;
      throw Error(Error(Reaction::retry, "http://nowhere:1 is away").with_wait(1ms));
    }
  }
  void open(std::span<const TopicPartition>) override {}
  void put(const data::RecordBatch& batch) override {
    if (!batch.empty() && script_.refuse_puts > 0) {
      --script_.refuse_puts;
      script_.state.with([](auto& s) { ++s.puts_refused; });
      throw Error(Reaction::retry, "no room");
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      const std::string value(batch.records()[i].value.as_text());
      if (value == script_.cannot_take) throw connect::RecordError(i, "cannot take " + value);
      if (value == script_.report_later) {
        const data::Record& record = batch.records()[i];
        to_report_ = {{std::string(record.original_topic), record.original_partition},
                      record.offset};
      }
      script_.state.with([&](auto& s) { s.taken.push_back(value); });
    }
  }
  Offsets pre_commit(const Offsets& positions, std::chrono::milliseconds) override {
    if (!positions.empty()) ++script_.commits;
    if (const auto reported = std::exchange(to_report_, std::nullopt)) {
      context_->report(reported->first, reported->second,
                       Error(Reaction::skip_record, "the row was refused"));
    }
    Offsets result = positions;
    for (auto& [partition, offset] : result) {
      offset = std::min(offset, script_.acknowledged.load());
    }
    return result;
  }
  void close(std::span<const TopicPartition>) override {
    script_.state.with([](auto& s) { s.closed = true; });
  }
  void stop() noexcept override {
    script_.state.with([](auto& s) { s.stopped = true; });
  }

 private:
  Script& script_;
  connect::SinkTaskContext* context_ = nullptr;
  std::optional<std::pair<TopicPartition, int64_t>> to_report_;
};

// Drops "drop", sends "moved" to another topic.
class Mover : public connect::Transformation {
 public:
  bool apply(data::Record& record, data::RecordBatch&) override {
    if (record.value.as_text() == "moved") record.topic = "elsewhere";
    return record.value.as_text() != "drop";
  }
};

class IgnoreRebalances : public kafka::RebalanceListener {
  void assigned(std::span<const TopicPartition>) override {}
  void revoked(std::span<const TopicPartition>) override {}
  void lost(std::span<const TopicPartition>) override {}
};

class SinkPipelineTest : public testing::Test, private kafka::DeliveryListener {
 protected:
  SinkPipelineTest() { cluster_.create_topic("t", 1); }

  void produce(const std::vector<std::string>& values,
               std::span<const kafka::MessageHeader> headers = {}) {
    kafka::Producer producer({{"bootstrap.servers", cluster_.bootstrap_servers()}});
    std::vector<kafka::OutgoingMessage> messages;
    for (const std::string& value : values) {
      kafka::OutgoingMessage message;
      message.topic = "t";
      message.partition = 0;
      message.value = value;
      message.headers = headers;
      messages.push_back(message);
    }
    size_t taken = 0;
    producer.produce(messages, taken);
    ASSERT_EQ(taken, messages.size());
    ASSERT_TRUE(producer.flush(10s, *this));
  }
  void delivered(void*, const base::Error* error) override { ASSERT_EQ(error, nullptr); }

  // Runs a pipeline until `done` or until it fails; returns what it failed with.
  std::string run(Script& script, const std::function<bool()>& done) {
    std::string failure;
    TaskProgress progress([&](State state, std::string trace) {
      states_.with([&](auto& states) { states.emplace_back(state, std::move(trace)); });
    });
    running = &progress;
    SinkPipelineSettings settings;
    settings.consumer = {{"bootstrap.servers", cluster_.bootstrap_servers()},
                         {"group.id", "connect-test"},
                         {"auto.offset.reset", "earliest"},
                         {"fetch.max.wait.ms", "10"}};
    settings.topics = {"t"};
    settings.commit_interval = 50ms;
    settings.errors.policy = policy_;
    settings.errors.connector = "test";
    settings.errors.producer = {{"bootstrap.servers", cluster_.bootstrap_servers()}};
    settings.errors.admin = settings.errors.producer;
    RecordSteps steps = plain_steps();
    if (with_mover_) steps.transformations = mover_chain();
    if (reads_header_) steps.value.converter = std::make_unique<PlainConverter>("id");
    TaskMetrics metrics(worker_metrics_, "test", 0, connect::ConnectorType::sink);
    std::atomic<bool> ended = false;
    std::jthread thread([&](const std::stop_token& stop) {
      try {
        SinkPipeline(settings, std::move(steps), std::make_unique<ScriptedTask>(script), progress,
                     metrics, clock_)
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
    const std::string series = "kafka_connect_" + metric + "{connector=\"test\",task=\"0\"} ";
    const size_t begin = metrics_text_.find(series);
    if (begin == std::string::npos) return "";
    const size_t value = begin + series.size();
    return metrics_text_.substr(value, metrics_text_.find('\n', value) - value);
  }

  // Where the group continues, or -1.
  int64_t committed() {
    IgnoreRebalances ignore;
    kafka::Consumer consumer(
        {{"bootstrap.servers", cluster_.bootstrap_servers()}, {"group.id", "connect-test"}},
        ignore);
    const TopicPartition partition{"t", 0};
    const Offsets offsets = consumer.committed(std::span(&partition, 1), 10s);
    return offsets.empty() ? -1 : offsets.at(partition);
  }

  static TransformationChain mover_chain() {
    Plugins plugins;
    static const config::ConfigDef no_properties;
    plugins.transformations.push_back(
        {"test.Mover", []() -> const config::ConfigDef& { return no_properties; },
         [](const config::Properties&) -> std::unique_ptr<connect::Transformation> {
           return std::make_unique<Mover>();
         }});
    return TransformationChain(plugins, {{"transforms", "m"}, {"transforms.m.type", "test.Mover"}});
  }

  struct Letter {
    std::string value;
    std::map<std::string, std::string> headers;
  };
  std::vector<Letter> dead_letters(size_t count) {
    IgnoreRebalances ignore;
    kafka::Consumer consumer({{"bootstrap.servers", cluster_.bootstrap_servers()},
                              {"group.id", "reader"},
                              {"auto.offset.reset", "earliest"},
                              {"fetch.max.wait.ms", "10"}},
                             ignore);
    consumer.subscribe({"dead"});
    kafka::MessageBatch batch;
    std::vector<Letter> letters;
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (letters.size() < count && std::chrono::steady_clock::now() < deadline) {
      consumer.poll(batch, 100, 100ms);
      for (const auto& message : batch.messages()) {
        Letter& letter = letters.emplace_back();
        letter.value = message.value.value_or("(null)");
        for (const auto& header : message.headers) {
          letter.headers.emplace(header.name, header.value.value_or("(null)"));
        }
      }
    }
    batch.clear();
    return letters;
  }

  ErrorPolicy policy_;
  bool with_mover_ = false;
  bool reads_header_ = false;
  kafka::MockCluster cluster_;
  base::Clock clock_;
  metrics::Registry registry_;
  std::string metrics_text_;
  WorkerMetrics worker_metrics_{registry_, {}, clock_};
  base::Guarded<std::vector<std::pair<State, std::string>>> states_;
};

TEST_F(SinkPipelineTest, CommitsWhatTheTaskHasAcknowledgedAndNoMore) {
  produce({"a", "b", "c", "d"});
  Script script;
  script.acknowledged = 3;
  EXPECT_EQ(run(script, [&] { return script.taken() == 4; }), "");
  EXPECT_EQ(committed(), 3);
  EXPECT_EQ(shown("sink_task_sink_record_send_total"), "4");
  EXPECT_NE(shown("connector_task_batch_size_max"), "NaN");
  const auto state = script.state.copy();
  EXPECT_EQ(state.taken, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_TRUE(state.closed);
  EXPECT_TRUE(state.stopped);
}

TEST_F(SinkPipelineTest, TaskThatIsAbandonedWhileItConvertsWritesAndCommitsNothing) {
  produce({"slow", "b"});
  Script script;
  EXPECT_EQ(run(script, [&] { return running.load()->abandoned(); }), "");
  EXPECT_EQ(script.taken(), 0);
  EXPECT_EQ(committed(), -1);
}

TEST_F(SinkPipelineTest, ConverterGetsTheLastHeaderThatItReads) {
  reads_header_ = true;
  const kafka::MessageHeader headers[] = {{"id", "1"}, {"id", "2"}, {"other", "3"}};
  produce({"a"}, headers);
  produce({"b"});
  Script script;
  EXPECT_EQ(run(script, [&] { return script.taken() == 2; }), "");
  EXPECT_EQ(script.state.copy().taken, (std::vector<std::string>{"2", "b"}));
}

TEST_F(SinkPipelineTest, CommitThatFailedIsMadeUpForBeforeTheTaskEnds) {
  constexpr int16_t offset_commit = 8;
  constexpr int16_t invalid_commit_offset_size = 28;
  produce({"a", "b"});
  cluster_.fail_requests(offset_commit, invalid_commit_offset_size, 1);
  Script script;
  EXPECT_EQ(run(script, [&] { return script.commits >= 3; }), "");
  EXPECT_EQ(committed(), 2);
}

TEST_F(SinkPipelineTest, RefusedBatchIsPutAgainAndNothingIsLost) {
  produce({"a", "b", "c"});
  Script script;
  script.refuse_puts = 3;
  EXPECT_EQ(run(script, [&] { return script.taken() == 3; }), "");
  EXPECT_EQ(script.state.copy().puts_refused, 3);
  EXPECT_EQ(shown("task_error_total_retries"), "3");
  EXPECT_EQ(committed(), 3);
}

TEST_F(SinkPipelineTest, RecordThatCannotBeConvertedFailsTheTaskAfterThoseBeforeIt) {
  produce({"a", "b", "bad", "d"});
  Script script;
  const std::string failure = run(script, [] { return false; });
  EXPECT_EQ(failure,
            "Tolerance exceeded in error handler\nCaused by: "
            "org.apache.kafka.connect.errors.DataException: Topic t, partition 0, offset 2: this "
            "is bad");
  EXPECT_EQ(script.taken(), 2U);
  EXPECT_EQ(committed(), 2);
}

TEST_F(SinkPipelineTest, RecordThatCannotBeTakenFailsTheTaskAfterThoseBeforeIt) {
  produce({"a", "b", "c", "d"});
  Script script;
  script.cannot_take = "c";
  EXPECT_EQ(run(script, [] { return false; }), "cannot take c");
  EXPECT_EQ(committed(), 2);
}

TEST_F(SinkPipelineTest, ToleratedRecordsGoToTheDeadLetterTopicWithTheirCircumstances) {
  cluster_.create_topic("dead", 1);
  policy_.tolerate_all = true;
  policy_.dead_letter_topic = "dead";
  policy_.dead_letter_headers = true;
  produce({"a", "bad", "c", "d", "refused"});
  Script script;
  script.cannot_take = "c";
  script.report_later = "refused";
  EXPECT_EQ(run(script, [&] { return script.taken() == 3 && script.commits >= 2; }), "");
  EXPECT_EQ(script.state.copy().taken, (std::vector<std::string>{"a", "d", "refused"}));
  EXPECT_EQ(committed(), 5);
  const auto letters = dead_letters(3);
  ASSERT_EQ(letters.size(), 3U);
  EXPECT_EQ(letters[0].value, "bad");
  const std::map<std::string, std::string> expected{
      {"__connect.errors.topic", "t"},
      {"__connect.errors.partition", "0"},
      {"__connect.errors.offset", "1"},
      {"__connect.errors.connector.name", "test"},
      {"__connect.errors.task.id", "0"},
      {"__connect.errors.stage", "VALUE_CONVERTER"},
      {"__connect.errors.class.name", "PlainConverter"},
      {"__connect.errors.exception.class.name", "org.apache.kafka.connect.errors.DataException"},
      {"__connect.errors.exception.message", "this is bad"},
      {"__connect.errors.exception.stacktrace",
       "org.apache.kafka.connect.errors.DataException: this is bad\n"}};
  EXPECT_EQ(letters[0].headers, expected);
  EXPECT_EQ(letters[1].value, "c");
  EXPECT_EQ(letters[1].headers.at("__connect.errors.stage"), "TASK_PUT");
  EXPECT_EQ(letters[2].value, "refused");
  EXPECT_EQ(letters[2].headers.at("__connect.errors.exception.message"), "the row was refused");
  EXPECT_EQ(shown("sink_task_sink_record_read_total"), "5");
  EXPECT_EQ(shown("sink_task_sink_record_send_total"), "3");
  EXPECT_EQ(shown("sink_task_sink_record_active_count"), "0");
  EXPECT_EQ(shown("task_error_total_record_failures"), "3");
  EXPECT_EQ(shown("task_error_total_record_errors"), "3");
  EXPECT_EQ(shown("task_error_total_records_skipped"), "2") << "a report is none";
  EXPECT_EQ(shown("task_error_deadletterqueue_produce_requests"), "3");
  EXPECT_NE(shown("task_error_last_error_timestamp"), "0");
}

TEST_F(SinkPipelineTest, DeadLetterIsWrittenBeforeAnUntoleratedRecordEndsTheTask) {
  cluster_.create_topic("dead", 1);
  policy_.dead_letter_topic = "dead";
  produce({"a", "bad"});
  Script script;
  EXPECT_NE(run(script, [] { return false; }), "");
  EXPECT_EQ(committed(), 1);
  const auto letters = dead_letters(1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].value, "bad");
  EXPECT_TRUE(letters[0].headers.empty());
}

TEST_F(SinkPipelineTest, RecordThatCannotBeConvertedForNowIsTriedAgainInItsPlace) {
  policy_.retry_timeout = 60s;
  policy_.retry_delay_max = 10ms;
  away = 3;
  produce({"a", "away", "c"});
  Script script;
  EXPECT_EQ(run(script, [&] { return script.taken() == 3; }), "");
  EXPECT_EQ(script.state.copy().taken, (std::vector<std::string>{"a", "away", "c"}));
  EXPECT_EQ(committed(), 3);
}

TEST_F(SinkPipelineTest, OutageThatOutlastsItsRetriesEndsTheTaskEvenWhenErrorsAreTolerated) {
  policy_.tolerate_all = true;
  policy_.retry_timeout = 50ms;
  policy_.retry_delay_max = 10ms;
  away = 1'000'000;
  produce({"a", "away", "c"});
  Script script;
  EXPECT_NE(run(script, [] { return false; }).find("the registry is away"), std::string::npos);
  EXPECT_EQ(committed(), 1);
}

TEST_F(SinkPipelineTest, DroppedAndMovedRecordsAreCommittedWhereTheyWereConsumed) {
  with_mover_ = true;
  produce({"a", "moved", "drop"});
  Script script;
  EXPECT_EQ(run(script, [&] { return script.taken() == 2 && script.commits >= 2; }), "");
  EXPECT_EQ(committed(), 3);
}

TEST_F(SinkPipelineTest, StartIsRepeatedWhileTheOtherSideIsAwayAndTheStatusSaysWhy) {
  produce({"a"});
  Script script;
  script.fail_starts = 3;
  EXPECT_EQ(run(script, [&] { return script.taken() == 1; }), "");
  EXPECT_EQ(script.state.copy().starts, 4);
  const auto states = states_.copy();
  ASSERT_GE(states.size(), 2U);
  EXPECT_EQ(states[0].first, State::unassigned);
  EXPECT_NE(states[0].second.find("http://nowhere:1 is away"), std::string::npos);
  EXPECT_EQ(states[1].first, State::running);
}

}  // namespace
}  // namespace kc::worker
