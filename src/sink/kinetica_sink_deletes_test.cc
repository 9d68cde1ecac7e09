// Records without value (kinetica.delete_enabled) against the embedded server, over HTTP.
#include <gmock/gmock.h>

#include <limits>
#include <map>
#include <random>

#include "server/network/faults.h"
#include "sink/sink_task_fixture_test.h"

namespace kc::sink {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using data::SchemaBuilder;
using data::Type;
using data::Value;
using testing::AllOf;
using testing::HasSubstr;
using wire::BaseType;
using namespace std::chrono_literals;

constexpr const char* endpoint = "/delete/records";
constexpr int endless = 1'000'000;

const wire::TableType numbers({{"id", BaseType::long_, {"primary_key"}},
                               {"n", BaseType::long_, {}}});

class SinkDeletesTest : public SinkTaskTest {
 protected:
  // The rows of `numbers`: id -> n.
  using State = std::map<int64_t, int64_t>;

  std::unique_ptr<KineticaSinkTask> deleting(Entries more = {}) {
    config::Properties properties{{"kinetica.url", server_.url()},
                                  {"topics", "t,u"},
                                  {"kinetica.timeout", "0"},
                                  {"kinetica.single_table_per_topic", "true"},
                                  {"kinetica.delete_enabled", "true"}};
    for (const auto& [name, value] : more) properties.set(name, value);
    auto task = std::make_unique<KineticaSinkTask>(SinkConfig::parse(properties), clock_, gate_);
    task->start(context_, stop_.get_token());
    return task;
  }

  void upsert(data::RecordBatch& batch, int64_t id, int64_t n) {
    add_fields(batch, "t", {{"id", Value::int64(id)}, {"n", Value::int64(n)}});
    batch.records().back().key = Value::int64(id);
  }
  void tombstone(data::RecordBatch& batch, const Value& key, std::string_view topic = "t") {
    add_value(batch, topic, Value());
    batch.records().back().key = key;
  }
  void tombstone(data::RecordBatch& batch, int64_t id) { tombstone(batch, Value::int64(id)); }
  Value map_of(data::RecordBatch& batch,
               const std::vector<std::pair<std::string_view, Value>>& fields) {
    Value* entries = batch.arena().allocate_array<Value>(fields.size() * 2);
    for (size_t i = 0; i < fields.size(); ++i) {
      entries[2 * i] = Value::string(fields[i].first);
      entries[2 * i + 1] = fields[i].second;
    }
    return Value::map({entries, fields.size() * 2});
  }

  State state(kinetica::Client& reader) {
    State result;
    for (const std::string& record : reader.get_records("t", 0, 100'000).records) {
      std::vector<Value> row;
      wire::decode_row(numbers, record, row);
      EXPECT_TRUE(result.emplace(row[0].as_integer(), row[1].as_integer()).second);
    }
    return result;
  }
  State state() { return state(reader_); }

  // What the record at `index` is refused for.
  std::string refusal(KineticaSinkTask& task, const data::RecordBatch& batch, size_t index) {
    try {
      put(task, batch);
    } catch (const connect::RecordError& error) {
      EXPECT_EQ(error.index(), index);
      return error.what();
    }
    return "was not refused";
  }

  // Random inserts and deletes of few keys, in several batches, and what they come to.
  State put_random(KineticaSinkTask& task, std::mt19937_64& random, bool update) {
    State expected;
    for (int round = 0; round < 20; ++round) {
      data::RecordBatch batch;
      for (int i = 0; i < 60; ++i) {
        const auto id = static_cast<int64_t>(random() % 25);
        const auto n = static_cast<int64_t>(random() % 1000);
        if (random() % 3 == 0) {
          tombstone(batch, id);
          expected.erase(id);
        } else {
          upsert(batch, id, n);
          if (update || !expected.contains(id)) expected[id] = n;
        }
      }
      put(task, batch);
    }
    return expected;
  }
};

TEST_F(SinkDeletesTest, RowsOfOneKeyComeAndGoInTheOrderOfTheirRecords) {
  reader_.create_table("t", numbers, "");
  const auto task = deleting();
  data::RecordBatch batch;
  upsert(batch, 1, 10);
  upsert(batch, 2, 20);
  tombstone(batch, 1);
  tombstone(batch, 3);  // was never there
  upsert(batch, 1, 11);
  tombstone(batch, 2);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{1, 11}}));
  data::RecordBatch next;
  tombstone(next, 1);
  upsert(next, 2, 21);
  put(*task, next);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{2, 21}}));
  EXPECT_THAT(context_.registry_.text(),
              HasSubstr("sink_rows_deleted_total{connector=\"c\",task=\"0"
                        "\"} 3\n"));
}

TEST_F(SinkDeletesTest, WithoutUpdatesAnInsertAfterADeleteInserts) {
  reader_.create_table("t", numbers, "");
  const auto task = deleting({{"kinetica.update_on_existing_pk", "false"}});
  data::RecordBatch batch;
  upsert(batch, 1, 10);
  upsert(batch, 1, 11);
  upsert(batch, 2, 20);
  tombstone(batch, 2);
  upsert(batch, 2, 21);
  upsert(batch, 2, 22);
  // Delivered twice, as after a crash.
  for (int i = 0; i < 2; ++i) {
    put(*task, batch);
    EXPECT_EQ(committed(*task), positions_);
    EXPECT_EQ(state(), (State{{1, 10}, {2, 21}}));
  }
}

TEST_F(SinkDeletesTest, RandomRecordsLeaveTheLastStateOfEachKey) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (const size_t ranks : {1U, 3U}) {
    for (const char* batch_size : {"1", "7", "10000"}) {
      for (const bool update : {true, false}) {
        server::Server database(server::ServerOptions{.ranks = ranks});
        kinetica::Client client({.url = database.url()});
        client.create_table("t", numbers, "");
        const auto task = deleting({{"kinetica.url", database.url()},
                                    {"kinetica.batch_size", batch_size},
                                    {"kinetica.update_on_existing_pk", update ? "true" : "false"}});
        const State expected = put_random(*task, random, update);
        EXPECT_EQ(committed(*task), positions_);
        EXPECT_EQ(state(client), expected) << ranks << " ranks, batches of " << batch_size;
      }
    }
  }
}

TEST_F(SinkDeletesTest, LostAnswersAndOutagesChangeNoOrder) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  server::Server database(server::ServerOptions{.ranks = 3});
  kinetica::Client client({.url = database.url()});
  client.create_table("t", numbers, "");
  database.faults().drop_replies({2, endpoint});
  database.faults().answer(503, 2, endpoint);
  database.faults().apply_half({2});
  const auto task = deleting({{"kinetica.url", database.url()}, {"kinetica.batch_size", "50"}});
  const State expected = put_random(*task, random, true);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(client), expected);
  EXPECT_EQ(database.faults().take(endpoint, 0).status, std::nullopt) << "no fault was met";
}

TEST_F(SinkDeletesTest, ManyDeletesAreFewRequests) {
  reader_.create_table("t", numbers, "");
  const auto task = deleting();
  data::RecordBatch rows;
  for (int64_t id = 0; id < 10'000; ++id) upsert(rows, id, id);
  put(*task, rows);
  ASSERT_EQ(committed(*task), positions_);
  ASSERT_EQ(count("t"), 10'000);
  server_.faults().delay(1ms, {100, endpoint});
  data::RecordBatch batch;
  // Rows of other keys in between share their batch.
  for (int64_t id = 0; id < 10'000; ++id) {
    tombstone(batch, id);
    if (id % 3 == 0) upsert(batch, 10'000 + id, id);
  }
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 3334);
  int unused = 0;
  while (server_.faults().take(endpoint, 0).delay != 0ms) ++unused;
  EXPECT_EQ(100 - unused, 10);
}

TEST_F(SinkDeletesTest, CompositeKeysOfSeveralTypes) {
  const wire::TableType type({{"text", BaseType::string, {"char16", "primary_key"}},
                              {"v", BaseType::double_, {"nullable"}},
                              {"small", BaseType::int_, {"int8", "primary_key"}},
                              {"at", BaseType::long_, {"timestamp", "primary_key", "shard_key"}},
                              {"day", BaseType::string, {"date", "primary_key"}},
                              {"moment", BaseType::string, {"datetime", "primary_key"}},
                              {"price", BaseType::string, {"decimal(9,2)", "primary_key"}},
                              {"ratio", BaseType::float_, {"primary_key"}}});
  reader_.create_table("t", type, "");
  const auto task = deleting();
  const auto schema = SchemaBuilder(Type::structure)
                          .field("text", SchemaBuilder(Type::string).build())
                          .field("small", SchemaBuilder(Type::int16).build())
                          .field("at", SchemaBuilder::timestamp().build())
                          .field("day", SchemaBuilder::date().build())
                          .field("moment", SchemaBuilder::timestamp().build())
                          .field("price", SchemaBuilder::decimal(2).build())
                          .field("ratio", SchemaBuilder(Type::float32).build())
                          .field("other", SchemaBuilder(Type::boolean).build())
                          .build();
  const auto row = [&](data::RecordBatch& batch, std::string_view price) {
    return std::vector<std::pair<std::string_view, Value>>{
        {"text", Value::string("a\"b'c")},
        {"small", Value::string("-7")},
        {"at", Value::int64(1'600'000'000'123)},
        {"day", Value::string("2020-02-29")},
        {"moment", Value::string("2020-02-29 12:00:00")},
        {"price", Value::string(price)},
        {"ratio", Value::float32(0.1F)},
        {"other", map_of(batch, {})}};
  };
  const auto insert = [&](data::RecordBatch& batch, std::string_view price) {
    auto fields = row(batch, price);
    fields[1].second = Value::int64(-7);
    fields.pop_back();
    add_fields(batch, "t", fields);
  };
  data::RecordBatch batch;
  insert(batch, "1.5");
  insert(batch, "2.5");
  insert(batch, "3.5");
  // The same instant, price and number in other words; what is no column does not matter.
  const Value items[] = {Value::string("a\"b'c"),
                         Value::int16(-7),
                         Value::timestamp(1'600'000'000'123),
                         Value::date(18'321),
                         Value::timestamp(1'582'977'600'000),
                         Value::decimal(std::string_view("\x00\x96", 2), 2),
                         Value::float32(0.1F),
                         Value::boolean(true)};
  tombstone(batch, Value::structure(items));
  batch.records().back().key_schema = batch.retain(schema);
  auto fields = row(batch, "2.50");
  fields[1].second = Value::float64(-7);
  tombstone(batch, map_of(batch, fields));
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  const auto left = rows("t");
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0][6], Value::string("3.5"));
}

TEST_F(SinkDeletesTest, ExtremeKeysSelectTheirRows) {
  reader_.create_table("t",
                       wire::TableType({{"whole", BaseType::long_, {"primary_key"}},
                                        {"real", BaseType::double_, {"primary_key"}},
                                        {"text", BaseType::string, {"primary_key"}}}),
                       "");
  const auto task = deleting();
  data::RecordBatch batch;
  std::vector<std::vector<std::pair<std::string_view, Value>>> keys;
  for (const int64_t whole : {INT64_MIN, INT64_MAX}) {
    for (const double real : {0.1, -1e300, 5e-324, 1e22}) {
      for (const std::string_view text :
           {"", "a\"b'c\\", "\n\t", "\\\"", "\xc3\xa4\xf0\x9f\x98\x80"}) {
        keys.push_back({{"whole", Value::int64(whole)},
                        {"real", Value::float64(real)},
                        {"text", Value::string(text)}});
        add_fields(batch, "t", keys.back());
      }
    }
  }
  put(*task, batch);
  ASSERT_EQ(committed(*task), positions_);
  ASSERT_EQ(count("t"), 40);
  data::RecordBatch deletes;
  for (const auto& key : keys) tombstone(deletes, map_of(deletes, key));
  put(*task, deletes);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 0);
  keys[0][1].second = Value::float64(std::numeric_limits<double>::quiet_NaN());
  data::RecordBatch nan;
  tombstone(nan, map_of(nan, keys[0]));
  EXPECT_THAT(refusal(*task, nan, 0), HasSubstr("field real: nan cannot be looked for"));
}

TEST_F(SinkDeletesTest, KeyThatIsNoneOfTheTablesIsARecordError) {
  reader_.create_table("t",
                       wire::TableType({{"id", BaseType::int_, {"primary_key"}},
                                        {"region", BaseType::string, {"char4", "primary_key"}}}),
                       "");
  const auto task = deleting();
  const auto reason = [&](const std::function<Value(data::RecordBatch&)>& key) {
    data::RecordBatch batch;
    const Value good[] = {Value::string("id"), Value::int64(1), Value::string("region"),
                          Value::string("x")};
    tombstone(batch, Value::map(good));
    tombstone(batch, key(batch));
    return refusal(*task, batch, 1);
  };
  const auto where = AllOf(HasSubstr("table"), HasSubstr("topic t, partition 0, offset"),
                           HasSubstr("primary key (id, region)"));
  EXPECT_THAT(reason([](auto&) { return Value(); }), AllOf(where, HasSubstr("it has no key")));
  EXPECT_THAT(reason([](auto&) { return Value::int64(1); }),
              AllOf(where, HasSubstr("a single value, a INT64"), HasSubstr("2 columns")));
  EXPECT_THAT(reason([&](auto& batch) {
                return map_of(batch, {{"id", Value::int64(1)}});
              }),
              AllOf(where, HasSubstr("null value in field region")));
  EXPECT_THAT(reason([&](auto& batch) {
                return map_of(batch, {{"id", Value()}, {"region", Value::string("x")}});
              }),
              AllOf(where, HasSubstr("null value in field id")));
  EXPECT_THAT(
      reason([&](auto& batch) {
        return map_of(batch, {{"id", Value::int64(5'000'000'000)}, {"region", Value::string("x")}});
      }),
      AllOf(where, HasSubstr("field id: INT64 '5000000000'"), HasSubstr("range")));
  EXPECT_EQ(committed(*task)[(connect::TopicPartition{"t", 0})], positions_.begin()->second);
}

TEST_F(SinkDeletesTest, TableWithoutPrimaryKeyIsARecordError) {
  reader_.create_table("t", wire::TableType({{"id", BaseType::long_, {}}}), "");
  const auto task = deleting();
  data::RecordBatch batch;
  add_fields(batch, "t", {{"id", Value::int64(1)}});
  tombstone(batch, 1);
  EXPECT_THAT(refusal(*task, batch, 1), AllOf(HasSubstr("t ("), HasSubstr("no primary key"),
                                              HasSubstr("kinetica.delete_enabled=false")));
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 1);
}

TEST_F(SinkDeletesTest, FromATableThatIsMissingNothingIsDeleted) {
  const auto task = deleting({{"kinetica.create_table", "false"}});
  data::RecordBatch batch;
  tombstone(batch, 1);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_FALSE(reader_.find_table("t"));
  // Created meanwhile.
  reader_.create_table("t", numbers, "");
  data::RecordBatch next;
  tombstone(next, 1);
  upsert(next, 1, 10);
  upsert(next, 2, 20);
  tombstone(next, 1);
  put(*task, next);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{2, 20}}));
}

TEST_F(SinkDeletesTest, RefusedDeleteFailsTheTaskAndIsNeverCommittedPast) {
  reader_.create_table("t", numbers, "");
  const auto task = deleting({{"kinetica.retry_count", "2"}});
  data::RecordBatch batch;
  upsert(batch, 1, 10);
  upsert(batch, 2, 20);
  put(*task, batch);
  server_.faults().answer(400, 1, endpoint);
  data::RecordBatch second;
  tombstone(second, 1);
  put(*task, second);
  EXPECT_EQ(committed(*task), positions_) << "the second attempt";
  server_.faults().answer(400, endless, endpoint);
  data::RecordBatch third;
  tombstone(third, 2);
  upsert(third, 3, 30);
  put(*task, third);
  EXPECT_THAT(message_of([&] { committed(*task); }, Reaction::fail_task),
              AllOf(HasSubstr("Delete of 1 rows from table"),
                    HasSubstr("topic t partition 0 offsets 3 to 3")));
  EXPECT_EQ(committed(*task, 0ms), (Offsets{{{"t", 0}, 3}}));
  EXPECT_EQ(state(), (State{{2, 20}}));
}

TEST_F(SinkDeletesTest, RefusedRowsAreReportedByTheirOwnOffsets) {
  reader_.create_table("t", numbers, "");
  context_.takes_reports_ = true;
  const auto task = deleting();
  server_.faults().refuse_row(1);
  data::RecordBatch batch;
  tombstone(batch, 8);
  upsert(batch, 1, 10);
  tombstone(batch, 9);
  upsert(batch, 2, 20);
  upsert(batch, 3, 30);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{1, 10}, {3, 30}}));
  ASSERT_EQ(context_.reports_.size(), 1U);
  EXPECT_THAT(context_.reports_[0], testing::StartsWith("t-0 3: "));
}

TEST_F(SinkDeletesTest, OutageIsWaitedOut) {
  reader_.create_table("t", numbers, "");
  const auto task = deleting();
  server_.faults().answer(503, endless, endpoint);
  data::RecordBatch batch;
  upsert(batch, 1, 10);
  tombstone(batch, 1);
  upsert(batch, 1, 11);
  put(*task, batch);
  EXPECT_EQ(committed(*task, 300ms), (Offsets{{{"t", 0}, 1}}));
  EXPECT_TRUE(task->trouble());
  server_.faults().answer(503, 0);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{1, 11}}));
}

TEST_F(SinkDeletesTest, WhatAKilledTaskHadDoneIsReplayedInOrder) {
  reader_.create_table("t", numbers, "");
  data::RecordBatch batch;
  upsert(batch, 1, 10);
  tombstone(batch, 1);
  upsert(batch, 1, 11);
  tombstone(batch, 2);
  upsert(batch, 2, 20);
  // The last inserts are not acknowledged when the task ends, and nothing is committed.
  auto task = deleting({{"kinetica.batch_size", "1"}});
  put(*task, batch);
  ASSERT_EQ(committed(*task), positions_);
  server_.faults().answer(503, endless, "/insert/records");
  put(*task, batch);
  EXPECT_EQ(committed(*task, 300ms), (Offsets{{{"t", 0}, 0}}));
  task.reset();
  server_.faults().clear();
  task = deleting();
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(state(), (State{{1, 11}, {2, 20}}));
}

TEST_F(SinkDeletesTest, TablesThatDependOnTheRecordAreAFault) {
  const config::Properties properties{
      {"kinetica.url", server_.url()}, {"topics", "t"}, {"kinetica.delete_enabled", "true"}};
  EXPECT_THAT(
      message_of([&] { SinkConfig::parse(properties); }, Reaction::fix_config),
      AllOf(HasSubstr("kinetica.delete_enabled"), HasSubstr("kinetica.single_table_per_topic=true"),
            HasSubstr("kinetica.dest_table_override")));
  auto overridden = properties;
  overridden.set("kinetica.dest_table_override", "T");
  EXPECT_TRUE(SinkConfig::parse(overridden).delete_enabled);
}

}  // namespace
}  // namespace kc::sink
