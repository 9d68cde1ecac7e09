// Tables that follow their records, with the embedded server: the versions of the schema SchemaTest
// that the product document's data pump writes.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <thread>

#include "base/finally.h"
#include "http/client.h"
#include "http/server.h"
#include "server/network/faults.h"
#include "server/server_testing.h"
#include "sink/sink_task_fixture_test.h"

namespace kc::sink {
namespace {

using base::Error;
using base::Reaction;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr int per_version = 10;

SchemaPtr of(Type type, bool optional = false) {
  return SchemaBuilder(type).optional(optional).build();
}

// Version 3 lacks test_float, and requires numbers that the others may leave out.
SchemaPtr schema_test(int version) {
  const bool optional = version != 3;
  SchemaBuilder builder(Type::structure);
  builder.name("com.kinetica.kafka.SchemaTest").version(version);
  builder.field("name", of(Type::string)).field("timestamp", of(Type::int64));
  builder.field("test_int", of(Type::int32, optional));
  builder.field("test_long", of(Type::int64, optional));
  if (version != 3) builder.field("test_float", of(Type::float32, true));
  builder.field("test_double", of(Type::float64, optional));
  builder.field("test_bytes", of(Type::bytes, true)).field("test_string", of(Type::string, true));
  if (version == 2 || version == 4) {
    builder.field("test_int2", of(Type::int32, true)).field("test_long2", of(Type::int64, true));
  }
  if (version == 4) {
    builder.field("test_float2", of(Type::float32, true));
    builder.field("test_double2", of(Type::float64, true));
  }
  return builder.build();
}

class SinkEvolutionTest : public SinkTaskTest {
 protected:
  std::unique_ptr<KineticaSinkTask> start_evolving(connect::SinkTaskContext& context, bool add,
                                                   bool nullable) {
    const auto text = [](bool flag) { return flag ? "true" : "false"; };
    return start(context, gate_,
                 {{"kinetica.allow_schema_evolution", "true"},
                  {"kinetica.add_new_fields_as_columns", text(add)},
                  {"kinetica.make_missing_field_nullable", text(nullable)},
                  {"kinetica.linger_ms", "60000"},
                  {"kinetica.single_table_per_topic", "true"},
                  {"kinetica.dest_table_override", "T,T"}});
  }
  std::unique_ptr<KineticaSinkTask> start_evolving(bool add, bool nullable) {
    return start_evolving(context_, add, nullable);
  }

  // A record of that version, all of whose values follow from `number`; or whose optional ones are
  // null.
  void add_version(data::RecordBatch& batch, int version, int64_t number,
                   std::string_view topic = "t", bool nulls = false) {
    const SchemaPtr& schema = schemas_.at(static_cast<size_t>(version));
    const auto& fields = schema->fields();
    Value* items = batch.arena().allocate_array<Value>(fields.size());
    for (const data::Field& field : fields) {
      const bool is_null = nulls && field.schema->optional();
      items[field.index] = is_null ? Value() : value_of(*field.schema, number);
    }
    add_value(batch, topic, Value::structure({items, fields.size()}));
    batch.records().back().value_schema = batch.retain(schema);
  }
  static Value value_of(const data::Schema& schema, int64_t number) {
    switch (schema.type()) {
      case Type::int32:
        return Value::int32(static_cast<int32_t>(number));
      case Type::int64:
        return Value::int64(number);
      case Type::float32:
        return Value::float32(static_cast<float>(number));
      case Type::float64:
        return Value::float64(static_cast<double>(number));
      case Type::bytes:
        return Value::bytes("bytes");
      default:
        return Value::string("text");
    }
  }

  // Ten records of each version, a batch a version.
  void put_versions(KineticaSinkTask& task, const std::vector<int>& versions) {
    for (const int version : versions) {
      data::RecordBatch batch;
      for (int i = 0; i < per_version; ++i) add_version(batch, version, next_++);
      put(task, batch);
    }
    EXPECT_EQ(committed(task), positions_);
  }

  const wire::TableType& type() { return (found_ = reader_.find_table("T"))->type; }
  size_t columns() { return type().columns().size(); }
  // Of one column, in the order of the column timestamp, which has the records' numbers.
  std::vector<Value> values(const std::string& column) {
    auto all = rows("T");
    const size_t number = *type().find("timestamp");
    const size_t index = *type().find(column);
    std::ranges::sort(all, {}, [&](const auto& row) { return row[number].as_integer(); });
    std::vector<Value> result;
    for (const auto& row : all) result.push_back(row[index]);
    return result;
  }
  std::vector<int64_t> numbers() {
    std::vector<int64_t> result;
    for (const Value& value : values("timestamp")) result.push_back(value.as_integer());
    return result;
  }
  static std::vector<int64_t> first_numbers(int64_t count) {
    std::vector<int64_t> result(static_cast<size_t>(count));
    std::iota(result.begin(), result.end(), 0);
    return result;
  }

  // How often tables have got another type than any before, their first ones not counted.
  size_t alterations() {
    server::TestClient client(server_.url());
    return client.ask<wire::ShowTypesResponse>(wire::ShowTypesRequest{}).type_ids.size() - 1;
  }
  static size_t metric(const RecordingContext& context, const std::string& name) {
    const std::string text = context.registry_.text();
    const size_t at = text.find("\nkinetica_connect_sink_" + name + "{");
    return at == text.npos ? 0 : std::strtoul(&text[text.find("} ", at) + 2], nullptr, 10);
  }
  static size_t retries(const RecordingContext& context) {
    return metric(context, "insert_retries_total");
  }
  static size_t inserts(const RecordingContext& context) {
    return metric(context, "inserts_total");
  }
  size_t inserts() { return inserts(context_); }

  void alter(const kinetica::ColumnChange& change) { reader_.alter_columns("T", {change}); }

  const std::vector<SchemaPtr> schemas_ = {nullptr, schema_test(1), schema_test(2), schema_test(3),
                                           schema_test(4)};
  std::optional<kinetica::Table> found_;
  int64_t next_ = 0;
};

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

// Between the task and the server: `before_altering` happens when the server is about to be asked.
class GoBetween {
 public:
  GoBetween(std::string url, std::function<void()> before_altering)
      : url_(std::move(url)), before_altering_(std::move(before_altering)) {}
  std::string url() const { return server_.url(); }
  int alterations() const { return alterations_; }

 private:
  http::ServerResponse pass(const http::ServerRequest& request) {
    if (request.path == "/alter/table/columns" && alterations_++ == 0) before_altering_();
    http::Client client{{}};
    const std::string_view body[] = {request.body};
    auto answer = client.post(url_ + request.target, *request.header("content-type"), body);
    return {.status = answer.status,
            .content_type = answer.content_type,
            .body = std::move(answer.body),
            .headers = {}};
  }

  const std::string url_;
  const std::function<void()> before_altering_;
  std::atomic<int> alterations_ = 0;
  http::Server server_{{}, [this](const http::ServerRequest& request) { return pass(request); }};
};

TEST_F(SinkEvolutionTest, ColumnThatAnotherWorkerAddsFirstIsUsedAsItIs) {
  const auto put_second_version = [&](wire::BaseType type) {
    reader_.clear_table("T");
    next_ = 0;
    GoBetween between(server_.url(), [&] {
      kinetica::Client{{server_.url()}}.alter_columns(
          "T", {{kinetica::ColumnChange::Action::add, {"test_int2", type, {"nullable"}}}});
    });
    const auto task = start({{"kinetica.url", between.url()},
                             {"kinetica.allow_schema_evolution", "true"},
                             {"kinetica.add_new_fields_as_columns", "true"},
                             {"kinetica.dest_table_override", "T,T"}});
    const auto stop = base::Finally([&] { task->stop(); });
    put_versions(*task, {1, 2});
    EXPECT_EQ(between.alterations(), 2);
    EXPECT_EQ(columns(), 10U);
    EXPECT_EQ(values("test_long2").back(), Value::int64(19));
  };
  put_second_version(wire::BaseType::int_);
  EXPECT_EQ(values("test_int2").back(), Value::int32(19));
  put_second_version(wire::BaseType::string);
  EXPECT_EQ(values("test_int2").back(), Value::string("19"));
  EXPECT_THAT(message_of([&] { put_second_version(wire::BaseType::bytes); }, Reaction::skip_record),
              AllOf(HasSubstr("field test_int2"), HasSubstr("column (bytes, nullable)")));
}

TEST_F(SinkEvolutionTest, ColumnsThatAnotherTaskHasAddedAreUsed) {
  RecordingContext other_context;
  const auto task = start_evolving(true, true);
  const auto other = start_evolving(other_context, true, true);
  for (const int version : {1, 4, 3, 2}) {
    data::RecordBatch batch;
    for (int i = 0; i < 5; ++i) add_version(batch, version, next_++);
    put(*task, batch);
    data::RecordBatch others;
    for (int i = 0; i < 5; ++i) add_version(others, version, next_++, "u");
    put(*other, others);
  }
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(committed(*other), positions_);
  EXPECT_EQ(numbers(), first_numbers(40));
  EXPECT_EQ(columns(), 12U);
  EXPECT_EQ(alterations(), 1U);
  const auto added = values("test_double2");
  for (size_t i = 0; i < added.size(); ++i) {
    EXPECT_EQ(added[i], i / 10 == 1 ? Value::float64(static_cast<double>(i)) : Value());
  }
}

TEST_F(SinkEvolutionTest, RowsOnTheirWayFollowATableThatSomebodyElseAlters) {
  for (const bool takes_reports : {false, true}) {
    SCOPED_TRACE(takes_reports);
    RecordingContext context;
    context.takes_reports_ = takes_reports;
    const auto task = start_evolving(context, true, false);
    data::RecordBatch first;
    for (int i = 0; i < per_version; ++i) add_version(first, 1, next_++);
    put(*task, first);
    alter({kinetica::ColumnChange::Action::add,
           {fmt::format("added_by_{}", takes_reports), wire::BaseType::int_, {"nullable"}}});
    EXPECT_EQ(committed(*task), positions_);
    data::RecordBatch second;
    for (int i = 0; i < per_version; ++i) add_version(second, 1, next_++);
    put(*task, second);
    EXPECT_EQ(committed(*task), positions_);
    EXPECT_EQ(inserts(context), 2U);
    EXPECT_EQ(retries(context), 1U);  // of the first batch alone
    EXPECT_TRUE(context.reports_.empty());
  }
  EXPECT_EQ(numbers(), first_numbers(4 * per_version));
  EXPECT_EQ(columns(), 10U);
}

TEST_F(SinkEvolutionTest, TablesOfCollectionsAreAlteredAtEveryReleaseAndRank) {
  const auto decimal =
      SchemaBuilder::decimal(2).parameter("connect.decimal.precision", "9").build();
  const auto schema = [&](bool with_price) {
    SchemaBuilder builder(Type::structure);
    builder.name("S").field("id", of(Type::int64));
    if (with_price) builder.field("price", decimal);
    return builder.build();
  };
  const SchemaPtr schemas[] = {schema(false), schema(true)};
  for (const char* release : {"7.0", "7.1", "7.2"}) {
    SCOPED_TRACE(release);
    server::Server database({.ranks = 3, .kinetica = server::kinetica_version(release)});
    kinetica::Client reader{{database.url(), "", {}, 10s}};
    reader.create_table("S", wire::TableType({{"id", wire::BaseType::long_, {"primary_key"}}}),
                        "C");
    RecordingContext contexts[2];
    std::unique_ptr<KineticaSinkTask> tasks[2];
    for (size_t i = 0; i < 2; ++i) {
      tasks[i] = start(contexts[i], gate_,
                       {{"kinetica.url", database.url()},
                        {"kinetica.collection_name", "C"},
                        {"kinetica.linger_ms", "60000"},
                        {"kinetica.allow_schema_evolution", "true"},
                        {"kinetica.add_new_fields_as_columns", "true"}});
      data::RecordBatch batch;
      for (int n = 0; n < 3000; ++n) {
        const Value items[] = {Value::int64(next_++), Value::decimal("\x0c\x99", 2)};
        Value* copy = batch.arena().allocate_array<Value>(i + 1);
        std::ranges::copy_n(items, static_cast<std::ptrdiff_t>(i) + 1, copy);
        add_value(batch, i == 0 ? "t" : "u", Value::structure({copy, i + 1}));
        batch.records().back().value_schema = batch.retain(schemas[i]);
      }
      put(*tasks[i], batch);
    }
    for (const auto& task : tasks) EXPECT_EQ(committed(*task), positions_);
    EXPECT_EQ(retries(contexts[0]), 1U);
    const std::string name = release == std::string_view("7.0") ? "S" : "C.S";
    EXPECT_EQ(reader.count_records(name), 6000);
    EXPECT_EQ(reader.get_records(name, 0, 1, {{"expression", "is_null(price)"}}).total, 3000);
    const auto column = reader.find_table(name)->type.columns().at(1);
    const bool sized = release == std::string_view("7.2");
    EXPECT_THAT(column.properties,
                testing::ElementsAre(sized ? "decimal(9,2)" : "decimal", "nullable"));
  }
}

// The number 1 of a required column is the null of a nullable one, and the database takes it.
TEST_F(SinkEvolutionTest, RowsAreNotReadAsNullsByAColumnThatBecameNullable) {
  const auto required = wire::TableType(
      {{"timestamp", wire::BaseType::long_, {}}, {"one", wire::BaseType::int_, {}}});
  reader_.create_table("T", required, "");
  RecordingContext other_context;
  const auto task = start_evolving(true, true);
  const auto other = start_evolving(other_context, true, true);
  data::RecordBatch full;
  for (int i = 0; i < per_version; ++i) {
    add_fields(full, "t", {{"timestamp", Value::int64(next_++)}, {"one", Value::int64(1)}});
  }
  put(*task, full);
  data::RecordBatch lacking;
  add_fields(lacking, "u", {{"timestamp", Value::int64(next_++)}});
  put(*other, lacking);
  EXPECT_EQ(alterations(), 1U);
  EXPECT_EQ(committed(*task), positions_);
  EXPECT_EQ(committed(*other), positions_);
  const auto stored = values("one");
  EXPECT_EQ(std::ranges::count(stored, Value::int32(1)), per_version);
  EXPECT_EQ(stored.back(), Value());
}

// Several tasks put records of which each has one field more than the one before, and where columns
// may become nullable, one field less.
class AlteringAtOnce : public SinkEvolutionTest {
 protected:
  static constexpr int tasks = 3;
  static constexpr int rounds = 12;

  // The n-th field that all records lack from the n-th round on, or have from then on.
  static std::string lost(int round) { return fmt::format("lost{}", round); }
  static std::string gained(int round) { return fmt::format("gained{}", round); }

  void create_table() {
    std::vector<wire::Column> columns = {{"timestamp", wire::BaseType::long_, {}}};
    for (int i = 0; i < rounds; ++i) columns.push_back({lost(i), wire::BaseType::int_, {}});
    reader_.create_table("T", wire::TableType(columns), "");
  }
  void add_record(data::RecordBatch& batch, std::string_view topic, int round, bool nullable) {
    std::vector<std::string> names;
    for (int i = nullable ? round : 0; i < rounds; ++i) names.push_back(lost(i));
    const size_t kept = names.size();
    for (int i = 0; i < round; ++i) names.push_back(gained(i));
    std::vector<std::pair<std::string_view, Value>> fields = {{"timestamp", Value::int64(next_++)}};
    for (size_t i = 0; i < names.size(); ++i) {
      std::string_view name = batch.arena().copy(names[i]);
      fields.emplace_back(name, Value::int64(i < kept ? 1 : round));
    }
    add_fields(batch, topic, fields);
  }
  void run(bool nullable, std::vector<AlterationGate*> gates) {
    create_table();
    const std::string topics[tasks] = {"t", "u", "v"};
    std::vector<data::RecordBatch> batches[tasks];
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < tasks; ++i) {
        add_record(batches[i].emplace_back(), topics[i], round, nullable);
      }
    }
    std::vector<std::jthread> threads;
    for (int i = 0; i < tasks; ++i) {
      threads.emplace_back([&, i] {
        RecordingContext context;
        const auto task =
            start(context, *gates[static_cast<size_t>(i)],
                  {{"kinetica.allow_schema_evolution", "true"},
                   {"kinetica.add_new_fields_as_columns", "true"},
                   {"kinetica.make_missing_field_nullable", nullable ? "true" : "false"},
                   {"kinetica.batch_size", "1"},
                   {"topics", "t,u,v"},
                   {"kinetica.dest_table_override", "T,T,T"}});
        for (const auto& batch : batches[i]) put(*task, batch);
        EXPECT_EQ(task->pre_commit(positions_, 20s), positions_);
      });
    }
    threads.clear();
    check(nullable);
  }
  void check(bool nullable) {
    EXPECT_EQ(numbers(), first_numbers(tasks * rounds));
    for (int column = 0; column + 1 < rounds; ++column) {
      const auto kept = values(lost(column));
      const auto added = values(gained(column));
      for (int row = 0; row < tasks * rounds; ++row) {
        const int round = row / tasks;
        const auto at = static_cast<size_t>(row);
        const bool has_lost = !nullable || column >= round;
        EXPECT_EQ(kept[at], has_lost ? Value::int32(1) : Value()) << column << " " << row;
        EXPECT_EQ(added[at], column < round ? Value::int64(round) : Value())
            << column << " " << row;
      }
    }
  }
};

TEST_F(AlteringAtOnce, TasksOfOneWorkerLoseAndConfuseNothing) {
  run(true, {&gate_, &gate_, &gate_});
}

TEST_F(AlteringAtOnce, TasksOfSeveralWorkersAddEachColumnOnce) {
  AlterationGate second;
  AlterationGate third;
  run(false, {&gate_, &second, &third});
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
