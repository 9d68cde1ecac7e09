// Rows that no table monitor delivered, from the task's beginning to its records: the source task
// against the embedded server and its faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <memory>
#include <thread>

#include "base/error.h"
#include "server/network/faults.h"
#include "server/server.h"
#include "server/server_testing.h"
#include "source/kinetica_source_task.h"
#include "wire/row_codec.h"

namespace kc::source {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using server::test_row;
using testing::HasSubstr;
using namespace std::chrono_literals;

class Offsets : public connect::OffsetReader, public connect::SourceTaskContext {
 public:
  const connect::OffsetReader& offsets() const override { return *this; }
  metrics::Scope metrics() override { return {registry, {"c", "0"}}; }
  std::optional<std::string> offset(std::string_view partition) const override {
    const auto found = stored.find(std::string(partition));
    return found == stored.end() ? std::nullopt : std::optional(found->second);
  }

  metrics::Registry registry;
  std::map<std::string, std::string> stored;
};

std::string json_of(const Value& map) {
  std::string json;
  const auto entries = map.entries();
  for (size_t i = 0; i < entries.size(); i += 2) {
    const Value& value = entries[i + 1];
    json += fmt::format("{}\"{}\":", json.empty() ? "{" : ",", entries[i].as_text());
    if (value.kind() == data::Kind::boolean) {
      json += value.as_boolean() ? "true" : "false";
    } else if (value.kind() == data::Kind::string) {
      json += fmt::format("\"{}\"", value.as_text());
    } else {
      json += std::to_string(value.as_integer());
    }
  }
  return json + "}";
}

std::vector<int64_t> range(int64_t begin, int64_t end) {
  std::vector<int64_t> all;
  for (int64_t id = begin; id < end; ++id) all.push_back(id);
  return all;
}

class MissedRows : public testing::Test {
 protected:
  // One run of the task, from its start to its stop.
  struct Run {
    std::stop_source stop;
    std::unique_ptr<KineticaSourceTask> task;
    std::list<data::RecordBatch> batches;
  };

  void start(Run& run, config::Properties more = {}) {
    config::Properties properties{{"kinetica.url", server_->url()},
                                  {"kinetica.table_names", "T"},
                                  {"kinetica.incrementing_column", "id"}};
    properties.merge(more);
    run.task = std::make_unique<KineticaSourceTask>(parse_source_config(properties), feed_options_,
                                                    catch_up_options_);
    run.task->start(offsets_, run.stop.get_token());
    while (server_->subscribers("T") == 0) std::this_thread::yield();
  }
  // The ids of the records until there are `count`, and of all that come at once after them.
  // Their offsets are stored.
  std::vector<int64_t> poll(Run& run, size_t count) {
    std::vector<int64_t> ids;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (bool more = true; more && std::chrono::steady_clock::now() < deadline;) {
      data::RecordBatch& batch = run.batches.emplace_back();
      run.task->poll(batch, 50ms, run.stop.get_token());
      for (const auto& record : batch.records()) {
        ids.push_back(record.value.items()[0].as_integer());
        offsets_.stored[json_of(record.source_partition)] = json_of(record.source_offset);
        offsets_seen_.push_back(json_of(record.source_offset));
      }
      more = ids.size() < count || !batch.empty();
    }
    return ids;
  }
  void insert(int64_t begin, int64_t end) {
    std::vector<std::string> rows;
    for (int64_t id = begin; id < end; ++id) rows.push_back(test_row(id, "text"));
    db_->insert("T", rows);
  }
  // They are in the table, and the monitor's messages are lost.
  void insert_unheard(int64_t begin, int64_t end) {
    db_->post_json("/debug/faults", R"({"drop_monitor_messages":1000000})");
    insert(begin, end);
    db_->post_json("/debug/faults", R"({"drop_monitor_messages":0})");
  }
  // The monitors are gone, which the task finds out.
  void forget_monitors() {
    for (const auto& monitor : db_->get_json("/debug/monitors")) {
      db_->post_json("/debug/faults",
                     fmt::format(R"({{"forget_monitor":{}}})", monitor["topic_id"].dump()));
    }
  }
  std::string& stored() { return offsets_.stored[R"({"table":"T"})"]; }

  MissedRows() {
    feed_options_.retry_wait = 5ms;
    feed_options_.retry_wait_max = 5ms;
    feed_options_.check_interval = 1ms;
  }

  std::unique_ptr<server::Server> server_ = std::make_unique<server::Server>();
  std::unique_ptr<server::TestClient> db_ = std::make_unique<server::TestClient>(server_->url());
  Offsets offsets_;
  FeedOptions feed_options_;
  CatchUpOptions catch_up_options_{.page_rows_max = 10, .second_look_after = 1h};
  std::vector<std::string> offsets_seen_;
};

TEST_F(MissedRows, FromBeginningTheRowsThatAreThereComeFirst) {
  db_->create_table("T", false);
  insert(0, 35);
  Run run;
  start(run, {{"kinetica.from_beginning", "true"}});
  EXPECT_EQ(poll(run, 35), range(0, 35));
  insert(35, 40);
  EXPECT_EQ(poll(run, 5), range(35, 40));
  EXPECT_EQ(stored(), R"({"record":39,"incrementing":39})");
  EXPECT_EQ(run.task->gap_possible_since(), std::nullopt);
  EXPECT_THAT(offsets_.registry.text(),
              HasSubstr("source_rows_read_total{connector=\"c\",task=\"0\"} 35\n"));
}

TEST_F(MissedRows, FromBeginningWithoutAColumnOffsetsTellThatTheTableIsNotSentYet) {
  db_->create_table("T", true);
  insert(0, 35);
  const config::Properties properties{{"kinetica.from_beginning", "true"},
                                      {"kinetica.incrementing_column", ""}};
  {
    Run run;
    start(run, properties);
    EXPECT_EQ(poll(run, 35), range(0, 35));
    EXPECT_EQ(offsets_seen_[33], R"({"record":33,"snapshot":true})");
    EXPECT_EQ(stored(), R"({"record":34})");
    insert(35, 36);
    EXPECT_EQ(poll(run, 1), range(35, 36));
    EXPECT_EQ(stored(), R"({"record":35})");
  }
  {
    Run run;
    start(run, properties);
    insert(36, 37);
    EXPECT_EQ(poll(run, 1), range(36, 37));
  }
  stored() = R"({"record":20,"snapshot":true})";
  Run run;
  start(run, properties);
  EXPECT_EQ(poll(run, 37), range(0, 37));
  EXPECT_EQ(stored(), R"({"record":57})");
}

TEST_F(MissedRows, RowsInsertedWhileTheTaskWasDownAreSent) {
  db_->create_table("T", true);
  {
    Run run;
    start(run);
    insert(0, 10);
    EXPECT_EQ(poll(run, 10), range(0, 10));
  }
  insert(10, 45);
  Run run;
  start(run);
  insert(45, 50);
  EXPECT_EQ(poll(run, 40), range(10, 50));
  EXPECT_EQ(stored(), R"({"record":49,"incrementing":49})");
}

TEST_F(MissedRows, WithoutAPrimaryKeyTheLastRowComesAgainAfterARestart) {
  db_->create_table("T", false);
  insert(0, 30);
  stored() = R"({"record":41,"incrementing":9})";
  Run run;
  start(run);
  EXPECT_EQ(poll(run, 21), range(9, 30));
  EXPECT_EQ(offsets_seen_.front(), R"({"record":42,"incrementing":9})");
}

TEST_F(MissedRows, AnOffsetWithoutAValueBeginsLive) {
  db_->create_table("T", false);
  insert(0, 30);
  stored() = R"({"record":41})";
  Run run;
  start(run, {{"kinetica.from_beginning", "true"}});
  insert(30, 31);
  EXPECT_EQ(poll(run, 1), range(30, 31));
  insert_unheard(31, 35);
  forget_monitors();
  EXPECT_EQ(poll(run, 4), range(31, 35));
  EXPECT_EQ(stored(), R"({"record":46,"incrementing":34})");
}

TEST_F(MissedRows, WhatALostConnectionMissedIsReadAndIsNoGap) {
  db_->create_table("T", false);
  Run run;
  start(run);
  insert(0, 10);
  EXPECT_EQ(poll(run, 10), range(0, 10));
  insert_unheard(10, 47);
  forget_monitors();
  EXPECT_EQ(poll(run, 37), range(10, 47));
  insert(47, 50);
  EXPECT_EQ(poll(run, 3), range(47, 50));
  EXPECT_EQ(run.task->gap_possible_since(), std::nullopt);
  EXPECT_THAT(offsets_.registry.text(),
              HasSubstr("source_gap_possible_timestamp_seconds{connector=\"c\",task=\"0\"} 0\n"));
}

TEST_F(MissedRows, RowsInsertedBeforeTheMonitorDeliversAreFoundByASecondLook) {
  db_->create_table("T", true);
  catch_up_options_.second_look_after = 0ms;
  Run run;
  start(run);
  insert_unheard(0, 20);
  insert(20, 21);
  auto ids = poll(run, 21);
  std::ranges::sort(ids);
  if (ids.size() > 21) ids.pop_back();  // the last row, which was read before it was delivered
  EXPECT_EQ(ids, range(0, 21));
}

TEST_F(MissedRows, OneTableWithoutAColumnLeavesAGap) {
  db_->create_table("T", false);
  db_->create_table("U", false);
  Run run;
  start(run, {{"kinetica.table_names", "T,U"}, {"kinetica.incrementing_column", "id,"}});
  insert(0, 10);
  EXPECT_EQ(poll(run, 10), range(0, 10));
  EXPECT_EQ(run.task->gap_possible_since(), std::nullopt);
  insert_unheard(10, 20);
  forget_monitors();
  EXPECT_EQ(poll(run, 10), range(10, 20));
  EXPECT_NE(run.task->gap_possible_since(), std::nullopt);
  db_->insert("U", {test_row(1, "u")});
  EXPECT_EQ(poll(run, 1), range(1, 2));
  EXPECT_EQ(offsets_.stored[R"({"table":"U"})"], R"({"record":0})");
}

TEST_F(MissedRows, ReadingOutlastsFailuresAndLostConnections) {
  db_->create_table("T", true);
  insert(0, 100);
  stored() = R"({"record":0,"incrementing":-1})";
  server_->faults().answer(503, 2, "/get/records");
  Run run;
  start(run);
  auto ids = poll(run, 100);
  forget_monitors();
  server_->faults().answer(400, 2, "/get/records");
  insert(100, 130);
  const auto rest = poll(run, 130 - ids.size());
  ids.insert(ids.end(), rest.begin(), rest.end());
  EXPECT_EQ(ids, range(0, 130));
  EXPECT_EQ(run.task->trouble(), std::nullopt);
}

TEST_F(MissedRows, ReadingThatMustWaitSaysSo) {
  db_->create_table("T", false);
  insert(0, 10);
  stored() = R"({"record":0,"incrementing":0})";
  Run run;
  server_->faults().answer(503, 1'000'000, "/get/records");
  start(run);
  while (!run.task->trouble()) run.task->poll(run.batches.emplace_back(), 1ms, {});
  EXPECT_THAT(*run.task->trouble(), HasSubstr("/get/records"));
  server_->faults().clear();
  EXPECT_EQ(poll(run, 10), range(0, 10));
  EXPECT_EQ(run.task->trouble(), std::nullopt);
}

TEST_F(MissedRows, WhatTheQueueCannotHoldIsReadFromTheTable) {
  db_->create_table("T", true);
  feed_options_.chunks_max = 2;
  feed_options_.chunk_bytes_max = 100;
  Run run;
  start(run);
  for (int64_t id = 0; id < 2000; id += 100) insert(id, id + 100);
  // Not polled: the queue is full when these have come.
  const auto received = [&] {
    return offsets_.registry.text().find(
               "source_rows_received_total{connector=\"c\",task=\"0\"} 2000\n") !=
           std::string::npos;
  };
  while (!received()) std::this_thread::yield();
  EXPECT_EQ(poll(run, 2000), range(0, 2000));
  EXPECT_EQ(run.task->gap_possible_since(), std::nullopt);
}

TEST_F(MissedRows, RowsInsertedWhileTheTableIsReadAreNotLost) {
  for (const bool keyed : {false, true}) {
    db_->create_table("T", keyed);
    insert(0, 3000);
    stored() = R"({"record":0,"incrementing":-1})";
    Run run;
    start(run);
    constexpr int64_t rows = 4000;
    std::jthread inserter([&] {
      server::TestClient db(server_->url());
      for (int64_t id = 3000; id < rows; ++id) db.insert("T", {test_row(id, "text")});
    });
    auto ids = poll(run, rows);
    while (ids.back() != rows - 1 && ids.size() < 2 * rows) {
      const auto more = poll(run, 1);
      ids.insert(ids.end(), more.begin(), more.end());
    }
    std::ranges::sort(ids);
    // Those inserted meanwhile may be read and delivered.
    EXPECT_LE(ids.size(), static_cast<size_t>(rows) + 1000);
    const auto doubles = std::ranges::unique(ids);
    ids.erase(doubles.begin(), doubles.end());
    EXPECT_EQ(ids, range(0, rows));
    db_->ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "T"});
  }
}

TEST_F(MissedRows, AColumnAddedMeanwhileIsInTheRowsRead) {
  catch_up_options_.second_look_after = 0ms;
  db_->create_table("T", true);
  insert(0, 20);
  stored() = R"({"record":0,"incrementing":-1})";
  Run run;
  start(run);
  EXPECT_EQ(poll(run, 20), range(0, 20));
  kinetica::Client client({.url = server_->url()});
  client.alter_columns("T", {{.column = {"n", wire::BaseType::int_, {"nullable"}}}});
  const auto wider = client.find_table("T")->type;
  std::string row;
  wire::encode_row(wider, std::vector<Value>{Value::int64(20), Value::string("s"), Value::int32(7)},
                   row);
  db_->post_json("/debug/faults", R"({"drop_monitor_messages":1})");
  db_->insert("T", {row});
  forget_monitors();
  EXPECT_EQ(poll(run, 1), range(20, 21));
  const auto& records = std::prev(run.batches.end(), 2)->records();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value.items()[2], Value::int32(7));
  EXPECT_EQ(records[0].value_schema->fields()[2].name, "n");
}

TEST_F(MissedRows, ATaskWhoseColumnIsDroppedFailsAndNamesIt) {
  db_->create_table("T", false);
  insert(0, 20);
  Run run;
  start(run);
  kinetica::Client client({.url = server_->url()});
  client.alter_columns("T", {{.action = kinetica::ColumnChange::Action::remove,
                              .column = {"id", wire::BaseType::long_, {}}}});
  forget_monitors();
  try {
    poll(run, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::fail_task);
    EXPECT_THAT(error.what(), HasSubstr("Table T no longer has the column id"));
  }
}

TEST_F(MissedRows, AStopRequestEndsAReadingAtOnce) {
  db_->create_table("T", false);
  insert(0, 30);
  stored() = R"({"record":0,"incrementing":0})";
  Run run;
  start(run);
  server_->faults().delay(1h, {1, "/get/records"});
  std::jthread stopper([&] { run.stop.request_stop(); });
  data::RecordBatch batch;
  const auto before = std::chrono::steady_clock::now();
  run.task->poll(batch, 1h, run.stop.get_token());
  // What a worker polls afterwards, with a token of its own, is what has come already.
  run.task->poll(batch, 1ms, {});
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(run.task->trouble(), std::nullopt);
}

TEST_F(MissedRows, AStoredValueThatTheColumnCannotHaveIsRefused) {
  db_->create_table("T", false);
  stored() = R"({"record":0,"incrementing":18446744073709551615})";
  Run run;
  try {
    start(run);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::fail_task);
    EXPECT_THAT(error.what(), HasSubstr("\"incrementing\": 18446744073709551615"));
    EXPECT_THAT(error.what(), HasSubstr("column id"));
  }
}

TEST_F(MissedRows, AfterAFailoverTheOtherClusterIsRead) {
  auto other = std::make_unique<server::Server>();
  server::TestClient other_db(other->url());
  db_->create_table("T", true);
  other_db.create_table("T", true);
  Run run;
  start(run, {{"kinetica.url", server_->url() + "," + other->url()}});
  insert(0, 10);
  EXPECT_EQ(poll(run, 10), range(0, 10));
  // The ring has brought the rows to the other cluster, together with some that were not heard of.
  std::vector<std::string> rows;
  for (int64_t id = 0; id < 25; ++id) rows.push_back(test_row(id, "text"));
  other_db.insert("T", rows);
  server_.reset();
  EXPECT_EQ(poll(run, 15), range(10, 25));
  EXPECT_EQ(run.task->gap_possible_since(), std::nullopt);
}

}  // namespace
}  // namespace kc::source
