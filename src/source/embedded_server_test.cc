// The client and the source task against the embedded server: inserts come out as records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <thread>

#include "base/error.h"
#include "kinetica/client.h"
#include "server/server.h"
#include "source/kinetica_source_task.h"
#include "wire/row_codec.h"

namespace kc::source {
namespace {

using data::Value;
using wire::BaseType;
using namespace std::chrono_literals;

const wire::TableType tweets({{"id", BaseType::long_, {"primary_key"}},
                              {"text", BaseType::string, {"char8", "nullable"}}});

class NoOffsets : public connect::OffsetReader, public connect::SourceTaskContext {
 public:
  const connect::OffsetReader& offsets() const override { return *this; }
  metrics::Scope metrics() override { return {registry_, {"c", "0"}}; }
  std::optional<std::string> offset(std::string_view) const override { return std::nullopt; }

 private:
  metrics::Registry registry_;
};

class EmbeddedServer : public testing::Test {
 protected:
  kinetica::InsertOutcome insert(const std::string& table,
                                 const std::vector<std::pair<int64_t, Value>>& rows,
                                 const wire::Options& options = {}) {
    wire::InsertBody body;
    for (const auto& [id, text] : rows) {
      std::string bytes;
      wire::encode_row(tweets, std::vector<Value>{Value::int64(id), text}, bytes);
      char* const out = body.begin_row(bytes.size());
      body.end_row(std::copy(bytes.begin(), bytes.end(), out));
    }
    return client_.insert(table, body, options);
  }

  server::Server server_;
  kinetica::Client client_{{.url = server_.url()}};
};

TEST_F(EmbeddedServer, ClientCreatesFindsFillsAndClearsATable) {
  client_.check_running();
  EXPECT_EQ(client_.find_table("T"), std::nullopt);
  const auto created = client_.create_table("T", tweets, "");
  const auto found = client_.find_table("T");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->name, created.name);
  EXPECT_EQ(found->type, tweets);
  EXPECT_EQ(client_.create_table("T", tweets, "").type, tweets);

  EXPECT_EQ(insert("T", {{1, Value::string("one")}, {2, Value()}}).inserted, 2);
  EXPECT_EQ(insert("T", {{2, Value::string("two")}}, {{"update_on_existing_pk", "true"}}).updated,
            1);
  EXPECT_EQ(client_.count_records("T"), 2);
  const auto rows = client_.get_records("T", 0, 10);
  EXPECT_EQ(rows.total, 2);
  EXPECT_EQ(rows.records.size(), 2u);
  client_.clear_table("T");
  EXPECT_EQ(client_.find_table("T"), std::nullopt);
}

TEST_F(EmbeddedServer, RejectedRowsAreNamed) {
  client_.create_table("T", tweets, "");
  const auto outcome =
      insert("T", {{1, Value::string("one")}, {2, Value::string("much too long")}},
             {{"return_individual_errors", "true"}, {"allow_partial_batch", "true"}});
  EXPECT_EQ(outcome.inserted, 1);
  ASSERT_EQ(outcome.rejected.size(), 1u);
  EXPECT_EQ(outcome.rejected[0].row, 1u);
}

TEST_F(EmbeddedServer, InsertedRowsBecomeRecords) {
  client_.create_table("T", tweets, "");
  const config::Properties properties{{"kinetica.url", server_.url()},
                                      {"kinetica.table_names", "T"},
                                      {"kinetica.topic_prefix", "db."}};
  NoOffsets offsets;  // outlives the task, as its metrics stand there
  KineticaSourceTask task(parse_source_config(properties));
  const std::stop_source stop;
  task.start(offsets, stop.get_token());
  while (server_.subscribers("T") == 0) std::this_thread::yield();
  constexpr int64_t rows = 5000;
  std::vector<std::pair<int64_t, Value>> batch;
  for (int64_t i = 0; i < rows; ++i) batch.emplace_back(i, Value::string("text"));
  EXPECT_EQ(insert("T", batch).inserted, rows);
  std::list<data::RecordBatch> batches;
  int64_t seen = 0;
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (seen < rows && std::chrono::steady_clock::now() < deadline) {
    task.poll(batches.emplace_back(), 100ms, stop.get_token());
    for (const auto& record : batches.back().records()) {
      ASSERT_EQ(record.topic, "db.T");
      ASSERT_EQ(record.key, Value::int64(seen));
      ASSERT_EQ(record.value.items()[0], Value::int64(seen));
      ++seen;
    }
  }
  EXPECT_EQ(seen, rows);
  task.stop();
}

}  // namespace
}  // namespace kc::source
