// Tables that follow their records while other tasks, workers or people alter them as well, with
// the embedded server.
#include <gmock/gmock.h>

#include <atomic>
#include <functional>
#include <thread>

#include "base/finally.h"
#include "http/client.h"
#include "http/server.h"
#include "server/network/faults.h"
#include "sink/sink_evolution_fixture_test.h"

namespace kc::sink {
namespace {

using base::Reaction;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

constexpr int per_version = 10;

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

}  // namespace
}  // namespace kc::sink
