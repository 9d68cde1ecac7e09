#include "source/kinetica_source_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <list>
#include <map>
#include <thread>

#include "base/error.h"
#include "source/fake_database_test.h"
#include "wire/row_codec.h"

namespace kc::source {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::BaseType;
using wire::Column;
using namespace std::chrono_literals;

const std::vector<Column> tweet_columns{{"id", BaseType::long_, {}},
                                        {"text", BaseType::string, {"nullable"}}};

class StoredOffsets : public connect::OffsetReader, public connect::SourceTaskContext {
 public:
  const connect::OffsetReader& offsets() const override { return *this; }
  metrics::Scope metrics() override { return {registry, {"c", "0"}}; }

  metrics::Registry registry;
  std::map<std::string, std::string> stored;
  std::optional<std::string> offset(std::string_view partition) const override {
    const auto found = stored.find(std::string(partition));
    if (found == stored.end()) return std::nullopt;
    return found->second;
  }
};

std::string row(const std::vector<Column>& columns, const std::vector<Value>& values) {
  std::string bytes;
  wire::encode_row(wire::TableType(columns), values, bytes);
  return bytes;
}

std::string tweet(int64_t id, std::string_view text) {
  return row(tweet_columns, {Value::int64(id), Value::string(text)});
}

class SourceTask : public testing::Test {
 protected:
  SourceTask() { database_.create_table("tweets", tweet_columns); }

  std::unique_ptr<KineticaSourceTask> make_task(const std::string& tables,
                                                FeedOptions options = {}) {
    const config::Properties properties{{"kinetica.url", database_.url()},
                                        {"kinetica.table_names", tables},
                                        {"kinetica.topic_prefix", "db."}};
    options.retry_wait = 5ms;
    options.retry_wait_max = 5ms;
    return std::make_unique<KineticaSourceTask>(parse_source_config(properties), options);
  }

  // A task that listens to `subscriptions` tables.
  std::unique_ptr<KineticaSourceTask> start(const std::string& tables, size_t subscriptions = 1,
                                            FeedOptions options = {}) {
    auto task = make_task(tables, options);
    task->start(offsets_, stop_.get_token());
    database_.wait_for_subscriptions(subscriptions);
    return task;
  }

  // What the task delivers until there are `count` records; batches_ keeps it alive.
  std::vector<data::Record> poll(KineticaSourceTask& task, size_t count) {
    std::vector<data::Record> records;
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (records.size() < count && std::chrono::steady_clock::now() < deadline) {
      data::RecordBatch& batch = batches_.emplace_back();
      task.poll(batch, 100ms, stop_.get_token());
      records.insert(records.end(), batch.records().begin(), batch.records().end());
    }
    EXPECT_EQ(records.size(), count);
    return records;
  }

  Error failure(const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    return Error(Reaction::fail_task, "nothing was thrown");
  }
  Error start_failure(const std::string& tables) {
    return failure([&] { make_task(tables)->start(offsets_, stop_.get_token()); });
  }

  FakeDatabase database_;
  StoredOffsets offsets_;
  std::stop_source stop_;
  std::list<data::RecordBatch> batches_;
};

TEST_F(SourceTask, InsertedRowsBecomeRecordsWithSchemaKeyAndOffset) {
  const auto task = start("tweets");
  database_.publish("tweets", {tweet(7, "seven"), tweet(8, "eight")});
  const auto records = poll(*task, 2);
  ASSERT_EQ(records.size(), 2u);
  const data::Record& second = records[1];
  EXPECT_EQ(second.topic, "db.tweets");
  EXPECT_EQ(second.partition, -1);
  EXPECT_EQ(second.timestamp, -1);
  EXPECT_EQ(*second.key_schema, *data::SchemaBuilder(data::Type::int64).build());
  EXPECT_EQ(second.key, Value::int64(1));
  EXPECT_EQ(second.value_schema->name(), "tweets");
  EXPECT_EQ(second.value_schema->version(), 1);
  EXPECT_FALSE(second.value_schema->optional());
  ASSERT_EQ(second.value.size(), 2u);
  EXPECT_EQ(second.value.items()[0], Value::int64(8));
  EXPECT_EQ(second.value.items()[1], Value::string("eight"));
  const Value partition[] = {Value::string("table"), Value::string("tweets")};
  const Value offset[] = {Value::string("record"), Value::int64(1)};
  EXPECT_EQ(second.source_partition, Value::map(partition));
  EXPECT_EQ(second.source_offset, Value::map(offset));
  EXPECT_EQ(records[0].source_partition.entries().data(), second.source_partition.entries().data());
}

TEST_F(SourceTask, NumberingContinuesAfterTheStoredOffset) {
  offsets_.stored[R"({"table":"tweets"})"] = R"({"record":41})";
  const auto task = start("tweets");
  database_.publish("tweets", {tweet(1, "")});
  EXPECT_EQ(poll(*task, 1).at(0).key, Value::int64(42));
}

TEST_F(SourceTask, AStoredOffsetOfAnotherFormIsRefused) {
  offsets_.stored[R"({"table":"tweets"})"] = R"({"position":41})";
  const Error error = start_failure("tweets");
  EXPECT_EQ(error.reaction(), Reaction::fail_task);
  EXPECT_THAT(error.what(), testing::HasSubstr("position"));
}

TEST_F(SourceTask, NullsOfANullableColumnArriveAsNulls) {
  const auto task = start("tweets");
  database_.publish("tweets", {row(tweet_columns, {Value::int64(1), Value()})});
  const auto records = poll(*task, 1);
  EXPECT_TRUE(records.at(0).value.items()[1].is_null());
  EXPECT_TRUE(records.at(0).value_schema->find_field("text")->schema->optional());
}

TEST_F(SourceTask, TablesOfOneTaskKeepTheirOwnTopicsAndNumbers) {
  database_.create_table("b", {{"x", BaseType::double_, {}}});
  const auto task = start(" tweets , b ", 2);
  database_.publish("tweets", {tweet(1, "one")});
  database_.publish("b", {row({{"x", BaseType::double_, {}}}, {Value::float64(1.5)})});
  database_.publish("tweets", {tweet(2, "two")});
  std::map<std::string, std::vector<int64_t>> keys;
  for (const auto& record : poll(*task, 3)) {
    keys[std::string(record.topic)].push_back(record.key.as_integer());
    EXPECT_EQ("db." + *record.value_schema->name(), record.topic);
  }
  EXPECT_EQ(keys,
            (std::map<std::string, std::vector<int64_t>>{{"db.tweets", {0, 1}}, {"db.b", {0}}}));
}

TEST_F(SourceTask, BatchesAreLimitedAndKeepTheOrder) {
  const auto task = start("tweets");
  const size_t rows = 3 * KineticaSourceTask::batch_records_max;
  std::vector<std::string> message;
  for (size_t i = 0; i < rows; ++i) message.push_back(tweet(static_cast<int64_t>(i), "x"));
  database_.publish("tweets", message);
  const auto records = poll(*task, rows);
  for (const auto& batch : batches_) {
    EXPECT_LE(batch.size(), KineticaSourceTask::batch_records_max);
  }
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].value.items()[0], Value::int64(static_cast<int64_t>(i)));
    ASSERT_EQ(records[i].key, Value::int64(static_cast<int64_t>(i)));
  }
}

TEST_F(SourceTask, NothingIsLostWhileTheQueueIsFull) {
  FeedOptions options;
  options.chunks_max = 2;
  options.chunk_bytes_max = 100;
  const auto task = start("tweets", 1, options);
  constexpr size_t rows = 5000;
  for (size_t i = 0; i < rows; ++i) {
    database_.publish("tweets", {tweet(static_cast<int64_t>(i), "some text")});
  }
  const auto records = poll(*task, rows);
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_EQ(records[i].value.items()[0], Value::int64(static_cast<int64_t>(i)));
  }
}

TEST_F(SourceTask, AddedColumnAppearsInTheSchema) {
  const auto task = start("tweets");
  database_.publish("tweets", {tweet(1, "old")});
  auto wider = tweet_columns;
  wider.push_back({"likes", BaseType::int_, {}});
  database_.create_table("tweets", wider);
  database_.publish("tweets",
                    {row(wider, {Value::int64(2), Value::string("new"), Value::int32(3)}),
                     row(wider, {Value::int64(3), Value::string("newer"), Value::int32(4)})});
  const auto records = poll(*task, 3);
  EXPECT_EQ(records.at(0).value.size(), 2u);
  EXPECT_EQ(records.at(1).value.size(), 3u);
  EXPECT_EQ(records.at(1).value_schema->fields()[2].name, "likes");
  EXPECT_EQ(records.at(2).value.items()[2], Value::int32(4));
  EXPECT_EQ(records.at(2).key, Value::int64(2));
}

TEST_F(SourceTask, ARowThatFitsNoTypeFailsTheTaskAfterThoseBeforeIt) {
  const auto task = start("tweets");
  database_.publish("tweets", {tweet(1, "good"), "\x02\x05"});
  EXPECT_EQ(poll(*task, 1).size(), 1u);
  const Error error = failure([&] { poll(*task, 1); });
  EXPECT_EQ(error.reaction(), Reaction::fail_task);
  EXPECT_THAT(error.what(), testing::HasSubstr("tweets"));
  EXPECT_THAT(error.what(), testing::HasSubstr("at byte 2"));
}

TEST_F(SourceTask, TypeIsReadAgainUntilTheDatabaseAnswers) {
  const auto task = start("tweets");
  auto wider = tweet_columns;
  wider.push_back({"likes", BaseType::int_, {}});
  database_.create_table("tweets", wider);
  database_.refuse("/show/table", 503);
  const int before = database_.calls("/show/table");
  database_.publish("tweets",
                    {row(wider, {Value::int64(2), Value::string("new"), Value::int32(3)})});
  std::jthread healer([&] {
    while (database_.calls("/show/table") == before) std::this_thread::yield();
    database_.refuse("/show/table", 0);
  });
  EXPECT_EQ(poll(*task, 1).at(0).value.size(), 3u);
}

TEST_F(SourceTask, MissingTableIsWaitedFor) {
  const Error error = start_failure("tweets,later");
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_THAT(error.what(), testing::HasSubstr("no table later"));
}

TEST_F(SourceTask, StartsOnASecondAttemptOnceTheTableExists) {
  const auto task = make_task("later");
  EXPECT_THROW(task->start(offsets_, stop_.get_token()), Error);
  database_.create_table("later", tweet_columns);
  task->start(offsets_, stop_.get_token());
  database_.wait_for_subscriptions(1);
  database_.publish("later", {tweet(1, "x")});
  EXPECT_EQ(poll(*task, 1).at(0).topic, "db.later");
}

TEST_F(SourceTask, CollectionIsRefused) {
  database_.create_collection("all");
  const Error error = start_failure("all");
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), testing::HasSubstr("all is a collection"));
}

TEST_F(SourceTask, DatabaseWithoutMonitorPortIsRefused) {
  for (const auto* port : {"", "-1", "x", "70000"}) {
    database_.set_monitor_port(port);
    const Error error = start_failure("tweets");
    EXPECT_EQ(error.reaction(), Reaction::fix_config) << port;
    EXPECT_THAT(error.what(), testing::HasSubstr("conf.set_monitor_port"));
  }
}

TEST_F(SourceTask, UnreachableDatabaseIsRetriedAndNamed) {
  std::string url;
  {
    const FakeDatabase gone;
    url = gone.url();
  }
  const config::Properties properties{{"kinetica.url", url}, {"kinetica.table_names", "t"}};
  KineticaSourceTask task(parse_source_config(properties));
  const Error error = failure([&] { task.start(offsets_, stop_.get_token()); });
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_THAT(error.what(), testing::HasSubstr(url.substr(url.find("127"))));
}

TEST_F(SourceTask, StopClearsTheMonitorsAndIsPromptWhenIdle) {
  const auto task = start("tweets");
  EXPECT_EQ(database_.monitors(), 1u);
  const auto before = std::chrono::steady_clock::now();
  task->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
  EXPECT_EQ(database_.monitors(), 0u);
}

TEST_F(SourceTask, StopRequestEndsAPollThatWaits) {
  const auto task = start("tweets");
  std::jthread stopper([&] { stop_.request_stop(); });
  data::RecordBatch batch;
  const auto before = std::chrono::steady_clock::now();
  task->poll(batch, 1h, stop_.get_token());
  EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
  EXPECT_TRUE(batch.empty());
}

TEST_F(SourceTask, FailedStartLeavesNoMonitorBehind) {
  database_.create_table("b", tweet_columns);
  database_.set_monitor_port("1");  // nobody listens there
  FeedOptions options;
  options.connect_timeout = 1ms;
  auto task = make_task("tweets,b", options);
  const Error error = failure([&] { task->start(offsets_, stop_.get_token()); });
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_EQ(database_.calls("/create/tablemonitor"), 2);
  EXPECT_EQ(database_.monitors(), 0u);
}

TEST_F(SourceTask, MonitorsAreMadeAgainAfterTheDatabaseWasRestarted) {
  const auto task = start("tweets");
  database_.publish("tweets", {tweet(1, "before")});
  EXPECT_EQ(poll(*task, 1).size(), 1u);
  EXPECT_EQ(task->gap_possible_since(), std::nullopt);
  const auto before = std::chrono::system_clock::now();
  database_.refuse("/create/tablemonitor", 503);
  database_.restart();
  while (database_.calls("/create/tablemonitor") < 3) std::this_thread::yield();
  EXPECT_NE(task->trouble().value_or("").find("cannot do /create/tablemonitor now (HTTP 503)"),
            std::string::npos);
  database_.refuse("/create/tablemonitor", 0);
  database_.wait_for_subscriptions(1);
  database_.publish("tweets", {tweet(2, "after")});
  const auto records = poll(*task, 1);
  EXPECT_EQ(records.at(0).value.items()[1], Value::string("after"));
  EXPECT_EQ(records.at(0).key, Value::int64(1));
  EXPECT_EQ(task->trouble(), std::nullopt);
  // What may have been missed does not come back by itself.
  EXPECT_GE(task->gap_possible_since(), before);
  const std::string text = offsets_.registry.text();
  EXPECT_NE(text.find("source_rows_received_total{connector=\"c\",task=\"0\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("source_database_unavailable{connector=\"c\",task=\"0\"} 0\n"),
            std::string::npos);
  EXPECT_EQ(text.find("source_gap_possible_timestamp_seconds{connector=\"c\",task=\"0\"} 0\n"),
            std::string::npos);
}

TEST_F(SourceTask, MonitorsAreMadeAgainForATableThatWasDroppedAndMadeAgain) {
  FeedOptions options;
  options.check_interval = 1ms;
  const auto task = start("tweets", 1, options);
  const int before = database_.calls("/create/tablemonitor");
  database_.drop_table("tweets");
  while (database_.calls("/create/tablemonitor") == before) std::this_thread::yield();
  database_.create_table("tweets", {{"x", BaseType::int_, {}}});
  while (database_.monitors() == 0) std::this_thread::yield();
  database_.wait_for_subscription("-2-of-tweets");
  database_.publish("tweets", {row({{"x", BaseType::int_, {}}}, {Value::int32(5)})});
  EXPECT_EQ(poll(*task, 1).at(0).value.items()[0], Value::int32(5));
}

TEST_F(SourceTask, WhatTheReceivingThreadFailsWithReachesPoll) {
  const auto task = start("tweets");
  database_.refuse("/show/system/properties", 401);
  database_.restart();
  const Error error = failure([&] { poll(*task, 1); });
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), testing::HasSubstr("kinetica.password"));
}

}  // namespace
}  // namespace kc::source
