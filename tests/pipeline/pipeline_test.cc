// Both data paths in one process: the worker as users configure it, librdkafka's mock cluster, the
// embedded server.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/error.h"
#include "kafka/mock_cluster.h"
#include "kafka/producer.h"
#include "kinetica/client.h"
#include "main/datapump.h"
#include "main/standalone_worker.h"
#include "main/table_comparison.h"
#include "server/network/faults.h"
#include "server/server.h"
#include "wire/row_codec.h"

namespace kc::main {
namespace {

using namespace std::chrono_literals;
using config::Properties;

class PipelineTest : public testing::Test, private kafka::DeliveryListener {
 protected:
  PipelineTest() { std::filesystem::create_directories(folder_); }
  ~PipelineTest() override { std::filesystem::remove_all(folder_); }

  Properties worker(bool schemas) const {
    const char* const json = "org.apache.kafka.connect.json.JsonConverter";
    return {{"bootstrap.servers", kafka_.bootstrap_servers()},
            {"offset.storage.file.filename", (folder_ / "connect.offsets").string()},
            {"offset.flush.interval.ms", "200"},
            {"listeners", "http://127.0.0.1:0"},
            {"key.converter", json},
            {"key.converter.schemas.enable", schemas ? "true" : "false"},
            {"value.converter", json},
            {"value.converter.schemas.enable", schemas ? "true" : "false"},
            {"consumer.fetch.max.wait.ms", "10"},
            // The mock's group waits this long for a member that has left.
            {"consumer.session.timeout.ms", "4000"},
            {"consumer.heartbeat.interval.ms", "500"}};
  }

  Properties source() const {
    return {{"name", "source"},
            {"connector.class", "com.kinetica.kafka.KineticaSourceConnector"},
            {"tasks.max", "1"},
            {"kinetica.url", server_.url()},
            {"kinetica.table_names", "KafkaConnectorTest, KafkaConnectorTest2"},
            {"kinetica.topic_prefix", "Tweets."}};
  }

  Properties sink(const std::string& topics) const {
    return {{"name", "sink"},
            {"connector.class", "KineticaSink"},
            {"tasks.max", "1"},
            {"topics", topics},
            {"kinetica.url", server_.url()},
            {"kinetica.collection_name", "TEST"},
            {"kinetica.table_prefix", "out_"},
            {"kinetica.batch_size", "100"}};
  }

  void produce(const std::string& topic, const std::vector<std::string>& values) {
    kafka::Producer producer({{"bootstrap.servers", kafka_.bootstrap_servers()}});
    std::vector<kafka::OutgoingMessage> messages(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      messages[i].topic = topic;
      messages[i].value = values[i];
    }
    size_t taken = 0;
    producer.produce(messages, taken);
    ASSERT_EQ(taken, messages.size());
    ASSERT_TRUE(producer.flush(10s, *this));
  }
  void delivered(void*, const base::Error* error) override { ASSERT_EQ(error, nullptr); }

  template <typename Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(5ms);
    }
    return true;
  }

  int64_t rows(const std::string& table) {
    return client_.find_table(table) ? client_.count_records(table) : 0;
  }

  static worker::TaskStatus task(StandaloneWorker& worker, const std::string& connector) {
    return worker.herder().connector_status(connector)->tasks.at(0);
  }

  void round_trip(bool schemas) {
    Datapump pump(client_, 42);
    for (const std::string& table : Datapump::table_names()) {
      pump.create_table(table);
      kafka_.create_topic("Tweets." + table, 2);
    }
    StandaloneWorker worker(
        this->worker(schemas),
        {source(), sink("Tweets.KafkaConnectorTest,Tweets.KafkaConnectorTest2")});
    ASSERT_TRUE(eventually([&] {
      return server_.subscribers("KafkaConnectorTest") > 0 &&
             server_.subscribers("KafkaConnectorTest2") > 0;
    }));
    for (int batch = 0; batch < 10; ++batch) {
      for (const std::string& table : Datapump::table_names()) pump.insert(table, 50);
    }
    for (const std::string& table : Datapump::table_names()) {
      ASSERT_TRUE(eventually([&] { return rows("out_" + table) == 500; }))
          << table << ": " << rows("out_" + table) << " rows; " << task(worker, "sink").trace
          << task(worker, "source").trace;
      const TableComparison comparison = compare_tables(client_, table, "out_" + table);
      EXPECT_EQ(comparison.difference.value_or("equal"), "equal");
      EXPECT_EQ(comparison.columns, 11);
    }
    EXPECT_TRUE(worker.stop());
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("pipeline-" + std::to_string(::getpid()));
  server::Server server_{server::ServerOptions{}};
  kafka::MockCluster kafka_;
  kinetica::Client client_{{server_.url(), {}, {}, 10s}};
};

TEST_F(PipelineTest, RowsTravelFromTableToTableWithSchemas) { round_trip(true); }

TEST_F(PipelineTest, RowsTravelFromTableToTableWithoutSchemas) { round_trip(false); }

TEST_F(PipelineTest, SinkGoesOnAfterARestartWithoutLosingOrDoubling) {
  kafka_.create_topic("numbers", 1);
  const auto values = [](int from, int to) {
    std::vector<std::string> texts;
    for (int i = from; i < to; ++i) texts.push_back("{\"n\":" + std::to_string(i) + "}");
    return texts;
  };
  produce("numbers", values(0, 1000));
  {
    StandaloneWorker worker(this->worker(false), {sink("numbers")});
    ASSERT_TRUE(eventually([&] { return rows("out_numbers") == 1000; }));
    ASSERT_TRUE(worker.stop());
  }
  produce("numbers", values(1000, 1500));
  StandaloneWorker worker(this->worker(false), {sink("numbers")});
  ASSERT_TRUE(eventually([&] { return rows("out_numbers") >= 1500; }));
  ASSERT_TRUE(worker.stop());
  EXPECT_EQ(rows("out_numbers"), 1500);
}

TEST_F(PipelineTest, BadRecordFailsItsTaskAfterTheRecordsBeforeItAndLeavesTheOtherConnectorAlone) {
  kafka_.create_topic("mixed", 1);
  kafka_.create_topic("clean", 1);
  produce("mixed", {R"({"n":1})", R"({"n":2})", "not json", R"({"n":4})"});
  Properties clean = sink("clean");
  clean.set("name", "clean-sink");
  StandaloneWorker worker(this->worker(false), {sink("mixed"), clean});
  ASSERT_TRUE(eventually([&] { return task(worker, "sink").state == worker::State::failed; }));
  const std::string trace = task(worker, "sink").trace;
  EXPECT_NE(trace.find("org.apache.kafka.connect.errors.DataException"), std::string::npos);
  EXPECT_NE(trace.find("Topic mixed, partition 0, offset 2"), std::string::npos) << trace;
  EXPECT_EQ(rows("out_mixed"), 2);
  produce("clean", {R"({"n":1})"});
  EXPECT_TRUE(eventually([&] { return rows("out_clean") == 1; }));
  EXPECT_EQ(task(worker, "clean-sink").state, worker::State::running);
}

TEST_F(PipelineTest, RefusedBatchFailsTheTaskAndIsNeverCommitted) {
  kafka_.create_topic("numbers", 1);
  produce("numbers", {R"({"n":1})"});
  {
    StandaloneWorker worker(this->worker(false), {sink("numbers")});
    ASSERT_TRUE(eventually([&] { return rows("out_numbers") == 1; }));
    server_.faults().refuse_row(0);
    produce("numbers", {R"({"n":2})", R"({"n":3})"});
    ASSERT_TRUE(eventually([&] { return task(worker, "sink").state == worker::State::failed; }));
    EXPECT_NE(task(worker, "sink").trace.find("numbers"), std::string::npos);
    EXPECT_EQ(rows("out_numbers"), 1);
  }
  StandaloneWorker again(this->worker(false), {sink("numbers")});
  ASSERT_TRUE(eventually([&] { return rows("out_numbers") >= 3; }));
  ASSERT_TRUE(again.stop());
  EXPECT_EQ(rows("out_numbers"), 3);
}

TEST_F(PipelineTest, UnreachableDatabaseIsNamedInTheStatusAndTheWorkerStaysUp) {
  Properties away = sink("numbers");
  away.set("kinetica.url", "http://127.0.0.1:1");
  StandaloneWorker worker(this->worker(false), {away});
  ASSERT_TRUE(eventually(
      [&] { return task(worker, "sink").trace.find("127.0.0.1:1") != std::string::npos; }));
  EXPECT_EQ(task(worker, "sink").state, worker::State::unassigned);
  EXPECT_TRUE(worker.stop(5s));
}

TEST_F(PipelineTest, AllFaultsOfAllFilesAreNamedAtOnce) {
  Properties bad_sink = sink("t");
  bad_sink.set("kinetica.batch_size", "many");
  bad_sink.set("tasks.max", "0");
  Properties bad_worker = worker(false);
  bad_worker.erase("offset.storage.file.filename");
  try {
    const StandaloneWorker worker(bad_worker, {bad_sink, config::Properties{{"name", "other"}}});
    FAIL();
  } catch (const base::Error& error) {
    const std::string text = error.what();
    for (const char* part : {"kinetica.batch_size = many", "tasks.max = 0",
                             "offset.storage.file.filename", "connector.class"}) {
      EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    }
  }
}

}  // namespace
}  // namespace kc::main
