#include "server/catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "server/network/monitor_publisher.h"
#include "wire/message_json.h"

namespace kc::server {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

const std::string id_only = R"([["id","long"]])";

class CatalogTest : public testing::Test {
 protected:
  std::shared_ptr<Table> create(Catalog& catalog, const std::string& name,
                                const std::string& collection = "", TableDescription is = {}) {
    return catalog.create_table(name, id_only, collection, false, std::move(is));
  }

  MemoryBudget budget_{1 << 20};
  MonitorPublisher publisher_{"127.0.0.1", 0};
  TimeToLive::Clock::time_point now_{};
  Catalog catalog_{budget_, publisher_, kinetica_version("7.2"), [this] { return now_; }};
  Catalog old_{budget_, publisher_, kinetica_version("7.0")};
};

TEST_F(CatalogTest, EqualTypesShareAnId) {
  const auto type = catalog_.create_type(id_only, "", {});
  EXPECT_EQ(catalog_.create_type(id_only, "", {})->id, type->id);
  EXPECT_NE(catalog_.create_type(id_only, "label", {})->id, type->id);
  EXPECT_EQ(catalog_.find_type(type->id), type);
  EXPECT_EQ(catalog_.find_type("7"), nullptr);
}

TEST_F(CatalogTest, TypesWithoutTablesMakeRoomForOthers) {
  const auto kept = create(catalog_, "t")->type();
  for (int i = 0; i < 10'100; ++i) catalog_.create_type(id_only, std::to_string(i), {});
  EXPECT_LE(catalog_.types().size(), 10'000u);
  EXPECT_EQ(catalog_.find_type(kept->id), kept);
}

TEST_F(CatalogTest, TableExpiresWhenNobodyUsesIt) {
  TableDescription is;
  is.ttl = 2;
  create(catalog_, "t", "", is);
  now_ += minutes(1);
  EXPECT_NE(catalog_.find_table("t"), nullptr);  // starts anew
  now_ += minutes(1);
  EXPECT_EQ(catalog_.tables().size(), 1u);
  EXPECT_EQ(catalog_.find_table("t")->time_to_live().remaining_minutes(now_), 2);
  now_ += minutes(2);
  EXPECT_EQ(catalog_.find_table("t"), nullptr);
  EXPECT_TRUE(catalog_.tables().empty());
  EXPECT_NO_THROW(create(catalog_, "t"));
}

TEST_F(CatalogTest, ExpiredTablesTakeTheirMonitorsAlong) {
  const auto table = create(catalog_, "t");
  catalog_.add_monitor("topic", MonitorOptions{}, table);
  catalog_.describe_table(table, [](TableDescription& is) { is.ttl = 0; });
  EXPECT_TRUE(catalog_.tables().empty());
  EXPECT_TRUE(catalog_.monitors().empty());
}

TEST_F(CatalogTest, TableMovesToAnotherNameAndSchema) {
  const auto table = create(catalog_, "t");
  create(catalog_, "taken");
  EXPECT_THROW(catalog_.move_table(table, "ki_home", "taken", false), base::Error);
  EXPECT_THROW(catalog_.move_table(table, "s", "t", false), base::Error);
  EXPECT_THROW(catalog_.move_table(table, "ki_home", "a/b", false), base::Error);
  EXPECT_EQ(catalog_.find_table("ki_home.t"), table);
  catalog_.move_table(table, "s", "u", true);
  EXPECT_EQ(table->qualified_name(), "s.u");
  EXPECT_EQ(catalog_.find_table("s.u"), table);
  EXPECT_EQ(catalog_.find_table("t"), nullptr);
}

TEST_F(CatalogTest, SchemaIsRenamedWithItsTables) {
  const auto table = create(catalog_, "t", "s");
  catalog_.create_schema("other");
  EXPECT_THROW(catalog_.rename_schema("s", "other"), base::Error);
  EXPECT_THROW(catalog_.rename_schema("none", "new"), base::Error);
  EXPECT_THROW(catalog_.rename_schema("ki_home", "new"), base::Error);
  EXPECT_THROW(catalog_.rename_schema("s", "a.b"), base::Error);
  catalog_.rename_schema("s", "new");
  EXPECT_EQ(catalog_.find_table("new.t"), table);
  EXPECT_EQ(catalog_.find_table("s.t"), nullptr);
  EXPECT_THAT(catalog_.schemas(), ElementsAre("ki_home", "new", "other"));
}

TEST_F(CatalogTest, SchemaWithTablesIsDroppedOnlyWithThem) {
  create(catalog_, "t", "s");
  EXPECT_THROW(catalog_.drop_schema("s", false), base::Error);
  EXPECT_TRUE(catalog_.drop_schema("s", true));
  EXPECT_EQ(catalog_.find_table("s.t"), nullptr);
  EXPECT_FALSE(catalog_.drop_schema("s", true));
  EXPECT_THROW(catalog_.drop_schema("ki_home", true), base::Error);
}

TEST_F(CatalogTest, DottedNameWinsOverTheCollection) {
  catalog_.create_schema("s");
  EXPECT_EQ(create(catalog_, "s.t", "other")->qualified_name(), "s.t");
  EXPECT_EQ(create(catalog_, "s.u", "")->qualified_name(), "s.u");
  EXPECT_FALSE(catalog_.has_schema("other"));
  EXPECT_THROW(create(catalog_, "none.t"), base::Error);
}

TEST_F(CatalogTest, NamesFollowTheDocumentedRules) {
  for (const char* good : {"a", "_a", "#a", "1a", "a b", "a-b", "a:b", "a{}[]()", "ä"}) {
    EXPECT_NO_THROW(create(catalog_, good)) << good;
  }
  for (const std::string& bad :
       std::initializer_list<std::string>{"", " a", "-a", "a/b", "a\"b", "a'b", "a\nb", "s.a.b",
                                          "a.", std::string(201, 'a'), "\xff"}) {
    EXPECT_THROW(create(catalog_, bad), base::Error) << bad;
  }
}

TEST_F(CatalogTest, NameOf70IsUniqueInTheDatabase) {
  const auto table = create(old_, "t", "c");
  EXPECT_EQ(old_.find_table("t"), table);
  EXPECT_EQ(old_.name_of(*table), "t");
  EXPECT_THROW(create(old_, "t"), base::Error);
  EXPECT_THROW(create(old_, "t", "d"), base::Error);
  EXPECT_THROW(create(old_, "c"), base::Error);
  EXPECT_EQ(create(old_, "a.b")->qualified_name(), "a.b");
  EXPECT_EQ(old_.tables("").size(), 1u);
  old_.move_table(table, "e", "t", true);
  EXPECT_EQ(old_.find_table("t"), table);
  EXPECT_EQ(table->schema(), "e");
}

TEST_F(CatalogTest, DescriptionIsWrittenAsJsonAndReadBack) {
  TableDescription is{.schema = "s",
                      .name = "t",
                      .replicated = true,
                      .ttl = 5,
                      .storage_options = {{"chunk_size", "8"}},
                      .comments = {{"", "all"}},
                      .indexes = {"a"},
                      .foreign_keys = {"(a) references b(c)"}};
  EXPECT_EQ(wire::decode_json<TableDescription>(wire::encode_json(is)), is);
}

}  // namespace
}  // namespace kc::server
