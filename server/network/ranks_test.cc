// Worker ranks: their addresses, the routing table, what is counted, dying and coming back.
#include <gmock/gmock.h>

#include <cstring>

#include "server/network/routing_table.h"
#include "server/server.h"
#include "server/server_testing.h"
#include "wire/shard_key.h"

namespace kc::server {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

std::vector<std::string> rows_of_ids(int64_t first, int64_t last) {
  std::vector<std::string> rows;
  for (int64_t id = first; id <= last; ++id) rows.push_back(test_row(id, "text"));
  return rows;
}

// The rank that a client with this routing table sends an id to.
size_t rank_of(int64_t id, const std::vector<int32_t>& ranks) {
  std::string key(8, '\0');
  std::memcpy(key.data(), &id, sizeof id);
  return static_cast<size_t>(ranks[wire::shard_index(wire::routing_hash(key), ranks.size())]);
}

TEST(RoutingTable, ShardsAreDealtInTurn) {
  const auto table = RoutingTable(3).snapshot();
  EXPECT_EQ(table.version, 1);
  ASSERT_EQ(table.rank.size(), 16384u);
  EXPECT_EQ(table.rank[0], 1);
  EXPECT_EQ(table.rank[2], 3);
  EXPECT_EQ(table.rank[3], 1);
}

TEST(RoutingTable, NewVersionsAreShuffledBySeedOrAssigned) {
  RoutingTable one(4);
  RoutingTable other(4);
  EXPECT_GT(one.shuffle(7), 10'000u);
  other.shuffle(7);
  EXPECT_EQ(one.snapshot().rank, other.snapshot().rank);
  EXPECT_THAT(one.snapshot().rank, Each(AllOf(Ge(1), Le(4))));
  one.assign({2, 4});
  EXPECT_EQ(one.snapshot().version, 3);
  EXPECT_EQ(one.snapshot().rank[1], 4);
  EXPECT_EQ(one.assign({2, 4}), 0u);
  EXPECT_THROW(one.assign({}), base::Error);
  EXPECT_THROW(one.assign({0}), base::Error);
  EXPECT_THROW(one.assign({5}), base::Error);
}

class RanksTest : public testing::Test {
 protected:
  Server server_{ServerOptions{.ranks = 3}};
  TestClient head_{server_.url()};
};

TEST_F(RanksTest, PropertiesNameEveryRank) {
  const auto properties = head_.properties();
  EXPECT_EQ(properties.at("conf.enable_worker_http_servers"), "TRUE");
  EXPECT_EQ(properties.at("conf.number_of_ranks"), "4");
  EXPECT_EQ(properties.at("conf.worker_http_server_urls"),
            server_.url() + ";" + server_.rank_url(1) + ";" + server_.rank_url(2) + ";" +
                server_.rank_url(3));
  EXPECT_EQ(properties.at("conf.worker_http_server_ips"),
            "127.0.0.1;127.0.0.1;127.0.0.1;127.0.0.1");
  EXPECT_THAT(properties.at("conf.worker_http_server_ports"),
              testing::StartsWith(std::to_string(server_.port()) + ";"));
}

TEST_F(RanksTest, RowsAreTakenOnAnyRankAndCountedThere) {
  head_.create_table("t");
  TestClient first(server_.rank_url(1));
  TestClient second(server_.rank_url(2));
  auto rows = rows_of_ids(1, 10);
  first.insert("t", rows);
  std::reverse(rows.begin(), rows.end());
  second.insert("t", {rows.begin(), rows.begin() + 5}, {{"update_on_existing_pk", "true"}});
  second.insert("t", {rows.begin() + 5, rows.end()}, {{"update_on_existing_pk", "true"}});
  EXPECT_EQ(server_.rows("t"), 10u);

  const auto ranks = head_.get_json("/debug/ranks")["ranks"];
  ASSERT_EQ(ranks.size(), 4u);
  EXPECT_EQ(ranks[0]["tables"].size(), 0u);
  EXPECT_EQ(ranks[1]["url"], server_.rank_url(1));
  EXPECT_EQ(ranks[1]["shards"], 5462);
  EXPECT_EQ(ranks[1]["tables"]["ki_home.t"]["rows"], 10);
  // The same rows in another order and in other batches.
  EXPECT_EQ(ranks[1]["tables"], ranks[2]["tables"]);
  EXPECT_EQ(ranks[3]["tables"].size(), 0u);
  EXPECT_EQ(head_.post_json("/debug/ranks/reset")["ranks"][1]["tables"].size(), 0u);
}

TEST_F(RanksTest, RefusedRowsAreNotCounted) {
  head_.create_table("t");
  TestClient rank(server_.rank_url(1));
  const auto partial =
      rank.insert("t", {test_row(1, "a"), "", test_row(2, "b")},
                  {{"return_individual_errors", "true"}, {"allow_partial_batch", "true"}});
  EXPECT_EQ(partial.count_inserted, 2);
  rank.insert("t", {test_row(3, "a"), ""}, {{"return_individual_errors", "true"}});
  EXPECT_EQ(head_.get_json("/debug/ranks")["ranks"][1]["tables"]["ki_home.t"]["rows"], 2);
}

TEST_F(RanksTest, OldTableIsToldAfterResharding) {
  head_.create_table("t");
  const auto before = head_.ask<wire::AdminShowShardsResponse>(wire::AdminShowShardsRequest{});
  EXPECT_EQ(before.version, 1);
  const auto answer = head_.post_json("/debug/reshard", R"({"ranks":[2,3,1]})");
  EXPECT_EQ(answer["version"], 2);
  EXPECT_EQ(answer["moved_shards"], 16384);
  const auto after = head_.ask<wire::AdminShowShardsResponse>(wire::AdminShowShardsRequest{});
  EXPECT_EQ(after.version, 2);
  EXPECT_EQ(after.rank.size(), after.tom.size());

  const auto send = [&](size_t rank) {
    return TestClient(server_.rank_url(rank))
        .insert("t", {test_row(42, "x")}, {{"update_on_existing_pk", "true"}});
  };
  EXPECT_EQ(send(rank_of(42, before.rank)).info.at("data_rerouted"), "true");
  EXPECT_EQ(send(rank_of(42, after.rank)).info.count("data_rerouted"), 0u);
  // A rank that no table ever named is a client's own way, which a new table would not change.
  EXPECT_EQ(
      send(6 - rank_of(42, before.rank) - rank_of(42, after.rank)).info.count("data_rerouted"), 0u);
  EXPECT_EQ(send(0).info.count("data_rerouted"), 0u);
  EXPECT_EQ(server_.rows("t"), 1u);
}

TEST_F(RanksTest, RankDiesAndComesBack) {
  const std::string url = server_.rank_url(2);
  EXPECT_EQ(head_.post_json("/debug/ranks/2/close")["ranks"][2]["open"], false);
  EXPECT_THROW(TestClient(url).properties(), base::Error);
  EXPECT_THAT(head_.properties().at("conf.worker_http_server_urls"), HasSubstr(url));
  head_.post_json("/debug/ranks/2/close", R"({"listed":false})");
  EXPECT_THAT(head_.properties().at("conf.worker_http_server_urls"), HasSubstr(";;"));
  EXPECT_EQ(head_.post_json("/debug/ranks/2/reopen")["ranks"][2]["url"], url);
  EXPECT_EQ(TestClient(url).properties(), head_.properties());
}

TEST_F(RanksTest, WrongDebugRequestsAreNamed) {
  for (const char* path : {"/debug/ranks/0/close", "/debug/ranks/4/close", "/debug/ranks/x/close",
                           "/debug/ranks/1/explode", "/debug/ranks/1", "/debug/nothing"}) {
    EXPECT_EQ(head_.post(path, "").status, 400) << path;
  }
  EXPECT_EQ(head_.post("/debug/reshard", R"({"ranks":"all"})").status, 400);
  EXPECT_EQ(head_.post("/debug/reshard", "[").status, 400);
  EXPECT_EQ(TestClient(server_.rank_url(1)).post("/debug/ranks/1/close", "").status, 400);
}

TEST(Server, AdvertisedHostStandsInEveryUrl) {
  const Server server({.host = "0.0.0.0", .advertised_host = "localhost", .ranks = 1});
  TestClient client(server.url());
  const auto properties = client.properties();
  const std::string head = "http://localhost:" + std::to_string(server.port());
  EXPECT_EQ(server.url(), head);
  EXPECT_EQ(properties.at("conf.host0_public_urls"), head);
  EXPECT_THAT(properties.at("conf.worker_http_server_urls"),
              testing::StartsWith(head + ";http://localhost:"));
}

TEST(Server, HostMayBeAName) {
  const Server server({.host = "localhost", .ranks = 1});
  TestClient client(server.url());
  EXPECT_EQ(server.url(), "http://localhost:" + std::to_string(server.port()));
  EXPECT_GT(server.monitor_port(), 0);
  EXPECT_EQ(client.properties().at("conf.host0_public_urls"), server.url());
  EXPECT_THROW(Server({.host = "no.such.host.invalid"}), base::Error);
}

TEST(Server, PortsOfRanksMustBeOneForEach) {
  EXPECT_THROW(Server({.ranks = 2, .rank_ports = {0}}), base::Error);
}

}  // namespace
}  // namespace kc::server
