// Multi-head inserts against the embedded server with three ranks.
#include "kinetica/inserter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "http/client.h"
#include "http/test_certificate.h"
#include "server/network/faults.h"
#include "server/server.h"
#include "wire/messages.h"
#include "wire/row_codec.h"

namespace kc::kinetica {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using testing::Each;
using testing::ElementsAre;
using testing::Gt;
using testing::HasSubstr;
using wire::BaseType;
using wire::Options;

const wire::TableType keyed({{"text", BaseType::string, {"nullable"}},
                             {"id", BaseType::long_, {"primary_key"}},
                             {"value", BaseType::double_, {}}});
const wire::TableType sharded({{"id", BaseType::long_, {"shard_key"}}});
const wire::TableType keyless({{"id", BaseType::long_, {}}});

class InserterTest : public testing::Test {
 protected:
  void start(size_t ranks = 3) {
    server_.emplace(server::ServerOptions{.ranks = ranks});
    client_.emplace(ClientSettings{.url = server_->url()});
    inserter_.emplace(*client_, true);
  }
  // A batch of rows with the ids from `first` on; `type` decides about the other columns.
  InsertBatch batch(const Table& table, int64_t first, int64_t count) {
    InsertBatch batch;
    batch.target = std::make_shared<const InsertTarget>(
        InsertTarget{table.name, wire::ShardKey(table.type), table.is_replicated});
    for (int64_t id = first; id < first + count; ++id) {
      std::vector<Value> row{Value::int64(id)};
      if (table.type == keyed) {
        row = {id % 3 == 0 ? Value() : Value::string("text"), Value::int64(id),
               Value::float64(0.5)};
      }
      std::string bytes;
      wire::encode_row(table.type, row, bytes);
      char* const out = batch.body.begin_row(bytes.size());
      batch.body.end_row(std::copy(bytes.begin(), bytes.end(), out));
    }
    return batch;
  }
  InsertOutcome insert(const Table& table, int64_t first, int64_t count, Options options = {}) {
    auto rows = batch(table, first, count);
    return inserter_->insert(rows, options);
  }
  nlohmann::json debug(const std::string& path) {
    http::Client http({});
    const std::array<std::string_view, 1> body{"{}"};
    return nlohmann::json::parse(http.post(server_->url() + path, "application/json", body).body);
  }
  // Rows that came to the head and to each rank.
  std::vector<int64_t> counts(const Table& table) {
    http::Client http({});
    const auto json = nlohmann::json::parse(http.get(server_->url() + "/debug/ranks").body);
    std::vector<int64_t> counts;
    for (const auto& rank : json["ranks"]) {
      const auto& tables = rank["tables"];
      counts.push_back(tables.contains(table.name) ? tables[table.name]["rows"].get<int64_t>() : 0);
    }
    return counts;
  }
  static int64_t sum(const std::vector<int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), int64_t{0});
  }
  Error failure(InsertBatch& rows) {
    try {
      inserter_->insert(rows, {});
    } catch (const Error& error) {
      return error;
    }
    return Error(Reaction::skip_record, "nothing was thrown");
  }

  std::optional<server::Server> server_;
  std::optional<Client> client_;
  std::optional<Inserter> inserter_;
};

TEST_F(InserterTest, RowsWithAKeyGoToTheRanksOfTheirShards) {
  start();
  const Table table = client_->create_table("t", keyed, "");
  const auto outcome = insert(table, 0, 3000);
  EXPECT_EQ(outcome.inserted, 3000);
  EXPECT_EQ(outcome.updated, 0);
  std::vector<int64_t> expected(4);
  const auto shards =
      client_->session().call<wire::AdminShowShardsResponse>(wire::AdminShowShardsRequest{});
  for (int64_t id = 0; id < 3000; ++id) {
    const std::string key(reinterpret_cast<const char*>(&id), sizeof id);
    ++expected[static_cast<size_t>(
        shards.rank[wire::shard_index(wire::routing_hash(key), shards.rank.size())])];
  }
  EXPECT_EQ(counts(table), expected);
  EXPECT_EQ(insert(table, 0, 30, {{"update_on_existing_pk", "true"}}).updated, 30);
  EXPECT_EQ(server_->rows("t"), 3000u);
}

TEST_F(InserterTest, CompressedInsertsArriveAsTheOthersDo) {
  start();
  client_.emplace(ClientSettings{.url = server_->url(), .compress = true});
  inserter_.emplace(*client_, true);
  const Table table = client_->create_table("t", keyed, "");
  EXPECT_EQ(insert(table, 0, 3000).inserted, 3000);
  EXPECT_EQ(client_->count_records(table.name), 3000);
}

TEST_F(InserterTest, RanksAreReachedOverTlsWithTheSameCertificates) {
  http::TestAuthority authority;
  authority.issue("server");
  authority.issue("client");
  const auto text = [](const std::string& file) {
    std::stringstream content;
    content << std::ifstream(file).rdbuf();
    return content.str();
  };
  server_.emplace(server::ServerOptions{
      .tls = {authority.certificate_file("server"), authority.key_file("server"), authority.file()},
      .ranks = 3});
  client_.emplace(ClientSettings{.url = server_->url(),
                                 .tls = {.trusted = text(authority.file()),
                                         .chain = text(authority.certificate_file("client")),
                                         .key = text(authority.key_file("client"))}});
  inserter_.emplace(*client_, true);
  const Table table = client_->create_table("t", keyed, "");
  EXPECT_EQ(insert(table, 0, 300).inserted, 300);
  EXPECT_EQ(client_->count_records(table.name), 300);
}

TEST_F(InserterTest, RowsWithoutAKeyAreSpread) {
  start();
  const Table table = client_->create_table("t", keyless, "");
  insert(table, 0, 3000);
  EXPECT_THAT(counts(table), ElementsAre(0, 1000, 1000, 1000));
  // A small batch is not worth three requests: one rank after the other has its turn.
  for (int i = 0; i < 3; ++i) insert(table, 0, 10);
  EXPECT_THAT(counts(table), ElementsAre(0, 1010, 1010, 1010));
}

TEST_F(InserterTest, TheHeadTakesEverythingWhereTheDatabaseHasItSo) {
  start(0);
  insert(client_->create_table("t", keyed, ""), 0, 10);
  EXPECT_EQ(server_->rows("t"), 10u);
  start(1);
  const Table single = client_->create_table("t", keyed, "");
  insert(single, 0, 10);
  EXPECT_EQ(counts(single)[0], 10);
  start();
  Table table = client_->create_table("t", keyed, "");
  table.is_replicated = true;
  insert(table, 0, 10);
  EXPECT_EQ(counts(table)[0], 10);
  table.is_replicated = false;
  inserter_.emplace(*client_, false);
  insert(table, 10, 10);
  EXPECT_EQ(counts(table)[0], 20);
}

TEST_F(InserterTest, RowsOfADeadRankGoToTheHeadOnce) {
  start();
  const Table table = client_->create_table("t", sharded, "");
  insert(table, 0, 300);
  const auto before = counts(table);
  ASSERT_THAT(before, ElementsAre(0, Gt(0), Gt(0), Gt(0)));
  debug("/debug/ranks/2/close");
  EXPECT_EQ(insert(table, 0, 300).inserted, 300);
  const auto after = counts(table);
  EXPECT_EQ(after[0], before[2]);
  EXPECT_EQ(after[1], 2 * before[1]);
  EXPECT_EQ(after[2], before[2]);
  EXPECT_EQ(server_->rows("t"), 600u);
  // It is left alone for a while.
  insert(table, 0, 300);
  EXPECT_EQ(counts(table)[0], 2 * before[2]);
  EXPECT_EQ(server_->rows("t"), 900u);
}

TEST_F(InserterTest, WhatWasAcknowledgedStaysSoWhenTheMapCannotBeReadAgain) {
  start();
  const Table table = client_->create_table("t", sharded, "");
  insert(table, 0, 1);
  debug("/debug/ranks/2/close");
  server_->faults().answer(503, 1, "/show/system/properties");
  auto rows = batch(table, 1, 300);
  const Error error = failure(rows);
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_FALSE(error.in_doubt());
  ASSERT_TRUE(rows.left.has_value());
  EXPECT_EQ(server_->rows("t") + rows.left->size(), 301u);
  EXPECT_LT(rows.left->size(), 200u);
  inserter_->insert(rows, {});
  EXPECT_EQ(server_->rows("t"), 301u);
}

TEST_F(InserterTest, AMapThatMovedIsReadAgainWhenTheDatabaseReroutes) {
  start();
  const Table table = client_->create_table("t", sharded, "");
  insert(table, 0, 300);
  debug("/debug/reshard");
  debug("/debug/ranks/reset");
  insert(table, 0, 300);  // told that rows were rerouted
  debug("/debug/ranks/reset");
  insert(table, 0, 300);
  client_.emplace(ClientSettings{.url = server_->url()});
  Inserter fresh(*client_, true);
  const auto learnt = counts(table);
  debug("/debug/ranks/reset");
  auto rows = batch(table, 0, 300);
  fresh.insert(rows, {});
  EXPECT_EQ(counts(table), learnt);
  EXPECT_EQ(server_->rows("t"), 1200u);
}

TEST_F(InserterTest, APartWithoutAReplyIsInDoubtAndTheOthersAreNotSentAgain) {
  start();
  const Table table = client_->create_table("t", sharded, "");
  server_->faults().drop_replies(1);
  auto rows = batch(table, 0, 300);
  const Error error = failure(rows);
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_TRUE(error.in_doubt());
  EXPECT_EQ(server_->rows("t"), 300u);
  ASSERT_TRUE(rows.left.has_value());
  const size_t in_doubt = rows.left->size();
  EXPECT_GT(in_doubt, 50u);
  EXPECT_LT(in_doubt, 200u);
  // What the caller then decides to send again is that part alone.
  EXPECT_EQ(inserter_->insert(rows, {}).inserted, static_cast<int64_t>(in_doubt));
  EXPECT_TRUE(rows.left->empty());
  EXPECT_EQ(server_->rows("t"), 300u + in_doubt);
}

TEST_F(InserterTest, ARefusedPartIsTriedAgainAlone) {
  start();
  const Table table = client_->create_table("t", sharded, "");
  insert(table, 0, 1);
  server_->faults().refuse_row(5);
  auto rows = batch(table, 1, 300);
  const Error error = failure(rows);
  EXPECT_EQ(error.reaction(), Reaction::fail_task);
  EXPECT_THAT(error.what(), HasSubstr("Record 5"));
  inserter_->insert(rows, {});
  EXPECT_EQ(server_->rows("t"), 301u);
}

TEST_F(InserterTest, RejectedRowsHaveTheirIndexInTheBatch) {
  const Options options{{"return_individual_errors", "true"}, {"allow_partial_batch", "true"}};
  for (const size_t ranks : {size_t{0}, size_t{3}}) {
    start(ranks);
    const Table table = client_->create_table("t", keyed, "");
    insert(table, 250, 1);
    auto rows = batch(table, 0, 300);
    const auto outcome = inserter_->insert(rows, options);
    EXPECT_EQ(outcome.inserted, 299);
    ASSERT_EQ(outcome.rejected.size(), 1u);
    EXPECT_EQ(outcome.rejected[0].row, 250u);
    EXPECT_THAT(*rows.left, ElementsAre(250));
    // Again: only the bad one is sent.
    EXPECT_EQ(inserter_->insert(rows, options).rejected.at(0).row, 250u);
    EXPECT_EQ(server_->rows("t"), 300u);
  }
}

TEST_F(InserterTest, AnotherClusterHasRanksOfItsOwn) {
  start();
  server::Server second(server::ServerOptions{.ranks = 3});
  const ClientSettings settings{.url = server_->url() + "," + second.url()};
  client_.emplace(settings);
  inserter_.emplace(*client_, true);
  const Table table = client_->create_table("t", keyed, "");
  insert(table, 0, 30);
  Client(ClientSettings{.url = second.url()}).create_table("t", keyed, "");
  server_.reset();
  // Whatever the dying ranks left in doubt is the caller's to repeat.
  auto rows = batch(table, 0, 300);
  for (int attempt = 0; !rows.left || !rows.left->empty(); ++attempt) {
    ASSERT_LT(attempt, 5);
    try {
      inserter_->insert(rows, {{"update_on_existing_pk", "true"}});
    } catch (const Error& error) {
      ASSERT_EQ(error.reaction(), Reaction::retry) << error.what();
    }
  }
  EXPECT_EQ(second.rows("t"), 300u);
  EXPECT_EQ(client_->url(), second.url());
}

}  // namespace
}  // namespace kc::kinetica
