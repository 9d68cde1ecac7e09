#include "server/network/faults.h"

#include <gmock/gmock.h>

#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::HasSubstr;

const std::string insert_path = "/insert/records";

TEST(Faults, HitOnlyWhatTheyAreForAndAreUsedUp) {
  Faults faults;
  faults.set_from_json(
      R"({"answer":[{"status":503,"endpoint":"/has/table","rank":2},{"status":500,"times":2}]})");
  EXPECT_EQ(faults.take("/has/table", 2).status, 503);
  EXPECT_EQ(faults.take("/has/table", 2).status, 500);
  EXPECT_EQ(faults.take("/x", 0).status, 500);
  EXPECT_EQ(faults.take("/has/table", 2).status, std::nullopt);

  faults.set_from_json(R"({"refuse_row":{"row":3,"times":1,"rank":1},"apply_half":1})");
  EXPECT_EQ(faults.take("/show/table", 1).refused_row, std::nullopt);
  EXPECT_TRUE(faults.take(insert_path, 2).half);
  EXPECT_EQ(faults.take(insert_path, 1).refused_row, 3u);
  EXPECT_FALSE(faults.take(insert_path, 1).refused_row);
}

TEST(Faults, AnsweredRequestLeavesTheOthersForTheNext) {
  Faults faults;
  faults.answer(503, 1);
  faults.drop_replies(1);
  EXPECT_FALSE(faults.take(insert_path, 0).drop_reply);
  EXPECT_TRUE(faults.take(insert_path, 0).drop_reply);
  faults.drop_replies(5);
  faults.clear();
  EXPECT_FALSE(faults.take(insert_path, 0).drop_reply);
}

TEST(Faults, WrongOnesAreNamedAndChangeNothing) {
  Faults faults;
  faults.drop_replies(1);
  for (const char* wrong :
       {"", "[]", R"({"explode":1})", R"({"drop_replies":-1})", R"({"drop_replies":"x"})",
        R"({"drop_replies":0,"answer":{"times":1}})", R"({"answer":{"status":200}})",
        R"({"delay":{"ms":1,"second":2}})", R"({"refuse_row":{}})"}) {
    EXPECT_THROW(faults.set_from_json(wrong), base::Error) << wrong;
  }
  EXPECT_TRUE(faults.take(insert_path, 0).drop_reply);
}

class ServerFaultsTest : public testing::Test {
 protected:
  void SetUp() override { client_.create_table("t"); }
  Server server_{ServerOptions{.ranks = 2}};
  TestClient client_{server_.url()};
};

TEST_F(ServerFaultsTest, HalfOfTheRowsIsAppliedAndTheConnectionCut) {
  client_.post_json("/debug/faults", R"({"apply_half":{"rank":1}})");
  TestClient rank(server_.rank_url(1));
  EXPECT_THROW(rank.insert("t", {test_row(1, "a"), test_row(2, "b"), test_row(3, "c")}),
               base::Error);
  EXPECT_EQ(server_.rows("t"), 1u);
  EXPECT_EQ(rank.insert("t", {test_row(2, "b")}).count_inserted, 1);
}

TEST_F(ServerFaultsTest, AnyReplyCanBeDropped) {
  client_.post_json("/debug/faults", R"({"drop_replies":{"endpoint":"/clear/table"}})");
  // On a connection of its own: on a kept one the client would ask again.
  EXPECT_THROW(TestClient(server_.url())
                   .post("/clear/table", wire::encode(wire::ClearTableRequest{.table_name = "t"})),
               base::Error);
  EXPECT_FALSE(client_.ask<wire::HasTableResponse>(wire::HasTableRequest{"t"}).table_exists);
}

TEST_F(ServerFaultsTest, RankCloses) {
  client_.post_json("/debug/faults", R"({"close_rank":2})");
  EXPECT_EQ(client_.get_json("/debug/ranks")["ranks"][2]["open"], false);
  const auto wrong = client_.post("/debug/faults", R"({"close_rank":7})", "application/json");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("rank 7"));
}

TEST(HaRing, IsToldInTheProperties) {
  Server one;
  Server other;
  EXPECT_EQ(TestClient(one.url()).properties().at("conf.enable_ha"), "FALSE");
  one.set_ha_ring({one.url(), other.url()});
  auto properties = TestClient(one.url()).properties();
  EXPECT_EQ(properties.at("conf.enable_ha"), "TRUE");
  EXPECT_EQ(properties.at("conf.ha_ring_head_nodes_full"), one.url() + ";" + other.url());
  EXPECT_EQ(properties.at("conf.ha_ring_head_nodes"), one.url() + "," + other.url());
  TestClient(other.url()).post_json("/debug/ha_ring", R"({"urls":[")" + one.url() + R"("]})");
  properties = TestClient(other.url()).properties();
  EXPECT_EQ(properties.at("conf.ha_ring_head_nodes"), other.url() + "," + one.url());
}

}  // namespace
}  // namespace kc::server
