#include "server/expression/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::BaseType;

class ExpressionTest : public testing::Test {
 protected:
  bool holds(std::string_view text) {
    std::string row;
    wire::encode_row(type_, values_, row);
    return Expression(text, type_).chooses(row);
  }
  std::string error(std::string_view text) {
    try {
      holds(text);
    } catch (const base::Error& e) {
      EXPECT_EQ(e.reaction(), base::Reaction::fail_task);
      return e.what();
    }
    return "no error";
  }

  const wire::TableType type_{{
      {"id", BaseType::long_, {"primary_key"}},
      {"name", BaseType::string, {"primary_key", "char16"}},
      {"none", BaseType::string, {"nullable"}},
      {"amount", BaseType::string, {"decimal(18,4)"}},
      {"big", BaseType::string, {"ulong"}},
      {"f", BaseType::float_, {}},
      {"d", BaseType::double_, {}},
      {"flag", BaseType::int_, {"boolean"}},
      {"day", BaseType::string, {"date"}},
      {"at", BaseType::string, {"datetime"}},
      {"ts", BaseType::long_, {"timestamp"}},
      {"clock", BaseType::string, {"time"}},
      {"ip", BaseType::string, {"ipv4"}},
      {"u", BaseType::string, {"uuid"}},
      {"my column", BaseType::int_, {}},
      {"Odd", BaseType::int_, {}},
  }};
  const std::vector<Value> values_ = {Value::int64(9007199254740993),
                                      Value::string("it's \\ \"x\""),
                                      Value(),
                                      Value::string("19.9900"),
                                      Value::string("18446744073709551615"),
                                      Value::float32(0.1F),
                                      Value::float64(0.1),
                                      Value::int32(1),
                                      Value::string("2024-02-29"),
                                      Value::string("2024-02-29 12:00:00"),
                                      Value::int64(1709208000000),
                                      Value::string("9:05:00"),
                                      Value::string("192.168.000.001"),
                                      Value::string("123E4567-e89b-12d3-a456-426614174000"),
                                      Value::int32(5),
                                      Value::int32(6)};
};

TEST_F(ExpressionTest, NumbersAreComparedExactly) {
  EXPECT_TRUE(holds("id = 9007199254740993"));
  EXPECT_FALSE(holds("id = 9007199254740992"));
  EXPECT_TRUE(holds("id > 9007199254740992.5"));
  EXPECT_TRUE(holds("big = 18446744073709551615 and big > id"));
  EXPECT_TRUE(holds("big = \"18446744073709551615\""));
  EXPECT_TRUE(holds("amount = 19.99 and amount = '19.990' and amount < 19.9900001"));
  EXPECT_FALSE(holds("amount = 19.99001"));
  EXPECT_TRUE(holds("amount > -99999999999999999999999999999999999999999"));
  EXPECT_TRUE(holds("-id < -9007199254740992 and id + 1 = 9007199254740994"));
  EXPECT_TRUE(holds("id * 2 - id = id and amount * 2 = 39.98 and 7 / 2 = 3.5"));
}

TEST_F(ExpressionTest, RealColumnsAreComparedInTheirOwnPrecision) {
  EXPECT_TRUE(holds("f = 0.1 and d = 0.1 and d = 1e-1"));
  EXPECT_TRUE(holds("f in (0.1, 2)"));
  EXPECT_FALSE(holds("f = 0.1000001"));
  EXPECT_FALSE(holds("f = d"));
  EXPECT_TRUE(holds("f + 0 > d"));
}

TEST_F(ExpressionTest, TextsOfDatesAddressesAndIdsAreComparedByValue) {
  EXPECT_TRUE(holds("day = '2024-2-29' and day < at and at = ts"));
  EXPECT_TRUE(holds("at = '2024-02-29T12:00:00.000' and ts = 1709208000000"));
  EXPECT_TRUE(holds("ts >= '2024-02-29' and ts < '2024-03-01'"));
  EXPECT_TRUE(holds("day between '2024-02-01' and '2024-02-29'"));
  EXPECT_TRUE(holds("clock = '09:05:00.000' and clock < '10:00:00'"));
  EXPECT_TRUE(holds("ip = '192.168.0.1' and ip > '99.0.0.0'"));
  EXPECT_TRUE(holds("u = '123e4567-E89B-12d3-a456-426614174000'"));
  EXPECT_TRUE(holds("at < now() and day <= current_date()"));
  EXPECT_THAT(error("day = '2023-02-30'"), HasSubstr("a date or a timestamp"));
  EXPECT_THAT(error("u = 'x'"), HasSubstr("a UUID"));
}

TEST_F(ExpressionTest, TextsAreComparedByBytesInTheQuotesOfEveryClient) {
  EXPECT_TRUE(holds(R"(name = "it's \ ""x""")"));
  EXPECT_TRUE(holds(R"(name = 'it''s \ "x"')"));
  EXPECT_TRUE(holds("name like 'it_s%' and name not like '%y%' and name like '%\"x\"'"));
  EXPECT_FALSE(holds("name like 'it'"));
  EXPECT_THAT(error("name = 7"), HasSubstr("position 8: `7` is compared with a text"));
  EXPECT_THAT(error("id = 'seven'"), HasSubstr("a number"));
}

TEST_F(ExpressionTest, NullIsNeitherTrueNorFalse) {
  EXPECT_TRUE(holds("is_null(none) and none is null and not is_null(id) and id is not null"));
  EXPECT_FALSE(holds("none = 'x'"));
  EXPECT_FALSE(holds("not none = 'x'"));
  EXPECT_FALSE(holds("none in ('x') or none not in ('x')"));
  EXPECT_FALSE(holds("id not in (1, null)"));
  EXPECT_FALSE(holds("none between 'a' and 'b' or none like '%' or id = null"));
  EXPECT_TRUE(holds("none = 'x' or id > 1"));
  EXPECT_FALSE(holds("id / 0 = 1"));
}

TEST_F(ExpressionTest, PrecedenceAndSetsAreAsInSql) {
  EXPECT_TRUE(holds("id = 1 and id = 2 or flag = 1"));
  EXPECT_FALSE(holds("id = 1 and (id = 2 or flag = 1)"));
  EXPECT_TRUE(holds("NOT id = 1 AND flag == True AND flag <> false AND flag"));
  EXPECT_TRUE(holds("id not in (1, 2) and id in (1, 9007199254740993)"));
  EXPECT_TRUE(holds("id not between 1 and 2 and 1 + 2 * 3 = 7"));
}

TEST_F(ExpressionTest, ListsAreSearchedInAnyOrder) {
  EXPECT_TRUE(holds("id in (9007199254740995, 5, 9007199254740993, -1, 5)"));
  EXPECT_FALSE(holds("id in (9007199254740995, 5, 9007199254740992, -1)"));
  EXPECT_TRUE(holds("id in (null, 9007199254740993, 7)"));
  EXPECT_FALSE(holds("id in (null, 8, 7) or id not in (null, 8, 7) or id in (null)"));
  EXPECT_TRUE(holds("7 in (8, id - id + 7, 6)"));
  EXPECT_TRUE(holds("'b' in ('c', 'a', 'b') and 'd' not in ('c', 'a', 'b')"));
  EXPECT_TRUE(holds("2.5 in (1, 3, 2.50) and 2 not in (1, 2.5, 3)"));
}

TEST_F(ExpressionTest, ColumnsOfAnyNameAreFound) {
  EXPECT_TRUE(holds("(my column = 5)"));
  EXPECT_TRUE(holds("[my column] = 5 and `my column` = 5 and t.[my column] = 5"));
  EXPECT_TRUE(holds("is_null(my column) or my column>4"));
  EXPECT_TRUE(holds("odd = 6 and Odd = 6"));
  EXPECT_THAT(error("my columns = 5"), HasSubstr("position"));
}

TEST_F(ExpressionTest, WhatIsNotUnderstoodIsNamedWithItsPosition) {
  EXPECT_THAT(error("id = "), HasSubstr("position 6, at its end"));
  EXPECT_THAT(error("id = 1 1"), HasSubstr("position 8, at `1`"));
  EXPECT_THAT(error("nothing = 1"), HasSubstr("position 1: `nothing` is not a column"));
  EXPECT_THAT(error("sqrt(id) = 1"), HasSubstr("the function `sqrt`"));
  EXPECT_THAT(error("name = 'x"), HasSubstr("closing '"));
  EXPECT_THAT(error("name"), HasSubstr("no condition"));
  EXPECT_THAT(error("id = 1 and name"), HasSubstr("a condition should be here"));
  EXPECT_THAT(error("id in ()"), HasSubstr("position 8"));
  EXPECT_THAT(error("id = ?"), HasSubstr("parameter"));
  EXPECT_THAT(error(std::string(5000, '(') + "id"), HasSubstr("nesting"));
  EXPECT_THAT(error(std::string(5000, '-') + "id"), HasSubstr("nesting"));
  std::string sum = "id = 1";
  for (int i = 0; i < 5000; ++i) sum += "+1";
  EXPECT_THAT(error(sum), HasSubstr("too many operators"));
}

TEST_F(ExpressionTest, ManyConditionsInARowAreFine) {
  std::string text = "id = 0";
  for (int i = 0; i < 20'000; ++i) text += " or id = " + std::to_string(i);
  EXPECT_FALSE(holds(text));
}

TEST_F(ExpressionTest, DemandedKeyIsKnownWhereEveryKeyColumnEqualsAConstant) {
  const auto key = [&](const char* text) { return Expression(text, type_).demanded_key(); };
  EXPECT_THAT(key("(id = 7) and (name = \"x\")").value(), ElementsAre("7", "x"));
  EXPECT_THAT(key("(('y' = name and flag = 1) and id = -7)").value(), ElementsAre("-7", "y"));
  EXPECT_FALSE(key("id = 7"));
  EXPECT_FALSE(key("id = 7 or name = 'x'"));
  EXPECT_FALSE(key("id = 7 and name = null"));
  EXPECT_FALSE(key("id = 7 and name = none"));
  EXPECT_FALSE(key("not (id = 7 and name = 'x')"));
}

TEST_F(ExpressionTest, ResultsHaveTheTypeThatTheExpressionGivesThem) {
  const auto type_of = [&](const char* text) {
    return wire::column_type_name(Expression(text, type_).result_column("x"));
  };
  EXPECT_EQ(type_of("name"), "char16");
  EXPECT_EQ(type_of("id + 1"), "long");
  EXPECT_EQ(type_of("amount + 1"), "double");
  EXPECT_EQ(type_of("now()"), "timestamp");
  EXPECT_EQ(type_of("'a'"), "string");
  std::string text;
  EXPECT_EQ(Expression("id - 1", type_).result(values_, text).as_integer(), 9007199254740992);
  EXPECT_EQ(Expression("amount / 2", type_).result(values_, text).as_real(), 9.995);
  EXPECT_EQ(Expression("amount", type_).result(values_, text).as_text(), "19.9900");
  EXPECT_THROW(Expression("big * 2", type_).result(values_, text), base::Error);
}

TEST_F(ExpressionTest, DoubleQuotesNameColumnsInSql) {
  const NodePtr tree = parse_expression("\"my column\" = 5", Dialect{.double_quotes_name = true});
  EXPECT_TRUE(Expression(*tree, type_).chooses(values_));
}

}  // namespace
}  // namespace kc::server
