// Tables that follow the records of one task, with the embedded server.
#include <gmock/gmock.h>

#include "server/network/faults.h"
#include "sink/sink_evolution_fixture_test.h"

namespace kc::sink {
namespace {

using base::Reaction;
using data::Value;
using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr int per_version = 10;

struct Sequence {
  std::vector<int> versions;
  bool add;
  bool nullable;
  size_t columns;
  size_t alterations;
};

class VersionSequence : public SinkEvolutionTest, public testing::WithParamInterface<Sequence> {};

INSTANTIATE_TEST_SUITE_P(SinkEvolution, VersionSequence,
                         testing::Values(Sequence{{1, 2, 3, 4}, true, true, 12, 2},
                                         Sequence{{1, 2, 3, 4}, false, false, 8, 0},
                                         Sequence{{1, 2, 4}, true, false, 12, 2},
                                         Sequence{{3, 1, 2, 4}, false, true, 7, 0},
                                         Sequence{{3, 1, 2, 4}, true, true, 12, 3},
                                         Sequence{{1, 2}, false, false, 8, 0},
                                         Sequence{{1, 4}, false, false, 8, 0},
                                         Sequence{{3, 1}, false, false, 7, 0},
                                         Sequence{{4, 3}, false, false, 12, 0},
                                         Sequence{{1, 2, 1, 4, 2, 1}, true, false, 12, 2}),
                         [](const auto& sequence) { return std::to_string(sequence.index); });

TEST_P(VersionSequence, FillsTheTableThatTheRulesAllow) {
  const Sequence& sequence = GetParam();
  const auto task = start_evolving(sequence.add, sequence.nullable);
  put_versions(*task, sequence.versions);
  EXPECT_EQ(numbers(), first_numbers(next_));
  EXPECT_EQ(columns(), sequence.columns);
  EXPECT_EQ(alterations(), sequence.alterations);
  // A batch ends where the table is altered, and nowhere else.
  EXPECT_EQ(inserts(), sequence.alterations + 1);
  if (!sequence.add) return;
  const auto added = values("test_int2");
  for (size_t i = 0; i < added.size(); ++i) {
    const int version = sequence.versions[i / per_version];
    const bool has_it = version == 2 || version == 4;
    EXPECT_EQ(added[i], has_it ? Value::int32(static_cast<int32_t>(i)) : Value()) << i;
  }
}

TEST_F(SinkEvolutionTest, OneAlterationServesAVersionHoweverOftenItComes) {
  const auto task = start_evolving(true, true);
  for (int round = 0; round < 20; ++round) {
    data::RecordBatch batch;
    for (int i = 0; i < 40; ++i) add_version(batch, 1 + i % 4, next_++);
    put(*task, batch);
  }
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(numbers(), first_numbers(800));
  EXPECT_EQ(columns(), 12U);
  // All versions are in the first batch, for whose first record the table is created.
  EXPECT_EQ(alterations(), 1U);
  EXPECT_EQ(inserts(), 1U);
}

TEST_F(SinkEvolutionTest, WhatWasCollectedIsInsertedBeforeTheTableIsAltered) {
  const auto task = start_evolving(true, false);
  data::RecordBatch old;
  for (int i = 0; i < 5; ++i) add_version(old, 1, next_++);
  put(*task, old);
  EXPECT_EQ(count("T"), 0);
  server_.faults().answer(503, 1'000'000, "/insert/records");
  data::RecordBatch batch;
  for (int i = 0; i < 5; ++i) add_version(batch, 2, next_++);
  EXPECT_THAT(message_of([&] { task->put(batch); }, Reaction::retry),
              HasSubstr("is to be altered"));
  EXPECT_EQ(alterations(), 0U);
  EXPECT_EQ(committed(*task, 0ms), (connect::Offsets{{{"t", 0}, 0}}));
  server_.faults().answer(503, 0);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(numbers(), first_numbers(10));
  EXPECT_EQ(columns(), 10U);
}

TEST_F(SinkEvolutionTest, NullMakesItsColumnNullable) {
  reader_.create_table("T",
                       wire::TableType({{"timestamp", wire::BaseType::long_, {"primary_key"}},
                                        {"test_int", wire::BaseType::int_, {}},
                                        {"test_string", wire::BaseType::string, {"char16"}}}),
                       "");
  const auto task = start_evolving(false, true);
  put_versions(*task, {1});
  EXPECT_EQ(alterations(), 0U);
  data::RecordBatch batch;
  add_version(batch, 1, next_++);
  add_version(batch, 1, next_++, "t", /*nulls=*/true);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(alterations(), 1U);
  EXPECT_THAT(type().columns()[2].properties, testing::UnorderedElementsAre("char16", "nullable"));
  EXPECT_EQ(values("test_int").back(), Value());
  EXPECT_EQ(numbers(), first_numbers(12));
}

TEST_F(SinkEvolutionTest, SchemalessFieldsBecomeColumns) {
  const auto task = start_evolving(true, true);
  data::RecordBatch first;
  add_fields(first, "t", {{"timestamp", Value::int64(0)}});
  put(*task, first);
  data::RecordBatch second;
  add_fields(second, "t", {{"timestamp", Value::int64(1)}, {"x", Value()}});
  add_fields(second, "t", {{"timestamp", Value::int64(2)}, {"x", Value::int64(1)}});
  add_fields(second, "t",
             {{"timestamp", Value::int64(3)}, {"x", Value::float64(1.5)}, {"y", Value::map({})}});
  put(*task, second);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(columns(), 2U);
  EXPECT_THAT(values("x"),
              testing::ElementsAre(Value(), Value(), Value::float64(1), Value::float64(1.5)));
  EXPECT_EQ(alterations(), 1U);
}

TEST_F(SinkEvolutionTest, FlattenedFieldsBecomeColumns) {
  const auto task = start({{"kinetica.allow_schema_evolution", "true"},
                           {"kinetica.add_new_fields_as_columns", "true"},
                           {"kinetica.flatten_source.enabled", "true"},
                           {"kinetica.dest_table_override", "T,T"}});
  const Value lat[] = {Value::string("lat"), Value::int64(1)};
  const Value both[] = {Value::string("lat"), Value::int64(2), Value::string("lon"),
                        Value::int64(3)};
  for (const auto& geo : {Value::map(lat), Value::map(both)}) {
    data::RecordBatch batch;
    add_fields(batch, "t", {{"timestamp", Value::int64(next_++)}, {"geo", geo}});
    put(*task, batch);
  }
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_THAT(values("geo_lat"), testing::ElementsAre(Value::int64(1), Value::int64(2)));
  EXPECT_THAT(values("geo_lon"), testing::ElementsAre(Value(), Value::int64(3)));
}

TEST_F(SinkEvolutionTest, RecordWithoutAValueThatItsColumnNeedsIsRefused) {
  reader_.create_table("T",
                       wire::TableType({{"timestamp", wire::BaseType::long_, {}},
                                        {"other", wire::BaseType::int_, {}},
                                        {"key", wire::BaseType::int_, {"primary_key"}}}),
                       "");
  for (const bool nullable : {false, true}) {
    const auto task = start_evolving(true, nullable);
    data::RecordBatch batch;
    add_version(batch, 1, 0);
    EXPECT_THAT(message_of([&] { put(*task, batch); }, Reaction::skip_record),
                HasSubstr(nullable ? "field key: the column is part of the table's key"
                                   : "field other: the column is not nullable"));
    EXPECT_EQ(type().columns()[1].nullable(), nullable);
    EXPECT_FALSE(type().columns()[2].nullable());
  }
}

TEST_F(SinkEvolutionTest, RefusedAlterationFailsTheTaskWithTheDatabasesWords) {
  const auto task = start_evolving(true, false);
  put_versions(*task, {1});
  server_.faults().answer(400, 1'000'000, "/alter/table/columns");
  data::RecordBatch batch;
  add_version(batch, 2, next_++);
  EXPECT_THAT(message_of([&] { task->put(batch); }, Reaction::fix_config),
              AllOf(HasSubstr("T cannot be altered"), HasSubstr("column test_int2 (int, nullable)"),
                    HasSubstr("HTTP 400"), HasSubstr("kinetica.allow_schema_evolution")));
  server_.faults().answer(503, 1, "/alter/table/columns");
  EXPECT_THAT(message_of([&] { task->put(batch); }, Reaction::retry), HasSubstr("503"));
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(numbers(), first_numbers(11));
}

TEST_F(SinkEvolutionTest, TableThatLosesAColumnStillFailsTheTask) {
  const auto task = start_evolving(true, true);
  put_versions(*task, {1});
  alter({kinetica::ColumnChange::Action::remove, {"test_int", wire::BaseType::int_, {}}});
  data::RecordBatch batch;
  add_version(batch, 1, next_++);
  put(*task, batch);
  EXPECT_THAT(message_of([&] { committed(*task); }, Reaction::fail_task),
              AllOf(HasSubstr("columns have changed"), HasSubstr("restart the task")));
  // After which the column comes back.
  const auto again = start_evolving(true, true);
  put(*again, batch);
  EXPECT_EQ(committed(*again), positions_);
  EXPECT_EQ(values("test_int").back(), Value::int32(10));
  EXPECT_EQ(values("test_int").front(), Value());
}

// What was put and not committed comes again, to a task that knows nothing of it.
TEST_F(SinkEvolutionTest, KilledBeforeAndAfterAnAlterationNothingIsLost) {
  put_versions(*start_evolving(true, true), {1});
  const auto committed_before = positions_;
  data::RecordBatch batch;
  for (int i = 0; i < per_version; ++i) add_version(batch, 4, next_++);

  server_.faults().answer(503, 1, "/alter/table/columns");
  auto task = start_evolving(true, true);
  message_of([&] { task->put(batch); }, Reaction::retry);
  EXPECT_EQ(task->pre_commit(committed_before, 0ms), committed_before);
  EXPECT_EQ(columns(), 8U);

  task = start_evolving(true, true);
  put(*task, batch);
  EXPECT_EQ(columns(), 12U);
  EXPECT_EQ(count("T"), per_version);

  task = start_evolving(true, true);
  put(*task, batch);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(numbers(), first_numbers(2 * per_version));
  EXPECT_EQ(values("test_int2").back(), Value::int32(19));
  EXPECT_EQ(alterations(), 1U);
}

// The answer to an alteration is lost: it is looked at again, not made again.
TEST_F(SinkEvolutionTest, AlterationOfUnknownFateIsMadeOnce) {
  const auto task = start_evolving(true, true);
  put_versions(*task, {1});
  server_.faults().drop_replies({1, "/alter/table/columns"});
  put_versions(*task, {2});
  EXPECT_EQ(alterations(), 1U);
  EXPECT_EQ(numbers(), first_numbers(2 * per_version));
}

}  // namespace
}  // namespace kc::sink
