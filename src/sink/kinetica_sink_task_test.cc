// The task against the embedded server, over HTTP.
#include "sink/kinetica_sink_task.h"

#include <gmock/gmock.h>

#include <set>

#include "server/network/faults.h"
#include "sink/sink_task_fixture_test.h"

namespace kc::sink {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using data::SchemaBuilder;
using data::Type;
using data::Value;
using testing::HasSubstr;
using namespace std::chrono_literals;

using KineticaSinkTaskTest = SinkTaskTest;

TEST_F(KineticaSinkTaskTest, StructuresGoIntoATableThatIsCreatedForTheirSchema) {
  const auto schema = SchemaBuilder(Type::structure)
                          .name("com.example.Tweet")
                          .field("x", SchemaBuilder(Type::float32).build())
                          .field("text", SchemaBuilder(Type::string).optional().build())
                          .build();
  const auto task = start({{"kinetica.table_prefix", "out_"}});
  const Value items[] = {Value::float32(1.5F), Value::string("hello")};
  data::RecordBatch batch;
  add_value(batch, "t", Value::structure(items));
  batch.records().back().value_schema = batch.retain(schema);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  const auto stored = rows("out_Tweet");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0], (std::vector<Value>{Value::float32(1.5F), Value::string("hello")}));
}

TEST_F(KineticaSinkTaskTest, DecimalsArriveExactlyAtEveryRelease) {
  const auto decimal = [](int16_t scale, const char* precision) {
    return SchemaBuilder::decimal(scale).parameter("connect.decimal.precision", precision).build();
  };
  const auto schema = SchemaBuilder(Type::structure)
                          .name("Prices")
                          .field("small", decimal(2, "9"))
                          .field("fine", decimal(9, "18"))
                          .field("large", decimal(9, "38"))
                          .build();
  const Value items[] = {Value::decimal("\x3b\x9a\xc9\xff", 2),
                         Value::decimal("\x0d\xe0\xb6\xb3\xa7\x63\xff\xff", 9),
                         Value::decimal("\x01\x8e\xe9\x0f\xf6\xc3\x73\xe0\xee\x4e\x3f\x0a\xd2", 9)};
  const Value expected[] = {Value::string("9999999.99"), Value::string("999999999.999999999"),
                            Value::string("123456789012345678901.234567890")};
  for (const char* release : {"7.0", "7.1", "7.2"}) {
    server::Server database({.kinetica = server::kinetica_version(release)});
    const auto task = start({{"kinetica.url", database.url()}});
    data::RecordBatch batch;
    add_value(batch, "t", Value::structure(items));
    batch.records().back().value_schema = schema.get();
    put(*task, batch);
    EXPECT_EQ(committed(*task), positions_) << release;
    kinetica::Client reader{{database.url(), "", {}, 10s}};
    const auto table = reader.find_table("Prices");
    ASSERT_TRUE(table) << release;
    const bool sized = release == std::string_view("7.2");
    using Properties = std::vector<std::string>;
    EXPECT_EQ(table->type.columns()[0].properties, Properties{sized ? "decimal(9,2)" : "decimal"});
    EXPECT_EQ(table->type.columns()[1].properties,
              sized ? Properties{"decimal(18,9)"} : Properties());
    EXPECT_EQ(table->type.columns()[2].properties, Properties());
    std::vector<Value> row;
    const auto records = reader.get_records("Prices", 0, 10).records;
    wire::decode_row(table->type, records.at(0), row);
    EXPECT_THAT(row, testing::ElementsAreArray(expected)) << release;
  }
}

TEST_F(KineticaSinkTaskTest, DecimalBeyondAnExistingColumnIsARecordError) {
  reader_.create_table("t", wire::TableType({{"n", wire::BaseType::string, {"decimal(5,2)"}}}), "");
  const auto task = start({});
  data::RecordBatch batch;
  add_fields(batch, "t", {{"n", Value::decimal("\x04\xd2", 2)}});
  add_fields(batch, "t", {{"n", Value::decimal("\x30\x39", 3)}});
  try {
    put(*task, batch);
    FAIL();
  } catch (const connect::RecordError& error) {
    EXPECT_EQ(error.index(), 1U);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("field n"), HasSubstr("'12.345'")));
  }
}

TEST_F(KineticaSinkTaskTest, ABatchIsCommittedWhenAllRanksHaveTheirPart) {
  server::Server ranks(server::ServerOptions{.ranks = 3});
  kinetica::Client client({.url = ranks.url()});
  client.create_table("t", wire::TableType({{"n", wire::BaseType::long_, {"primary_key"}}}), "");
  const auto task = start({{"kinetica.url", ranks.url()}});
  data::RecordBatch batch;
  for (int64_t i = 0; i < 3000; ++i) add(batch, "t", i);
  // One rank's answer is lost: its part is repeated, at the head.
  ranks.faults().drop_replies(1);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(ranks.rows("t"), 3000U);
}

TEST_F(KineticaSinkTaskTest, SchemalessTableGetsTheColumnsOfAllRecordsAtHand) {
  const auto task = start({});
  data::RecordBatch batch;
  add_fields(batch, "t", {{"a", Value()}, {"b", Value::int64(1)}});
  add_fields(batch, "t", {{"a", Value::string("x")}, {"b", Value::float64(1.5)}});
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  const auto type = reader_.find_table("t")->type;
  ASSERT_EQ(type.columns().size(), 2U);
  EXPECT_EQ(type.columns()[*type.find("b")].type, wire::BaseType::double_);
  EXPECT_EQ(type.columns()[*type.find("a")].type, wire::BaseType::string);
  EXPECT_EQ(count("t"), 2);
}

TEST_F(KineticaSinkTaskTest, TextKeyNamesTheTableOfSchemalessRecords) {
  const auto task = start({{"kinetica.table_prefix", "out"}, {"kinetica.collection_name", "TEST"}});
  data::RecordBatch batch;
  for (int64_t i = 0; i < 3; ++i) {
    add(batch, "t", i);
    batch.records().back().key = Value::string("table");
  }
  add(batch, "t", 3);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("outtable"), 3);
  EXPECT_EQ(count("outt"), 1);
}

TEST_F(KineticaSinkTaskTest, SecondTaskFindsTheTableOfTheFirstInItsCollection) {
  for (int64_t i = 0; i < 2; ++i) {
    const auto task = start({{"kinetica.collection_name", "TEST"}});
    data::RecordBatch batch;
    add(batch, "t", i);
    put(*task, batch);
    EXPECT_EQ(committed(*task), positions_);
    EXPECT_EQ(count("TEST.t"), i + 1);
  }
}

TEST_F(KineticaSinkTaskTest, ManyBatchesOfTwoTablesAllArrive) {
  const auto task = start({{"kinetica.batch_size", "7"}});
  for (int64_t round = 0; round < 20; ++round) {
    data::RecordBatch batch;
    for (int64_t i = 0; i < 25; ++i) add(batch, i % 2 == 0 ? "t" : "u", round * 25 + i);
    put(*task, batch);
  }
  EXPECT_EQ(committed(*task), positions_);
  std::set<int64_t> seen;
  for (const char* table : {"t", "u"}) {
    for (const auto& row : rows(table)) seen.insert(row.front().as_integer());
  }
  EXPECT_EQ(seen.size(), 500U);
  EXPECT_EQ(count("t") + count("u"), 500);
}

TEST_F(KineticaSinkTaskTest, RowsThatLingerAreSentWithoutACommit) {
  const auto task = start({{"kinetica.linger_ms", "5"}});
  data::RecordBatch batch;
  add(batch, "t", 1);
  put(*task, batch);
  ASSERT_TRUE(context_.wait_);
  const auto deadline = clock_.now() + 20s;
  while (count("t") == 0 && clock_.now() < deadline) task->put(data::RecordBatch());
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, RefusedBatchFailsTheTaskByNameAndIsNeverCommittedPast) {
  const auto task = start({});
  data::RecordBatch first;
  add(first, "t", 0);
  put(*task, first);
  ASSERT_EQ(committed(*task), positions_);
  server_.faults().refuse_row(1);
  data::RecordBatch second;
  for (int64_t i = 1; i < 5; ++i) add(second, "t", i);
  put(*task, second);
  EXPECT_THAT(message_of([&] { committed(*task); }, Reaction::fail_task),
              testing::AllOf(HasSubstr("table"), HasSubstr("t"), HasSubstr("4 rows"),
                             HasSubstr("topic t partition 0 offsets 1 to 4")));
  EXPECT_EQ(committed(*task, 0ms), (Offsets{{{"t", 0}, 1}}));
  message_of([&] { task->put(data::RecordBatch()); }, Reaction::fail_task);
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, SingleRefusedRowsAreReportedWhereTheUserWantsThat) {
  context_.takes_reports_ = true;
  const auto task = start({});
  server_.faults().refuse_row(1);
  data::RecordBatch batch;
  for (int64_t i = 0; i < 4; ++i) add(batch, "t", i);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 3);
  ASSERT_EQ(context_.reports_.size(), 1u);
  EXPECT_THAT(context_.reports_[0],
              testing::AllOf(testing::StartsWith("t-0 1: "), HasSubstr("refused the row")));
}

TEST_F(KineticaSinkTaskTest, RowsAtOddsWithATableThatHasChangedAreNotReported) {
  context_.takes_reports_ = true;
  const auto task = start({});
  data::RecordBatch first;
  add(first, "t", 0);
  put(*task, first);
  ASSERT_EQ(committed(*task), positions_);
  reader_.alter_columns(
      "t", {{kinetica::ColumnChange::Action::add, {"more", wire::BaseType::string, {"nullable"}}}});
  data::RecordBatch second;
  add(second, "t", 1);
  put(*task, second);
  EXPECT_THAT(message_of([&] { committed(*task); }, Reaction::fail_task),
              testing::AllOf(HasSubstr("columns have changed"), HasSubstr("restart the task")));
  EXPECT_TRUE(context_.reports_.empty());
  EXPECT_EQ(committed(*task, 0ms), (Offsets{{{"t", 0}, 1}}));
}

TEST_F(KineticaSinkTaskTest, TableThatIsGoneIsCalledSo) {
  const auto task = start({});
  data::RecordBatch first;
  add(first, "t", 0);
  put(*task, first);
  ASSERT_EQ(committed(*task), positions_);
  reader_.clear_table("t");
  data::RecordBatch second;
  add(second, "t", 1);
  put(*task, second);
  EXPECT_THAT(message_of([&] { committed(*task); }, Reaction::fail_task),
              HasSubstr("The table is gone"));
}

TEST_F(KineticaSinkTaskTest, ReportThatEndsTheTaskIsNeverCommittedPast) {
  context_.takes_reports_ = true;
  context_.tolerates_ = false;
  const auto task = start({});
  server_.faults().refuse_row(2);
  data::RecordBatch batch;
  for (int64_t i = 0; i < 4; ++i) add(batch, "t", i);
  put(*task, batch);
  EXPECT_EQ(message_of([&] { committed(*task); }, Reaction::fail_task), "Tolerance exceeded");
  EXPECT_EQ(committed(*task, 0ms), (Offsets{{{"t", 0}, 0}}));
  EXPECT_EQ(context_.reports_.size(), 1u);
}

TEST_F(KineticaSinkTaskTest, RefusalIsTriedAsOftenAsAskedFor) {
  const auto task = start({{"kinetica.retry_count", "2"}});
  server_.faults().refuse_row(0);
  data::RecordBatch batch;
  add(batch, "t", 0);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, OutageIsWaitedOutAndNothingIsLost) {
  const auto task = start({{"kinetica.batch_size", "2"}});
  data::RecordBatch first;
  add(first, "t", 0);
  put(*task, first);
  ASSERT_EQ(committed(*task), positions_);

  server_.faults().answer(503, 1'000'000, "/insert/records");
  data::RecordBatch second;
  for (int64_t i = 1; i < 11; ++i) add(second, "t", i);
  put(*task, second);
  EXPECT_EQ(committed(*task, 300ms), (Offsets{{{"t", 0}, 1}}));
  EXPECT_TRUE(task->trouble());
  data::RecordBatch third;
  add(third, "t", 11);
  EXPECT_THAT(message_of([&] { task->put(third); }, Reaction::retry), HasSubstr("503"));

  server_.faults().answer(503, 0);
  put(*task, third);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_FALSE(task->trouble());
  EXPECT_EQ(count("t"), 12);
}

TEST_F(KineticaSinkTaskTest, InsertWhoseReplyIsLostIsRepeated) {
  const auto task = start({});
  server_.faults().drop_replies(1);
  data::RecordBatch batch;
  add(batch, "t", 1);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_GE(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, InsertThatTakesLongerThanTheTimeoutIsGivenMoreTime) {
  const auto task = start({{"kinetica.timeout", "200"}});
  data::RecordBatch batch;
  add(batch, "t", 1);
  put(*task, batch);
  ASSERT_EQ(committed(*task), positions_);
  server_.faults().delay(700ms, 1000);
  add(batch, "t", 2);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  server_.faults().delay(0ms, 0);
}

TEST_F(KineticaSinkTaskTest, TableWithAPrimaryKeyKeepsOneRowWhenRecordsAreDeliveredAgain) {
  const wire::TableType type(
      {{"id", wire::BaseType::long_, {"primary_key"}}, {"n", wire::BaseType::long_, {}}});
  for (const bool update : {true, false}) {
    const std::string table = update ? "updating" : "keeping";
    reader_.create_table(table, type, "");
    const auto task = start({{"kinetica.update_on_existing_pk", update ? "true" : "false"},
                             {"kinetica.dest_table_override", table}});
    for (int64_t n = 1; n <= 2; ++n) {
      data::RecordBatch batch;
      add_fields(batch, "t", {{"id", Value::int64(5)}, {"n", Value::int64(n)}});
      put(*task, batch);
      EXPECT_EQ(committed(*task), positions_);
    }
    const auto stored = rows(table);
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0][1], Value::int64(update ? 2 : 1));
  }
}

TEST_F(KineticaSinkTaskTest, RecordThatCannotBeConvertedIsNamedAndThoseBeforeItAreTaken) {
  const auto task = start({});
  data::RecordBatch batch;
  add(batch, "t", 0);
  add_fields(batch, "t", {{"n", Value::bytes("x")}});
  add(batch, "t", 2);
  try {
    put(*task, batch);
    FAIL() << "the second record was taken";
  } catch (const connect::RecordError& error) {
    EXPECT_EQ(error.index(), 1U);
    EXPECT_THAT(error.what(), HasSubstr("topic t, partition 0, offset 1"));
    EXPECT_THAT(error.what(), HasSubstr("field n"));
  }
  EXPECT_EQ(task->pre_commit({{{"t", 0}, 1}}, 20s), (Offsets{{{"t", 0}, 1}}));
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, ValueWithoutFieldsIsRefused) {
  const auto task = start({});
  data::RecordBatch batch;
  add(batch, "t", 0);
  add_value(batch, "u", Value::string("{\"raw\":1}"));
  try {
    put(*task, batch);
    FAIL();
  } catch (const connect::RecordError& error) {
    EXPECT_EQ(error.index(), 1U);
    EXPECT_THAT(error.what(), HasSubstr("STRING"));
  }
  task->pre_commit({}, 20s);
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, NestedValueIsRefusedWhenTheTableWouldNeedAColumnForIt) {
  const auto task = start({});
  data::RecordBatch batch;
  add_fields(batch, "t", {{"inner", Value::map({})}});
  EXPECT_THROW(put(*task, batch), connect::RecordError);
  EXPECT_FALSE(reader_.find_table("t"));
}

const config::Properties::Entry flatten{"kinetica.flatten_source.enabled", "true"};

TEST_F(KineticaSinkTaskTest, NestedStructuresAreFlattenedIntoATableAlsoAfterARestart) {
  const auto place = SchemaBuilder(Type::structure)
                         .name("com.example.Place")
                         .field("cc", SchemaBuilder(Type::string).build())
                         .field("lat", SchemaBuilder(Type::float64).build())
                         .optional()
                         .build();
  const auto schema =
      SchemaBuilder(Type::structure)
          .name("com.example.Visit")
          .field("id", SchemaBuilder(Type::int64).build())
          .field("geo", place)
          .field("tags", SchemaBuilder::array(SchemaBuilder(Type::string).build()).build())
          .build();
  const Value geo[] = {Value::string("US"), Value::float64(71.6)};
  const Value tags[] = {Value::string("a"), Value::string("b")};
  const Value there[] = {Value::int64(1), Value::structure(geo), Value::array(tags)};
  const Value nowhere[] = {Value::int64(2), Value(), Value::array({})};
  for (int start_number = 0; start_number < 2; ++start_number) {
    const auto task = start({flatten});
    data::RecordBatch batch;
    for (const auto& items : {there, nowhere}) {
      add_value(batch, "t", Value::structure({items, 3}));
      batch.records().back().value_schema = batch.retain(schema);
    }
    put(*task, batch);
    EXPECT_EQ(committed(*task), positions_);
    task->stop();
  }
  const auto table = reader_.find_table("Visit");
  ASSERT_TRUE(table);
  std::vector<std::string> columns;
  for (const auto& column : table->type.columns()) {
    columns.push_back(column.name + (column.nullable() ? "?" : ""));
  }
  EXPECT_EQ(columns, (std::vector<std::string>{"id", "geo_cc?", "geo_lat?", "tags"}));
  const std::vector<Value> first = {Value::int64(1), Value::string("US"), Value::float64(71.6),
                                    Value::string("a,b")};
  const std::vector<Value> second = {Value::int64(2), Value(), Value(), Value::string("")};
  EXPECT_THAT(rows("Visit"), testing::UnorderedElementsAre(first, second, first, second));
}

TEST_F(KineticaSinkTaskTest, SchemalessObjectsAreFlattenedAlsoIntoATableThatIsThere) {
  const Value name[] = {Value::string("name"), Value::string("x")};
  const Value sizes[] = {Value::int64(1), Value::int64(2)};
  const Value user[] = {Value::string("who"), Value::map(name), Value::string("sizes"),
                        Value::array(sizes)};
  for (int start_number = 0; start_number < 2; ++start_number) {
    const auto task =
        start({flatten,
               {"kinetica.flatten_source.field_name_delimiter", "-"},
               {"kinetica.flatten_source.array_flattening_mode", "TAKE_FIRST_VALUE"}});
    data::RecordBatch batch;
    add_fields(batch, "t", {{"user", Value()}, {"n", Value::int64(0)}});
    add_fields(batch, "t", {{"user", Value::map(user)}, {"n", Value::int64(1)}});
    put(*task, batch);
    EXPECT_EQ(committed(*task), positions_);
    task->stop();
  }
  const std::vector<Value> first = {Value::int64(0), Value(), Value()};
  const std::vector<Value> second = {Value::int64(1), Value::string("x"), Value::int64(1)};
  EXPECT_THAT(rows("t"), testing::UnorderedElementsAre(first, second, first, second));
}

TEST_F(KineticaSinkTaskTest, RecordThatCannotBeFlattenedIsRefusedAfterThoseBeforeIt) {
  const auto task = start({flatten});
  const Value inner[] = {Value::string("n"), Value::int64(1)};
  data::RecordBatch batch;
  add(batch, "t", 0);
  add_fields(batch, "t", {{"a_n", Value::int64(1)}, {"a", Value::map(inner)}});
  add(batch, "t", 2);
  try {
    put(*task, batch);
    FAIL() << "the second record was taken";
  } catch (const connect::RecordError& error) {
    EXPECT_EQ(error.index(), 1U);
    EXPECT_THAT(error.what(), HasSubstr("topic t, partition 0, offset 1"));
    EXPECT_THAT(error.what(), HasSubstr("'a_n' and 'a'.'n'"));
  }
  EXPECT_EQ(task->pre_commit({{{"t", 0}, 1}}, 20s), (Offsets{{{"t", 0}, 1}}));
  EXPECT_EQ(count("t"), 1);
}

TEST_F(KineticaSinkTaskTest, TombstonesAreLeftOut) {
  const auto task = start({});
  data::RecordBatch batch;
  add_value(batch, "t", Value());
  add(batch, "t", 1);
  add_value(batch, "t", Value());
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(count("t"), 1);
  EXPECT_EQ(task->tombstones(), 2U);
}

TEST_F(KineticaSinkTaskTest, MissingTableThatMustNotBeCreatedIsAConfigurationError) {
  const auto task = start({{"kinetica.create_table", "false"}});
  data::RecordBatch batch;
  add(batch, "t", 1);
  EXPECT_THAT(message_of([&] { put(*task, batch); }, Reaction::fix_config),
              HasSubstr("kinetica.create_table"));
}

TEST_F(KineticaSinkTaskTest, OutageIsNotTakenForAMissingTable) {
  const auto task = start({{"kinetica.create_table", "false"}});
  server_.faults().answer(503, 1, "/show/table");
  data::RecordBatch batch;
  add(batch, "t", 1);
  message_of([&] { task->put(batch); }, Reaction::retry);
}

TEST_F(KineticaSinkTaskTest, StartAsksToBeCalledAgainWhileTheDatabaseIsAway) {
  server_.faults().answer(503, 1);
  message_of([&] { start({}); }, Reaction::retry);
  EXPECT_NO_THROW(start({}));
}

TEST_F(KineticaSinkTaskTest, StopIsPromptWhileTheDatabaseHangs) {
  const auto task = start({});
  data::RecordBatch batch;
  add(batch, "t", 1);
  put(*task, batch);
  committed(*task);
  server_.faults().delay(60s, 1);
  put(*task, batch);
  committed(*task, 50ms);
  const auto begun = clock_.now();
  task->stop();
  EXPECT_LT(clock_.now() - begun, 3s);
}

TEST_F(KineticaSinkTaskTest, PartitionThatWasClosedNoLongerHoldsBackItsNextOwnership) {
  const auto task = start({});
  server_.faults().answer(503, 1'000'000, "/insert/records");
  data::RecordBatch batch;
  add(batch, "t", 1);
  put(*task, batch);
  const TopicPartition partition{"t", 0};
  EXPECT_EQ(task->pre_commit({{partition, 1}}, 50ms), (Offsets{{partition, 0}}));
  task->close({&partition, 1});
  EXPECT_EQ(task->pre_commit({{partition, 7}}, 0ms), (Offsets{{partition, 7}}));
}

}  // namespace
}  // namespace kc::sink
