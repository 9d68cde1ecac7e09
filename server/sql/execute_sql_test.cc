// SQL over HTTP, as a client sees it: statements, results, pages, parameters, errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::HasSubstr;
using wire::Json;

class SqlTest : public testing::Test {
 protected:
  wire::ExecuteSqlResponse run(const std::string& statement, const wire::Options& options = {},
                               int64_t offset = 0, int64_t limit = wire::end_of_set) {
    return client_.ask<wire::ExecuteSqlResponse>(wire::ExecuteSqlRequest{.statement = statement,
                                                                         .offset = offset,
                                                                         .limit = limit,
                                                                         .encoding = "json",
                                                                         .options = options});
  }
  // The rows of a result: [[1,"a"],[2,null]].
  std::string rows(const std::string& statement, const wire::Options& options = {}) {
    return rows_of(run(statement, options));
  }
  static std::string rows_of(const wire::ExecuteSqlResponse& response) {
    const Json json = Json::parse(response.json_encoded_response);
    Json rows = Json::array();
    for (size_t row = 0; row < json["column_1"].size(); ++row) {
      rows.push_back(Json::array());
      for (size_t column = 1; column <= json["column_headers"].size(); ++column) {
        rows.back().push_back(json["column_" + std::to_string(column)][row]);
      }
    }
    return rows.dump();
  }
  std::string error(const std::string& statement, const wire::Options& options = {}) {
    try {
      run(statement, options);
    } catch (const base::Error& e) {
      return e.what();
    }
    return "no error";
  }
  void create_orders() {
    run("CREATE TABLE orders (id INT NOT NULL, name VARCHAR(16), price DECIMAL(10, 2), "
        "at TIMESTAMP, PRIMARY KEY (id))");
    run("INSERT INTO orders VALUES (1, 'pen', 1.50, '2024-02-29 12:34:56.789'), "
        "(2, 'it''s', -10, NULL), (3, NULL, 2, '2023-01-01')");
  }

  Server server_;
  TestClient client_{server_.url()};
};

TEST_F(SqlTest, ConstantIsAnsweredAsTheClientsWereSeenToTakeIt) {
  const auto response = client_.ask<wire::ExecuteSqlResponse>(
      wire::ExecuteSqlRequest{.statement = "select 1", .limit = 10});
  EXPECT_EQ(response.count_affected, 1);
  EXPECT_EQ(response.total_number_of_records, 1);
  EXPECT_FALSE(response.has_more_records);
  EXPECT_EQ(response.paging_table, "");
  EXPECT_EQ(response.binary_encoded_response, std::string_view("\2\2\0\2\6one\0\2\6int\0", 15));
  EXPECT_THAT(response.response_schema_str, HasSubstr(R"("items": "int")"));
}

TEST_F(SqlTest, RowsAreChosenComputedOrderedAndCut) {
  create_orders();
  EXPECT_EQ(rows("SELECT * FROM orders WHERE id = 1"), R"([[1,"pen","1.50",1709210096789]])");
  EXPECT_EQ(rows("SELECT name, id FROM orders ORDER BY id DESC"),
            R"([[null,3],["it's",2],["pen",1]])");
  EXPECT_EQ(
      rows("select o.id from ki_home.orders as o where o.name is not null and o.id in (2, 3);"),
      "[[2]]");
  EXPECT_EQ(rows("SELECT id FROM orders ORDER BY price LIMIT 1 OFFSET 1"), "[[1]]");
  EXPECT_EQ(rows("SELECT id FROM orders OFFSET 2 LIMIT 5"), "[[3]]");
  EXPECT_EQ(rows(R"(SELECT "id" * 2 AS "twice" FROM orders WHERE at < '2024-01-01')"), "[[6]]");
  EXPECT_EQ(rows("SELECT id FROM orders WHERE price BETWEEN 1.5 AND 2 ORDER BY 1"), "[[1],[3]]");
  EXPECT_EQ(rows("SELECT id -- the key\nFROM orders /* all */ WHERE name LIKE '%t%'"), "[[2]]");
  EXPECT_EQ(rows("SELECT name FROM orders ORDER BY name"), R"([[null],["it's"],["pen"]])");
  EXPECT_EQ(rows("SELECT name FROM orders ORDER BY name NULLS LAST"),
            R"([["it's"],["pen"],[null]])");
  EXPECT_EQ(rows("SELECT id FROM orders WHERE id > 99"), "[]");
}

TEST_F(SqlTest, AggregatesCountRowsAndPassOverNulls) {
  create_orders();
  EXPECT_EQ(rows("SELECT COUNT(*), COUNT(name), MIN(name), MAX(id), SUM(id), AVG(id) FROM orders"),
            R"([[3,2,"it's",3,6,2.0]])");
  EXPECT_EQ(rows("SELECT count(*) AS n, min(id) FROM orders WHERE id > 5"), "[[0,null]]");
  EXPECT_EQ(rows("SELECT max(at), sum(price) FROM orders"), "[[1709210096789,-6.5]]");
  EXPECT_EQ(rows("SELECT count(*) + 1, -max(id) FROM orders"), "[[4,-3]]");
  EXPECT_EQ(rows("SELECT min(id) FROM orders HAVING count(*) > 3"), "[]");
  EXPECT_THAT(error("SELECT id, count(*) FROM orders"), HasSubstr("neither in GROUP BY"));
  EXPECT_THAT(error("SELECT * FROM orders HAVING count(*) > 1"), HasSubstr("`id` is neither"));
  EXPECT_THAT(error("SELECT sum(name) FROM orders"), HasSubstr("numbers"));
}

TEST_F(SqlTest, RowsAreGroupedByColumnsAndExpressions) {
  run("CREATE TABLE sales (shop VARCHAR(8), day DATE, amount DECIMAL(10, 2), weight DOUBLE)");
  run("INSERT INTO sales VALUES ('a', '2024-01-01', 1.5, 1), ('b', '2024-01-01', 2, NULL), "
      "('a', '2024-01-02', 4, 3), (NULL, '2024-01-02', 8, 5)");
  EXPECT_EQ(rows("SELECT shop, count(*), sum(amount), avg(weight) FROM sales GROUP BY shop"),
            R"([[null,1,8.0,5.0],["a",2,5.5,2.0],["b",1,2.0,null]])");
  EXPECT_EQ(rows("SELECT max(amount) AS most, SHOP FROM sales WHERE shop IS NOT NULL "
                 "GROUP BY shop HAVING count(*) > 0 ORDER BY most DESC LIMIT 1"),
            R"([["4","a"]])");
  EXPECT_EQ(rows("SELECT day, shop, count(*) FROM sales GROUP BY 1, shop ORDER BY 3, 2, 1"),
            R"([["2024-01-02",null,1],["2024-01-01","a",1],["2024-01-02","a",1],)"
            R"(["2024-01-01","b",1]])");
  EXPECT_EQ(rows("SELECT weight * 2 AS twice FROM sales GROUP BY twice ORDER BY sum(amount)"),
            "[[2.0],[null],[6.0],[10.0]]");
  EXPECT_EQ(rows("SELECT weight * 2 + count(*) FROM sales GROUP BY weight * 2 ORDER BY 1"),
            "[[null],[3.0],[7.0],[11.0]]");
  EXPECT_EQ(rows("SELECT DISTINCT shop FROM sales ORDER BY shop DESC"), R"([["b"],["a"],[null]])");
  EXPECT_EQ(rows("SELECT DISTINCT * FROM sales WHERE weight = 1"),
            R"([["a","2024-01-01","1.5",1.0]])");
  EXPECT_EQ(rows("SELECT shop FROM sales WHERE weight > 99 GROUP BY shop"), "[]");
  const Json result = Json::parse(
      run("SELECT shop, min(day), count(*) FROM sales GROUP BY shop").json_encoded_response);
  EXPECT_EQ(result["column_headers"].dump(), R"(["shop","EXPR$1","EXPR$2"])");
  EXPECT_EQ(result["column_datatypes"].dump(), R"(["char8","date","long"])");
  EXPECT_THAT(error("SELECT day FROM sales GROUP BY shop"), HasSubstr("`day` is neither"));
  EXPECT_THAT(error("SELECT shop FROM sales GROUP BY count(*)"), HasSubstr("no aggregate"));
  EXPECT_THAT(error("SELECT shop FROM sales GROUP BY 2"), HasSubstr("no such place"));
  EXPECT_THAT(error("SELECT sum(count(*)) FROM sales"), HasSubstr("count"));
  std::string many;
  for (int i = 0; i < 257; ++i) many += (i == 0 ? "amount + " : ", amount + ") + std::to_string(i);
  EXPECT_THAT(error("SELECT DISTINCT " + many + " FROM sales"), HasSubstr("256 keys"));
}

TEST_F(SqlTest, HeadersAndTypesAreTheColumns) {
  create_orders();
  const Json result =
      Json::parse(run("SELECT *, id AS key, id + 1 FROM orders").json_encoded_response);
  EXPECT_EQ(result["column_headers"].dump(), R"(["id","name","price","at","key","EXPR$5"])");
  EXPECT_EQ(result["column_datatypes"].dump(),
            R"x(["int","char16","decimal(10,2)","timestamp","int","long"])x");
}

TEST_F(SqlTest, EveryColumnTypeIsCreatedAndTakesItsConstants) {
  run("CREATE TABLE types (b BOOLEAN, ti TINYINT, si SMALLINT, i INTEGER, bi BIGINT, "
      "ub UNSIGNED BIGINT, r REAL, d DOUBLE, dc DECIMAL(20, 5), n NUMERIC, c VARCHAR(5), "
      "s VARCHAR, l VARCHAR(1000), ip IPV4, u UUID, j JSON, da DATE, ti2 TIME, dt DATETIME, "
      "ts TIMESTAMP, bl BLOB, g GEOMETRY, v VECTOR(2), a INT[3], k BIGINT(SHARD_KEY) NOT NULL)");
  const auto shown =
      client_.ask<wire::ShowTableResponse>(wire::ShowTableRequest{.table_name = "types"});
  const auto& properties = shown.properties.at(0);
  EXPECT_THAT(properties.at("b"), testing::ElementsAre("boolean", "nullable"));
  EXPECT_THAT(properties.at("ub"), testing::ElementsAre("ulong", "nullable"));
  EXPECT_THAT(properties.at("dc"), testing::ElementsAre("decimal(20,5)", "nullable"));
  EXPECT_THAT(properties.at("c"), testing::ElementsAre("char8", "nullable"));
  EXPECT_THAT(properties.at("l"), testing::ElementsAre("nullable"));
  EXPECT_THAT(properties.at("v"), testing::ElementsAre("vector(2)", "nullable"));
  EXPECT_THAT(properties.at("a"), testing::ElementsAre("array(int,3)", "nullable"));
  EXPECT_THAT(properties.at("k"), testing::ElementsAre("shard_key"));
  run("INSERT INTO types VALUES (TRUE, -128, 32767, -1, 9223372036854775807, "
      "18446744073709551615, 0.5, 1e3, 123456789012345.12345, 7, 'abc', 'text', 'long', "
      "'10.0.0.1', '123e4567-e89b-12d3-a456-426614174000', '{\"a\": 1}', DATE '2024-02-29', "
      "'12:34:56.789', '2024-02-29 12:34:56.789', 0, x'00ff', 'POINT (1 2)', '[1, -2.5]', "
      "'[1,2,3]', 1)");
  run("INSERT INTO types (k) VALUES (2)");
  EXPECT_EQ(rows("SELECT b, ti, si, i, bi, ub, r, d, dc, c FROM types WHERE k = 1"),
            R"([[1,-128,32767,-1,9223372036854775807,"18446744073709551615",0.5,1000.0,)"
            R"("123456789012345.12345","abc"]])");
  EXPECT_EQ(rows("SELECT ip, u, da, ti2, dt, ts, bl, v, a FROM types WHERE k = 1"),
            R"([["10.0.0.1","123e4567-e89b-12d3-a456-426614174000","2024-02-29",)"
            R"("12:34:56.789","2024-02-29 12:34:56.789",0,"00ff","0000803f000020c0","[1,2,3]"]])");
  EXPECT_EQ(rows("SELECT b, ub, bl, v FROM types WHERE k = 2"), "[[null,null,null,null]]");
  run("INSERT INTO types (k, ti2, dt) VALUES (3, '01:02:03', '2024-02-29')");
  EXPECT_EQ(rows("SELECT ti2, dt FROM types WHERE k = 3"),
            R"([["01:02:03.000","2024-02-29 00:00:00.000"]])");
}

TEST_F(SqlTest, RowsAreInsertedUpdatedAndDeleted) {
  create_orders();
  EXPECT_EQ(run("INSERT INTO orders (name, id) VALUES ('ink', 4)").count_affected, 1);
  EXPECT_EQ(run("UPDATE orders SET name = 'x', price = 0.05 WHERE id >= 3").count_affected, 2);
  EXPECT_EQ(rows("SELECT id, name, price FROM orders WHERE name = 'x' ORDER BY id"),
            R"([[3,"x","0.05"],[4,"x","0.05"]])");
  EXPECT_EQ(run("DELETE FROM orders WHERE id = 1 OR id = 4").count_affected, 2);
  EXPECT_EQ(run("TRUNCATE TABLE orders").count_affected, 2);
  EXPECT_EQ(rows("SELECT count(*) FROM orders"), "[[0]]");
}

TEST_F(SqlTest, ExistingKeyIsAnErrorUnlessTheStatementSaysOtherwise) {
  create_orders();
  const std::string values = "(id, name) VALUES (1, 'new'), (9, 'nine')";
  EXPECT_THAT(error("INSERT INTO orders " + values), HasSubstr("exists already"));
  EXPECT_EQ(rows("SELECT count(*) FROM orders"), "[[3]]");
  run("INSERT INTO orders /* KI_HINT_IGNORE_EXISTING_PK */ " + values);
  EXPECT_EQ(rows("SELECT name FROM orders WHERE id IN (1, 9) ORDER BY id"),
            R"([["pen"],["nine"]])");
  run("INSERT INTO orders " + values, {{"update_on_existing_pk", "true"}});
  EXPECT_EQ(rows("SELECT name FROM orders WHERE id = 1"), R"([["new"]])");
}

TEST_F(SqlTest, StatementWithoutResultIsDecodableAndHasItsSign) {
  const auto response = run("CREATE SCHEMA s");
  EXPECT_EQ(response.total_number_of_records, -1);
  EXPECT_THAT(response.json_encoded_response, HasSubstr(R"("column_1": [])"));
  EXPECT_THAT(response.response_schema_str, HasSubstr("column_1"));
}

TEST_F(SqlTest, TablesAndSchemasAreCreatedAndDropped) {
  run("CREATE SCHEMA s");
  run("CREATE SCHEMA IF NOT EXISTS s");
  EXPECT_THAT(error("CREATE SCHEMA s"), HasSubstr("exists already"));
  run("CREATE TABLE s.t (a INT)");
  run("CREATE TABLE IF NOT EXISTS s.t (a INT)");
  run("CREATE TABLE IF NOT EXISTS s.t (other VARCHAR)");
  EXPECT_THAT(error("CREATE TABLE s.t (a INT)"), HasSubstr("exists already"));
  run("CREATE TABLE u (a INT)", {{"current_schema", "s"}});
  run("INSERT INTO u VALUES (5)", {{"current_schema", "s"}});
  EXPECT_EQ(rows("SELECT a FROM s.u"), "[[5]]");
  run("CREATE OR REPLACE TABLE s.u (b INT)");
  EXPECT_EQ(rows("SELECT count(b) FROM s.u"), "[[0]]");
  // A bare name is a table of the default schema, also where another schema has such a table.
  run("CREATE OR REPLACE TABLE u (c INT)");
  EXPECT_EQ(rows("SELECT count(b) FROM s.u"), "[[0]]");
  EXPECT_EQ(rows("SELECT count(c) FROM ki_home.u"), "[[0]]");
  EXPECT_THAT(error("CREATE OR REPLACE TABLE u (a JSON, PRIMARY KEY (a))"), HasSubstr("`a`"));
  EXPECT_EQ(rows("SELECT count(c) FROM ki_home.u"), "[[0]]");
  run("DROP TABLE s.t");
  run("DROP TABLE IF EXISTS s.t");
  EXPECT_THAT(error("DROP TABLE s.t"), HasSubstr("does not exist"));
}

// Which is how JDBC finds the table that it inserts into.
TEST_F(SqlTest, TableAskedForWithItsSchemaIsShownByItsOwnName) {
  run("CREATE SCHEMA s");
  run("CREATE TABLE s.t (a INT)");
  const auto shown =
      client_.ask<wire::ShowTableResponse>(wire::ShowTableRequest{.table_name = "s.t"});
  EXPECT_THAT(shown.table_names, testing::ElementsAre("t"));
  EXPECT_EQ(shown.additional_info.at(0).at("schema_name"), "s");
  EXPECT_NO_THROW(client_.ask<wire::ShowSecurityResponse>(
      wire::ShowSecurityRequest{.options = {{"show_current_user", "true"}}}));
}

TEST_F(SqlTest, ParametersComeAsJsonOrAsRecords) {
  create_orders();
  EXPECT_EQ(rows("SELECT name FROM orders WHERE id = ? AND name = ?",
                 {{"query_parameters", R"([2, "it's"])"}}),
            R"([["it's"]])");
  EXPECT_EQ(rows("SELECT id FROM orders WHERE id = $2 OR id = $1 LIMIT $3",
                 {{"query_parameters", "[1, 3, 5]"}}),
            "[[1],[3]]");
  const wire::Options two = {{"query_parameters", R"([[10, "ten"], [11, null]])"}};
  EXPECT_EQ(run("INSERT INTO orders (id, name) VALUES (?, ?)", two).count_affected, 2);
  EXPECT_THAT(error("SELECT id FROM orders WHERE id = ?"), HasSubstr("1 parameters"));
  EXPECT_THAT(error("SELECT ? + $1"), HasSubstr("mixed"));
  EXPECT_THAT(error("SELECT id FROM orders WHERE id = ?", two), HasSubstr("one list"));

  wire::ExecuteSqlRequest request{
      .statement = "UPDATE orders SET name = ? WHERE id = ?",
      .request_schema_str =
          R"({"type":"record","name":"type_name","fields":[{"name":"col0","type":)"
          R"(["string","null"]},{"name":"col1","type":["int","null"]}]})"};
  const std::string record("\0\2z\0\x14", 5);  // "z", 10
  request.data = {record};
  EXPECT_EQ(client_.ask<wire::ExecuteSqlResponse>(request).count_affected, 1);
  EXPECT_EQ(rows("SELECT name FROM orders WHERE id > 9 ORDER BY id"), R"([["z"],[null]])");
}

TEST_F(SqlTest, PreparingDescribesAndChangesNothing) {
  create_orders();
  const wire::Options prepare = {{"prepare_mode", "true"}};
  const auto response = run("SELECT id, name FROM orders WHERE id = ?", prepare);
  EXPECT_EQ(rows_of(response), "[]");
  EXPECT_EQ(Json::parse(response.json_encoded_response)["column_headers"].dump(),
            R"(["id","name"])");
  for (const char* statement :
       {"DROP TABLE orders", "DELETE FROM orders", "TRUNCATE orders", "CREATE TABLE x (a INT)",
        "INSERT INTO orders (id) VALUES (?)", "UPDATE orders SET id = ?", "CREATE SCHEMA x"}) {
    EXPECT_EQ(run(statement, prepare).total_number_of_records, -1) << statement;
  }
  EXPECT_EQ(rows("SELECT count(*) FROM orders"), "[[3]]");
  EXPECT_THAT(error("SELECT * FROM x", prepare), HasSubstr("does not exist"));
}

TEST_F(SqlTest, PagesAreOfOneMomentAndGoneWhenCleared) {
  create_orders();
  const std::string statement = "SELECT id FROM orders ORDER BY id";
  const wire::Options paging = {{"paging_table", "page_1"}};
  const auto first = run(statement, paging, 0, 2);
  EXPECT_EQ(rows_of(first), "[[1],[2]]");
  EXPECT_TRUE(first.has_more_records);
  EXPECT_EQ(first.total_number_of_records, 3);
  EXPECT_EQ(first.paging_table, "page_1");
  run("INSERT INTO orders (id) VALUES (0)");
  const auto second = run(statement, paging, 2, 2);
  EXPECT_EQ(rows_of(second), "[[3]]");
  EXPECT_FALSE(second.has_more_records);
  client_.ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "page_1"});
  EXPECT_EQ(rows_of(run(statement, paging, 2, 2)), "[[2],[3]]");
  EXPECT_EQ(run(statement, paging).paging_table, "");
  // Without one, each page is of its own moment.
  const auto plain = run(statement, {}, 1, 2);
  EXPECT_EQ(rows_of(plain), "[[1],[2]]");
  EXPECT_TRUE(plain.has_more_records);
}

TEST_F(SqlTest, WhatIsNotUnderstoodIsAnErrorWithItsPlace) {
  create_orders();
  EXPECT_THAT(error("SELEC 1"), HasSubstr("character 1"));
  EXPECT_THAT(error("SELECT id FROM orders UNION SELECT 1"), HasSubstr("character 23: `UNION`"));
  EXPECT_THAT(error("SELECT a.id FROM orders o"), HasSubstr("character 8: `a`"));
  EXPECT_THAT(error("SELECT id FROM nowhere"), HasSubstr("character 16: table `nowhere`"));
  EXPECT_THAT(error("SELECT 1; SELECT 2"), HasSubstr("character 11"));
  EXPECT_THAT(error("SELECT id FROM orders, types"), HasSubstr("one table"));
  EXPECT_THAT(error("SELECT DISTINCT count(*) FROM orders"), HasSubstr("DISTINCT"));
  EXPECT_THAT(error("SELECT id FROM orders LIMIT -1"), HasSubstr("number of rows"));
  EXPECT_THAT(error("SELECT id FROM orders ORDER BY 2"), HasSubstr("place"));
  EXPECT_THAT(error("INSERT INTO orders VALUES (1)"), HasSubstr("1 values for 4 columns"));
  EXPECT_THAT(error("INSERT INTO orders (id) VALUES ('x')"), HasSubstr("`id` (int)"));
  EXPECT_THAT(error("INSERT INTO orders (name) VALUES ('x')"), HasSubstr("`id` is not nullable"));
  EXPECT_THAT(error("CREATE TABLE x (a MONEY)"), HasSubstr("`MONEY`"));
  EXPECT_THAT(error("CREATE TABLE x (a INT) TIER STRATEGY ()"), HasSubstr("character 24"));
  EXPECT_THAT(error("SELECT 'x"), HasSubstr("closing"));
  EXPECT_THAT(error("SELECT 1 /* x"), HasSubstr("character 10"));
  EXPECT_THAT(error(std::string(10'000, '(') + "1"), HasSubstr("character 1"));
  EXPECT_THAT(error("SELECT " + std::string(10'000, '(') + "1"), HasSubstr("nesting"));
}

}  // namespace
}  // namespace kc::server
