// Types, tables, schemas, collections and permissions over HTTP.
#include <gmock/gmock.h>

#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* id_only = R"([["id","long"]])";

class Tables {
 public:
  explicit Tables(const char* version) : server_({.kinetica = kinetica_version(version)}) {}

  wire::CreateTableResponse create(const std::string& name, const wire::Options& options = {},
                                   const std::string& type = id_only) {
    return client.ask<wire::CreateTableResponse>(
        wire::CreateTableRequest{.table_name = name, .type_id = type, .options = options});
  }
  wire::ShowTableResponse show(const std::string& name, const wire::Options& options = {}) {
    return client.ask<wire::ShowTableResponse>(
        wire::ShowTableRequest{.table_name = name, .options = options});
  }
  std::string error_of_create(const wire::Options& options, const std::string& type = id_only) {
    try {
      create("refused", options, type);
      return "";
    } catch (const base::Error& e) {
      return e.what();
    }
  }

 private:
  Server server_;

 public:
  TestClient client{server_.url()};
};

TEST(TablesEndpoints, TypeIsEchoedFoundAndShown) {
  Tables tables("7.2");
  const auto type = tables.client.ask<wire::CreateTypeResponse>(wire::CreateTypeRequest{
      .type_definition = R"([["id","long","primary_key"],["s","char8","nullable"]])",
      .label = "label"});
  EXPECT_EQ(wire::TableType::parse(type.type_definition, type.properties).columns().size(), 2u);
  EXPECT_TRUE(
      tables.client.ask<wire::HasTypeResponse>(wire::HasTypeRequest{type.type_id}).type_exists);
  EXPECT_FALSE(tables.client.ask<wire::HasTypeResponse>(wire::HasTypeRequest{"x"}).type_exists);
  const auto shown =
      tables.client.ask<wire::ShowTypesResponse>(wire::ShowTypesRequest{.label = "label"});
  EXPECT_THAT(shown.type_ids, ElementsAre(type.type_id));
  EXPECT_EQ(shown.properties.at(0), type.properties);
}

TEST(TablesEndpoints, TableIsCreatedFromAColumnList) {
  Tables tables("7.2");
  const auto created = tables.create("t");
  EXPECT_EQ(created.info.at("qualified_table_name"), "ki_home.t");
  EXPECT_EQ(tables.show("t").type_ids.at(0), created.type_id);
}

TEST(TablesEndpoints, ExistingTableIsFineOnlyWhenItIsOfThatType) {
  Tables tables("7.2");
  tables.create("t");
  EXPECT_THROW(tables.create("t"), base::Error);
  const wire::Options fine = {{"no_error_if_exists", "true"}};
  EXPECT_EQ(tables.create("t", fine).type_id, tables.show("t").type_ids.at(0));
  EXPECT_THROW(tables.create("t", fine, R"([["id","int"]])"), base::Error);
}

TEST(TablesEndpoints, OptionsOfATableAreShown) {
  Tables tables("7.2");
  tables.create("t", {{"is_replicated", "true"},
                      {"is_result_table", "TRUE"},
                      {"ttl", "3"},
                      {"chunk_size", "1000"},
                      {"partition_type", "HASH"},
                      {"partition_keys", "id"},
                      {"foreign_keys", "(id) references a(b);(id) references c(d) as e"},
                      {"no_such_option", "x"}});
  const auto shown = tables.show("t", {{"get_column_info", "true"}, {"get_sizes", "true"}});
  EXPECT_THAT(shown.table_descriptions.at(0), ElementsAre("REPLICATED", "RESULT_TABLE"));
  const auto& info = shown.additional_info.at(0);
  EXPECT_EQ(info.at("table_ttl"), "3");
  EXPECT_EQ(info.at("remaining_table_ttl"), "3");
  EXPECT_EQ(info.at("user_chunk_size"), "1000");
  EXPECT_EQ(info.at("partition_type"), "HASH");
  EXPECT_EQ(info.at("foreign_keys"), "(id) references a(b);(id) references c(d) as e");
  EXPECT_EQ(wire::Json::parse(info.at("column_info"))["id"]["memory_usage"], "0");
  EXPECT_THAT(shown.sizes, ElementsAre(0));
  EXPECT_THAT(tables.show("t", {{"skip_additional_info", "true"}}).additional_info.at(0),
              IsEmpty());
}

TEST(TablesEndpoints, PlainTableShowsItsSchemaAndNothingElse) {
  Tables tables("7.2");
  tables.create("t");
  const auto shown = tables.show("t");
  EXPECT_EQ(shown.additional_info.at(0),
            (wire::Options{{"schema_name", "ki_home"}, {"collection_names", "ki_home"}}));
  EXPECT_THAT(shown.table_descriptions.at(0), IsEmpty());
  EXPECT_THAT(shown.sizes, IsEmpty());
  EXPECT_EQ(shown.total_size, -1);
  EXPECT_EQ(shown.total_full_size, -1);
}

TEST(TablesEndpoints, BadOptionsOfATableAreRefused) {
  Tables tables("7.2");
  EXPECT_THAT(tables.error_of_create({{"ttl", "soon"}}), HasSubstr("`soon`"));
  EXPECT_THAT(tables.error_of_create({{"ttl", "-2"}}), HasSubstr("`-2`"));
  EXPECT_THAT(tables.error_of_create({{"partition_type", "X"}}), HasSubstr("`X`"));
  EXPECT_THAT(tables.error_of_create({{"chunk_size", "0"}}), HasSubstr("chunk_size"));
  EXPECT_THAT(tables.error_of_create({{"load_vectors_policy", "never"}}), HasSubstr("`never`"));
  EXPECT_THAT(tables.error_of_create({{"is_replicated", "true"}}, R"([["k","int","shard_key"]])"),
              HasSubstr("shard key"));
  EXPECT_THAT(
      tables.error_of_create({{"is_result_table", "true"}}, R"([["k","string","text_search"]])"),
      HasSubstr("text_search"));
  EXPECT_THAT(tables.error_of_create({}, "77"), HasSubstr("`77`"));
}

TEST(TablesEndpoints, TemporaryTableGetsANameOfItsOwn) {
  Tables tables("7.2");
  const auto one = tables.create("", {{"create_temp_table", "true"}});
  const std::string name = one.info.at("qualified_table_name");
  EXPECT_TRUE(name.starts_with("sys_temp.")) << name;
  EXPECT_NE(name,
            tables.create("", {{"create_temp_table", "true"}}).info.at("qualified_table_name"));
  EXPECT_EQ(tables.show(name).additional_info.at(0).at("schema_name"), "sys_temp");
  EXPECT_EQ(tables.show("").table_names.size(), 2u);
  EXPECT_THAT(tables.show("", {{"skip_temp_schemas", "true"}}).table_names, IsEmpty());
}

TEST(TablesEndpoints, EmptyCollectionNameMeansNone) {
  Tables tables("7.1");
  EXPECT_EQ(tables.create("t", {{"collection_name", ""}}).info.at("qualified_table_name"),
            "ki_home.t");
  tables.client.ask<wire::CreateSchemaResponse>(wire::CreateSchemaRequest{"s"});
  EXPECT_EQ(tables.create("s.t", {{"collection_name", ""}}).info.at("qualified_table_name"), "s.t");
}

TEST(TablesEndpoints, SchemasAreShownRenamedAndDropped) {
  Tables tables("7.2");
  auto& client = tables.client;
  tables.create("a", {{"collection_name", "s"}});
  auto shown = client.ask<wire::ShowSchemaResponse>(wire::ShowSchemaRequest{});
  EXPECT_THAT(shown.schema_names, ElementsAre("ki_home", "s"));
  EXPECT_THAT(shown.schema_tables.at(1), ElementsAre("a"));
  EXPECT_EQ(shown.additional_info.size(), 2u);
  EXPECT_THROW(client.ask<wire::ShowSchemaResponse>(wire::ShowSchemaRequest{"none"}), base::Error);
  EXPECT_THAT(client
                  .ask<wire::ShowSchemaResponse>(
                      wire::ShowSchemaRequest{"none", {{"no_error_if_not_exists", "true"}}})
                  .schema_names,
              IsEmpty());
  client.ask<wire::AlterSchemaResponse>(
      wire::AlterSchemaRequest{.schema_name = "s", .action = "rename_schema", .value = "n"});
  EXPECT_THAT(tables.show("n.a").table_names, ElementsAre("a"));
  EXPECT_THROW(client.ask<wire::AlterSchemaResponse>(
                   wire::AlterSchemaRequest{.schema_name = "n", .action = "paint"}),
               base::Error);
  EXPECT_THAT(tables.show("*").table_names, ElementsAre("ki_home", "n", "n.a"));
  EXPECT_THAT(tables.show("n").table_names, ElementsAre("n.a"));
  const auto schema = tables.show("n", {{"show_children", "false"}});
  EXPECT_THAT(schema.table_descriptions.at(0), ElementsAre("COLLECTION", "SCHEMA"));
  EXPECT_EQ(schema.type_labels.at(0), "<collection>");
  EXPECT_EQ(schema.type_schemas.at(0), "");

  EXPECT_THROW(client.ask<wire::DropSchemaResponse>(wire::DropSchemaRequest{"n"}), base::Error);
  client.ask<wire::DropSchemaResponse>(wire::DropSchemaRequest{"n", {{"cascade", "true"}}});
  EXPECT_THROW(client.ask<wire::DropSchemaResponse>(wire::DropSchemaRequest{"n"}), base::Error);
  EXPECT_NO_THROW(client.ask<wire::DropSchemaResponse>(
      wire::DropSchemaRequest{"n", {{"no_error_if_not_exists", "true"}}}));
  EXPECT_THAT(tables.show("n.a", {{"no_error_if_not_exists", "true"}}).table_names, IsEmpty());
}

TEST(TablesEndpoints, Version70HasCollections) {
  Tables tables("7.0");
  const auto created = tables.create("t", {{"collection_name", "c"}});
  EXPECT_FALSE(created.info.contains("qualified_table_name"));
  EXPECT_TRUE(tables.create("d", {{"is_collection", "true"}}, "").is_collection);
  tables.create("top");
  EXPECT_EQ(tables.show("t").additional_info.at(0).at("collection_names"), "c");
  EXPECT_EQ(tables.show("top").additional_info.at(0).at("collection_names"), "");
  EXPECT_FALSE(tables.show("t").additional_info.at(0).contains("schema_name"));
  EXPECT_FALSE(
      tables.show("c", {{"show_children", "false"}}).additional_info.at(0).contains("schema_name"));
  EXPECT_THAT(tables.show("c").table_names, ElementsAre("t"));
  EXPECT_THAT(tables.show("").table_names, ElementsAre("c", "d", "top"));
  EXPECT_THAT(tables.show("c", {{"show_children", "false"}}).table_descriptions.at(0),
              ElementsAre("COLLECTION"));
  tables.client.ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "c"});
  EXPECT_THROW(tables.show("t"), base::Error);
  for (const char* path : {"/create/schema", "/has/schema", "/drop/schema", "/show/schema",
                           "/alter/schema", "/has/permission", "/no/such"}) {
    EXPECT_EQ(tables.client.post(path, "").status, 404) << path;
  }
  EXPECT_EQ(tables.client.properties().at("version.gpudb_core_version").substr(0, 4), "7.0.");
}

TEST(TablesEndpoints, GrantsAreRememberedAndShown) {
  Tables tables("7.2");
  auto& client = tables.client;
  client.ask<wire::GrantPermissionResponse>(
      wire::GrantPermissionRequest{.principal = "ann",
                                   .object = "t",
                                   .object_type = "table",
                                   .permission = "insert",
                                   .options = {{"filter_expression", "id > 1"}}});
  client.ask<wire::GrantPermissionTableResponse>(wire::GrantPermissionTableRequest{
      .grantee = "ann", .permission = "table_read", .table_name = "t"});
  client.ask<wire::GrantPermissionSystemResponse>(
      wire::GrantPermissionSystemRequest{.grantee = "bob", .permission = "system_admin"});
  client.ask<wire::GrantRoleResponse>(wire::GrantRoleRequest{.role = "readers", .member = "ann"});
  auto shown = client.ask<wire::ShowSecurityResponse>(wire::ShowSecurityRequest{});
  EXPECT_EQ(shown.types.at("ann"), "internal_user");
  EXPECT_EQ(shown.types.at("readers"), "role");
  EXPECT_THAT(shown.roles.at("ann"), ElementsAre("readers"));
  EXPECT_EQ(shown.permissions.at("ann").size(), 2u);
  EXPECT_EQ(shown.permissions.at("ann").at(0).at("filter_expression"), "id > 1");
  client.ask<wire::RevokePermissionResponse>(wire::RevokePermissionRequest{
      .principal = "ann", .object = "t", .object_type = "table", .permission = "insert"});
  EXPECT_THROW(
      client.ask<wire::RevokePermissionResponse>(wire::RevokePermissionRequest{
          .principal = "ann", .object = "t", .object_type = "table", .permission = "insert"}),
      base::Error);
  client.ask<wire::RevokePermissionTableResponse>(wire::RevokePermissionTableRequest{
      .grantee = "ann", .permission = "table_read", .table_name = "t"});
  client.ask<wire::RevokePermissionSystemResponse>(
      wire::RevokePermissionSystemRequest{.grantee = "bob", .permission = "system_admin"});
  client.ask<wire::RevokeRoleResponse>(wire::RevokeRoleRequest{.role = "readers", .member = "ann"});
  shown = client.ask<wire::ShowSecurityResponse>(wire::ShowSecurityRequest{.names = {"ann"}});
  EXPECT_EQ(shown.types.size(), 1u);
  EXPECT_THAT(shown.permissions.at("ann"), IsEmpty());
  EXPECT_THAT(shown.roles.at("ann"), IsEmpty());
  EXPECT_THROW(client.ask<wire::GrantPermissionSystemResponse>(
                   wire::GrantPermissionSystemRequest{.grantee = "", .permission = "x"}),
               base::Error);
  EXPECT_TRUE(client.ask<wire::HasPermissionResponse>(wire::HasPermissionRequest{}).has_permission);
}

}  // namespace
}  // namespace kc::server
