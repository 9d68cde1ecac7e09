// /alter/table and /alter/table/columns over HTTP.
#include <gmock/gmock.h>

#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AlterTableTest : public testing::Test {
 protected:
  std::string create(const std::string& columns, const std::string& name = "t") {
    return client_
        .ask<wire::CreateTableResponse>(
            wire::CreateTableRequest{.table_name = name, .type_id = columns})
        .type_id;
  }
  void insert(const std::vector<std::string>& rows) {
    client_.ask<wire::InsertRecordsResponse>(
        wire::InsertRecordsRequest{.table_name = "t", .list_str = rows, .list_encoding = "json"});
  }
  void sql(const std::string& statement) {
    client_.ask<wire::ExecuteSqlResponse>(wire::ExecuteSqlRequest{.statement = statement});
  }
  std::vector<std::string> rows() {
    return client_
        .ask<wire::GetRecordsResponse>(
            wire::GetRecordsRequest{.table_name = "t", .encoding = "json"})
        .records_json;
  }
  wire::AlterTableColumnsResponse alter(const std::vector<wire::Options>& alterations,
                                        const wire::Options& options = {}) {
    return client_.ask<wire::AlterTableColumnsResponse>(wire::AlterTableColumnsRequest{
        .table_name = "t", .column_alterations = alterations, .options = options});
  }
  wire::AlterTableResponse alter(const std::string& action, const std::string& value,
                                 const wire::Options& options = {}) {
    return client_.ask<wire::AlterTableResponse>(wire::AlterTableRequest{
        .table_name = "t", .action = action, .value = value, .options = options});
  }
  std::string error_of(const std::function<void()>& call) {
    try {
      call();
      return "";
    } catch (const base::Error& e) {
      return e.what();
    }
  }
  wire::ShowTableResponse show(const std::string& name = "t") {
    return client_.ask<wire::ShowTableResponse>(wire::ShowTableRequest{.table_name = name});
  }

  Server server_;
  TestClient client_{server_.url()};
};

TEST_F(AlterTableTest, AddedColumnsAreNullOrTheirDefaultInOldRows) {
  const std::string old_id = create(R"([["id","long","primary_key"]])");
  insert({R"({"id":1})"});
  const auto altered =
      alter({{{"action", "add_column"},
              {"column_name", "n"},
              {"column_type", "int"},
              {"column_properties", "nullable"},
              {"column_default_value", "5"}},
             {{"action", "add_column"},
              {"column_name", "d"},
              {"column_type", "string"},
              {"column_properties", "char8,dict"},
              {"column_default_value", "new"}},
             {{"action", "add_column"},
              {"column_name", "x"},
              {"type", "double"},
              {"default_value", "1.5"}},
             {{"action", "add_column"},
              {"column_name", "c"},
              {"column_type", "long"},
              {"add_column_expression", "id"}},
             {{"action", "add_column"}, {"column_name", "z"}, {"column_type", "date"}}});
  EXPECT_NE(altered.type_id, old_id);
  EXPECT_EQ(altered.column_alterations.size(), 5u);
  EXPECT_THAT(altered.properties.at("d"), ElementsAre("char8", "dict"));
  EXPECT_EQ(show().type_ids.at(0), altered.type_id);
  EXPECT_EQ(show().type_schemas.at(0), altered.type_definition);
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"n":null,"d":"new","x":1.5,"c":1,"z":"1970-01-01"})"));
  insert({R"({"id":2,"n":3,"d":"y","x":2.0,"c":0,"z":"2024-01-01"})"});
  EXPECT_EQ(rows().size(), 2u);
}

TEST_F(AlterTableTest, ChangesAsTheKafkaConnectorSendsThem) {
  create(R"([["id","long","primary_key"],["a","int"],["s","string","char16"]])");
  insert({R"({"id":1,"a":7,"s":"x"})"});
  const auto altered = alter({{{"action", "add_column"},
                               {"column_name", "b"},
                               {"column_type", "byte"},
                               {"column_properties", "nullable"}},
                              {{"action", "change_column"},
                               {"column_name", "a"},
                               {"column_type", "int"},
                               {"column_properties", "nullable"}},
                              {{"action", "change_column"},
                               {"column_name", "s"},
                               {"column_type", "string"},
                               {"column_properties", "nullable,char16"}}},
                             {{"column_properties", "nullable"}});
  const auto type = wire::TableType::parse(altered.type_definition, altered.properties);
  EXPECT_EQ(type.columns().at(3).type, wire::BaseType::bytes);
  for (size_t i = 1; i < 4; ++i) EXPECT_TRUE(type.columns().at(i).nullable()) << i;
  EXPECT_FALSE(type.columns().at(0).nullable());
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"a":7,"s":"x","b":null})"));
}

TEST_F(AlterTableTest, ValuesAreConvertedToTheNewType) {
  create(R"([["a","int"],["b","string"],["c","double"],["d","timestamp"],["e","date"],)"
         R"(["f","decimal"],["g","long"],["h","string"]])");
  insert({R"({"a":7,"b":"12","c":2.75,"d":0,"e":"2024-02-29","f":"1.25","g":3,"h":"2020-01-01"})"});
  const auto to = [](const char* name, const char* type) {
    return wire::Options{{"action", "change_column"}, {"column_name", name}, {"column_type", type}};
  };
  alter({to("a", "string"), to("b", "long"), to("c", "int"), to("d", "datetime"),
         to("e", "timestamp"), to("f", "double"), to("g", "float"), to("h", "date")});
  EXPECT_THAT(rows(), ElementsAre(R"({"a":"7","b":12,"c":2,"d":"1970-01-01 00:00:00.000",)"
                                  R"("e":1709164800000,"f":1.25,"g":3.0,"h":"2020-01-01"})"));
}

TEST_F(AlterTableTest, ValueThatDoesNotFitPreventsEveryChange) {
  create(R"([["a","int"],["s","string"]])");
  insert({R"({"a":300,"s":"long text"})"});
  const wire::Options narrow = {
      {"action", "change_column"}, {"column_name", "a"}, {"column_type", "int8"}};
  const wire::Options add = {
      {"action", "add_column"}, {"column_name", "n"}, {"column_type", "int"}};
  EXPECT_THAT(error_of([&] { alter({add, narrow}); }), HasSubstr("`a`"));
  EXPECT_THAT(error_of([&] {
                alter("change_column", "s", {{"column_type", "int"}});
              }),
              HasSubstr("`long text` cannot become int"));
  EXPECT_THAT(rows(), ElementsAre(R"({"a":300,"s":"long text"})"));
  auto cut = narrow;
  cut["validate_change_column"] = "false";
  alter({cut,
         {{"action", "change_column"},
          {"column_name", "s"},
          {"column_type", "char4"},
          {"validate_change_column", "false"}}});
  EXPECT_THAT(rows(), ElementsAre(R"({"a":127,"s":"long"})"));
}

TEST_F(AlterTableTest, NullsKeepAColumnNullable) {
  create(R"([["a","int","nullable"]])");
  insert({R"({"a":null})"});
  EXPECT_THAT(error_of([&] {
                alter("change_column", "a", {{"column_type", "int"}});
              }),
              HasSubstr("nulls"));
}

TEST_F(AlterTableTest, ColumnsAreRenamedAndDeletedInOrder) {
  create(R"([["id","long","primary_key"],["col_1","int"],["b","int"]])");
  insert({R"({"id":1,"col_1":2,"b":3})"});
  alter("create_index", "col_1");
  alter({{{"action", "change_column"}, {"column_name", "col_1"}, {"rename_column", "col_2"}},
         {{"action", "add_column"},
          {"column_name", "col_1"},
          {"type", "int"},
          {"default_value", "1"}},
         {{"action", "delete_column"}, {"column_name", "b"}}});
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"col_2":2,"col_1":1})"));
  EXPECT_EQ(show().additional_info.at(0).at("attribute_indexes"), "col_2");
  alter({{{"action", "rename_column"}, {"column_name", "col_2"}, {"rename_column", "c"}}});
  EXPECT_THAT(rows(), ElementsAre(R"({"id":1,"c":2,"col_1":1})"));
}

TEST_F(AlterTableTest, WhatCannotBeAlteredSaysWhy) {
  create(R"([["id","long","primary_key"],["k","int"]])");
  const auto refused = [&](const std::string& action, const std::string& value,
                           const wire::Options& options, const std::string& why) {
    EXPECT_THAT(error_of([&] { alter(action, value, options); }), HasSubstr(why)) << action;
  };
  refused("change_column", "id", {{"column_type", "int"}}, "`id` is part of the primary");
  refused("delete_column", "id", {}, "`id` is part of the primary");
  refused("delete_column", "none", {}, "Column not found: none");
  refused("add_column", "k", {{"column_type", "int"}}, "`k` exists already");
  refused("add_column", "x", {}, "column_type");
  refused("add_column", "x", {{"column_type", "text"}}, "`text` is not a type");
  refused("add_column", "x", {{"column_type", "int"}, {"column_properties", "primary_key"}}, "key");
  refused("add_column", "x", {{"column_type", "int"}, {"column_default_value", "many"}},
          "`many` cannot become int");
  refused("add_column", "x", {{"column_type", "date"}, {"column_default_value", "today"}},
          "`today` is refused");
  refused("add_column", "x", {{"column_type", "int"}, {"add_column_expression", "k + 1"}},
          "`k + 1`");
  refused("change_column", "k", {{"column_type", "bytes"}}, "cannot become bytes");
  refused("change_column", "k", {{"rename_column", "id"}}, "`id` exists already");
  refused("rename_column", "k", {}, "rename_column");
  refused("create_index", "none", {}, "Column not found");
  refused("delete_index", "k", {}, "does not have");
  refused("ttl", "soon", {}, "`soon`");
  refused("set_global_access_mode", "closed", {}, "`closed`");
  refused("add_partition", "p", {}, "`add_partition`");
  refused("no_such_action", "", {}, "`no_such_action`");
  EXPECT_THAT(error_of([&] {
                alter({{{"action", "merge"}, {"column_name", "k"}}});
              }),
              HasSubstr("`merge`"));
  EXPECT_EQ(show().type_schemas.at(0).find("\"x\""), std::string::npos);
}

TEST_F(AlterTableTest, DefaultsAndKeyPropertiesComeAndGo) {
  create(R"([["a","int","shard_key"],["s","char8","text_search"]])");
  EXPECT_THAT(alter("set_default", "s", {{"add_column_expression", "'x'"}}).properties.at("s"),
              ElementsAre("char8", "text_search", "default('x')"));
  EXPECT_THAT(alter("delete_default", "s").properties.at("s"), ElementsAre("char8", "text_search"));
  EXPECT_THAT(alter("remove_text_search_attributes", "").properties.at("s"), ElementsAre("char8"));
  EXPECT_FALSE(alter("remove_shard_keys", "").properties.contains("a"));
}

TEST_F(AlterTableTest, TableIsRenamedAndMoved) {
  create(R"([["a","int"]])");
  EXPECT_EQ(alter("rename_table", "u").table_name, "t");
  EXPECT_THAT(error_of([&] { show(); }), HasSubstr("Table not found: t"));
  EXPECT_EQ(show("u").table_names.at(0), "u");
  client_.ask<wire::AlterTableResponse>(
      wire::AlterTableRequest{.table_name = "u", .action = "move_to_collection", .value = "s"});
  EXPECT_EQ(show("s.u").additional_info.at(0).at("schema_name"), "s");
  client_.ask<wire::AlterTableResponse>(
      wire::AlterTableRequest{.table_name = "s.u", .action = "move_to_schema", .value = ""});
  EXPECT_EQ(show("ki_home.u").additional_info.at(0).at("schema_name"), "ki_home");
  EXPECT_THROW(client_.ask<wire::AlterTableResponse>(wire::AlterTableRequest{
                   .table_name = "u", .action = "move_to_schema", .value = "none"}),
               base::Error);
}

TEST_F(AlterTableTest, SettingsAreShown) {
  create(R"([["a","int"]])");
  alter("ttl", "7");
  alter("protected", "true");
  alter("add_comment", "what it is");
  alter("create_foreign_key", "(a) references b(c) as k");
  alter("create_index", "a", {{"index_type", "chunk_skip"}});
  const auto info = show().additional_info.at(0);
  EXPECT_EQ(info.at("table_ttl"), "7");
  EXPECT_EQ(info.at("attribute_indexes"), "chunk_skip@a");
  EXPECT_EQ(info.at("foreign_keys"), "(a) references b(c) as k");
  alter("delete_foreign_key", "k");
  alter("ttl", "-1");
  EXPECT_FALSE(show().additional_info.at(0).contains("foreign_keys"));
  EXPECT_FALSE(show().additional_info.at(0).contains("table_ttl"));
  alter("ttl", "0");
  EXPECT_THROW(show(), base::Error);
}

TEST_F(AlterTableTest, AccessModeBindsReadersAndWriters) {
  create(R"([["a","int"]])");
  alter("set_global_access_mode", "read_only");
  EXPECT_THAT(error_of([&] { insert({R"({"a":1})"}); }), HasSubstr("read_only"));
  EXPECT_THAT(error_of([&] { sql("INSERT INTO t VALUES (1)"); }), HasSubstr("read_only"));
  EXPECT_THAT(error_of([&] { sql("DELETE FROM t"); }), HasSubstr("read_only"));
  EXPECT_TRUE(rows().empty());
  sql("SELECT * FROM t");
  alter("set_global_access_mode", "write_only");
  insert({R"({"a":1})"});
  EXPECT_THAT(error_of([&] { rows(); }), HasSubstr("write_only"));
  EXPECT_THAT(error_of([&] { sql("SELECT * FROM t"); }), HasSubstr("write_only"));
  alter("set_global_access_mode", "read_write");
  EXPECT_EQ(rows().size(), 1u);
}

}  // namespace
}  // namespace kc::server
