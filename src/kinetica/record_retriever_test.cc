// Rows by key and expression, against the embedded server.
#include "kinetica/record_retriever.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "http/client.h"
#include "kinetica/inserter.h"
#include "kinetica/key_expression.h"
#include "server/server.h"
#include "wire/row_codec.h"

namespace kc::kinetica {
namespace {

using base::Error;
using data::Value;
using wire::BaseType;

const wire::TableType orders({{"id", BaseType::long_, {"primary_key"}},
                              {"region", BaseType::string, {"char16", "primary_key"}},
                              {"amount", BaseType::double_, {}}});

class RecordsTest : public testing::Test {
 protected:
  RecordsTest() : table_(client_.create_table("orders", orders, "")) {
    InsertBatch batch;
    batch.target = std::make_shared<const InsertTarget>(
        InsertTarget{table_.name, wire::ShardKey(orders), false});
    for (int64_t id = 0; id < 500; ++id) {
      const std::vector<Value> row{Value::int64(id), Value::string(id % 2 ? "no\"rth" : "south"),
                                   Value::float64(0.5)};
      std::string bytes;
      wire::encode_row(orders, row, bytes);
      char* const out = batch.body.begin_row(bytes.size());
      batch.body.end_row(std::copy(bytes.begin(), bytes.end(), out));
    }
    Inserter(client_, true).insert(batch, {});
  }
  void close_rank(size_t rank) {
    http::Client http({});
    const std::array<std::string_view, 1> body{"{}"};
    http.post(fmt::format("{}/debug/ranks/{}/close", server_.url(), rank), "text/json", body);
  }

  server::Server server_{server::ServerOptions{.ranks = 3, .get_records_max = 90}};
  Client client_{ClientSettings{.url = server_.url()}};
  Table table_;
};

TEST_F(RecordsTest, RowsAreFoundByKeyThroughTheirRank) {
  RecordRetriever retriever(client_, table_, true);
  std::vector<Value> row;
  for (int64_t id = 0; id < 20; ++id) {
    const std::array key{Value::int64(id), Value::string(id % 2 ? "no\"rth" : "south")};
    const Rows rows = retriever.get(key);
    ASSERT_EQ(rows.records.size(), 1u) << id;
    wire::decode_row(orders, rows.records[0], row);
    EXPECT_EQ(row[0], Value::int64(id));
    EXPECT_TRUE(retriever.get(key, "amount > 1").records.empty());
  }
  // A rank that is away is stood in for by the head.
  close_rank(1);
  close_rank(2);
  for (int64_t id = 0; id < 20; ++id) {
    const std::array key{Value::int64(id), Value::string(id % 2 ? "no\"rth" : "south")};
    EXPECT_EQ(retriever.get(key).records.size(), 1u);
  }
}

TEST_F(RecordsTest, AKeyThatDoesNotFitTheTableIsRefused) {
  RecordRetriever retriever(client_, table_, true);
  const std::array one{Value::int64(1)};
  EXPECT_THROW(retriever.get(one), Error);
  Table keyless = client_.create_table("keyless", wire::TableType({{"x", BaseType::int_, {}}}), "");
  EXPECT_THROW(RecordRetriever(client_, keyless, true), Error);
}

TEST_F(RecordsTest, AllPagesAreReadAndRowsDeletedByExpression) {
  size_t rows = 0;
  size_t pages = 0;
  const auto count = [&](const std::vector<std::string>& records) {
    rows += records.size();
    ++pages;
  };
  client_.read_records(table_.name, {}, count);
  EXPECT_EQ(rows, 500u);
  EXPECT_EQ(pages, 6u);
  const std::array key{ColumnValue{&orders.columns()[0], Value::int64(7)},
                       ColumnValue{&orders.columns()[1], Value::string("no\"rth")}};
  EXPECT_EQ(client_.delete_records(table_.name, {key_expression(key), "(id >= 490)"}), 11);
  EXPECT_EQ(client_.count_records(table_.name), 489);
  rows = 0;
  client_.read_records(table_.name, {{"expression", "region = \"south\""}}, count);
  EXPECT_EQ(rows, 245u);
}

TEST(KeyExpression, QuotesTextAndNamesNulls) {
  const wire::Column column{"c", BaseType::string, {}};
  const std::array values{ColumnValue{&column, Value::string("a\"b")}, ColumnValue{&column, {}},
                          ColumnValue{&column, Value::float64(1.5)},
                          ColumnValue{&column, Value::int64(-7)}};
  EXPECT_EQ(key_expression(values), R"((c = "a""b") and (is_null(c)) and (c = 1.5) and (c = -7))");
  const std::array bytes{ColumnValue{&column, Value::bytes("x")}};
  EXPECT_THROW(key_expression(bytes), Error);
}

}  // namespace
}  // namespace kc::kinetica
