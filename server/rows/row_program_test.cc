// What an insert accepts, column type by column type, and what the server puts into columns.
#include "server/rows/row_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "data/value.h"
#include "server/rows/row_repair.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::HasSubstr;
using testing::MatchesRegex;
using wire::BaseType;

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// "" when a table of one column with the property takes the value, else why not.
std::string refusal(BaseType base, const char* property, const Value& value) {
  const wire::TableType type({{"c", base, {property}}});
  std::string row;
  wire::encode_row(type, std::vector<Value>{value}, row);
  const RowProgram program(type);
  std::string key;
  RowProblem problem;
  return program.check(row, key, problem) ? "" : program.describe(problem);
}
std::string text(const char* property, std::string_view value) {
  return refusal(BaseType::string, property, Value::string(value));
}
std::string number(const char* property, int64_t value) {
  return refusal(BaseType::int_, property, Value::int64(value));
}

TEST(RowProgram, RecordedRowsOfTheOfficialClientAreTaken) {
  std::ifstream file(KC_VECTORS_DIR "/kinetica/records.json");
  const auto vectors = nlohmann::json::parse(file)["vectors"];
  ASSERT_GT(vectors.size(), 30u);
  for (const auto& vector : vectors) {
    wire::TableType::ColumnProperties properties;
    for (const auto& column : vector["columns"]) {
      properties[column["name"]] = column["properties"].get<std::vector<std::string>>();
    }
    const auto type = wire::TableType::parse(vector["type_schema"].dump(), properties);
    const std::string row = from_hex(vector["avro_hex"]);
    const RowProgram program(type);
    std::string key;
    RowProblem problem;
    EXPECT_TRUE(program.check(row, key, problem))
        << vector["name"] << ": " << program.describe(problem);
    for (size_t bytes = 0; bytes < row.size(); ++bytes) {
      EXPECT_FALSE(program.check(row.substr(0, bytes), key, problem)) << vector["name"];
    }
    EXPECT_FALSE(program.check(row + '\0', key, problem));
  }
}

TEST(RowProgram, IntegersHaveTheRangeOfTheirProperty) {
  EXPECT_EQ(number("boolean", 1), "");
  EXPECT_THAT(number("boolean", 2), HasSubstr("0 or 1"));
  EXPECT_EQ(number("int8", -128), "");
  EXPECT_THAT(number("int8", 128), HasSubstr("int8"));
  EXPECT_EQ(number("int16", 32767), "");
  EXPECT_THAT(number("int16", -32769), HasSubstr("int16"));
  EXPECT_EQ(refusal(BaseType::long_, "timestamp", Value::int64(29379542399999)), "");
  EXPECT_THAT(refusal(BaseType::long_, "timestamp", Value::int64(29379542400000)),
              HasSubstr("1000 and 2900"));
}

TEST(RowProgram, TextsHaveTheFormOfTheirProperty) {
  EXPECT_EQ(text("char4", "caf\xc3\xa9").empty(), false);  // five bytes
  EXPECT_EQ(text("char8", "caf\xc3\xa9"), "");
  EXPECT_THAT(text("char8", "\xff"), HasSubstr("UTF-8"));
  EXPECT_EQ(text("date", "2900-12-31"), "");
  EXPECT_THAT(text("date", "2901-01-01"), HasSubstr("1000 and 2900"));
  EXPECT_THAT(text("date", "2023-02-29"), HasSubstr("not a date"));
  EXPECT_EQ(text("time", "23:59:59.999"), "");
  EXPECT_THAT(text("time", "24:00:00"), HasSubstr("not a time"));
  EXPECT_EQ(text("datetime", "2900-12-31 23:59:59.999"), "");
  EXPECT_THAT(text("datetime", "0999-12-31 00:00:00"), HasSubstr("1000 and 2900"));
  EXPECT_EQ(text("ipv4", "255.255.255.255"), "");
  EXPECT_THAT(text("ipv4", "256.0.0.0"), HasSubstr("IPv4"));
  EXPECT_EQ(text("ulong", "18446744073709551615"), "");
  EXPECT_THAT(text("ulong", "18446744073709551616"), HasSubstr("64-bit"));
  EXPECT_EQ(text("uuid", "123e4567-e89b-12d3-a456-426614174000"), "");
  EXPECT_THAT(text("uuid", "123e4567"), HasSubstr("UUID"));
}

TEST(RowProgram, DecimalsHaveTheDigitsOfTheirProperty) {
  EXPECT_EQ(text("decimal", "922337203685477.5807"), "");
  EXPECT_THAT(text("decimal", "922337203685477.5808"), HasSubstr("more digits"));
  EXPECT_EQ(text("decimal(5,2)", "-999.99"), "");
  EXPECT_THAT(text("decimal(5,2)", "1000"), HasSubstr("more digits"));
  EXPECT_EQ(text("decimal(27,10)", "99999999999999999.9999999999"), "");
  EXPECT_THAT(text("decimal(5,2)", "1e2"), HasSubstr("not a decimal"));
}

TEST(RowProgram, JsonArraysVectorsAndGeometriesAreWellFormed) {
  EXPECT_EQ(text("json", R"({"a":[1,null]})"), "");
  EXPECT_THAT(text("json", "{a:1}"), HasSubstr("not JSON"));
  EXPECT_EQ(text("array(int,2)", "[1,2,3,null]"), "");
  EXPECT_THAT(text("array(int)", "[1.5]"), HasSubstr("JSON array"));
  EXPECT_THAT(text("array(string)", "{}"), HasSubstr("JSON array"));
  EXPECT_EQ(text("array(int)", "[-2147483648,2147483647]"), "");
  EXPECT_THAT(text("array(int)", "[2147483648]"), HasSubstr("JSON array"));
  EXPECT_EQ(text("array(long)", "[-9223372036854775808,9223372036854775807]"), "");
  EXPECT_THAT(text("array(long)", "[9223372036854775808]"), HasSubstr("JSON array"));
  EXPECT_EQ(text("array(ulong)", R"([18446744073709551615,"1"])"), "");
  EXPECT_THAT(text("array(ulong)", "[-1]"), HasSubstr("JSON array"));
  EXPECT_EQ(text("array(uuid)", R"(["123e4567-e89b-12d3-a456-426614174000"])"), "");
  EXPECT_THAT(text("array(uuid)", R"(["x"])"), HasSubstr("JSON array"));
  EXPECT_EQ(text("wkt", "POLYGON ((0 0, 1 0, 1 1, 0 0))"), "");
  EXPECT_EQ(text("wkt", "SRID=4326;POINT Z (1 2 3)"), "");
  EXPECT_EQ(text("wkt", "LINESTRING EMPTY"), "");
  EXPECT_THAT(text("wkt", "POINT (1 2"), HasSubstr("well-known"));
  const std::string point = from_hex("0101000000000000000000f03f0000000000000040");
  EXPECT_EQ(refusal(BaseType::bytes, "wkt", Value::bytes(point)), "");
  EXPECT_THAT(refusal(BaseType::bytes, "wkt", Value::bytes("x")), HasSubstr("binary"));
  EXPECT_EQ(refusal(BaseType::bytes, "vector(2)", Value::bytes("12345678")), "");
  EXPECT_THAT(refusal(BaseType::bytes, "vector(2)", Value::bytes("1234567")),
              HasSubstr("number of elements"));
}

class RepairTest : public testing::Test {
 protected:
  // The row's values after the repair, or its problem.
  std::string repair(const std::vector<Value>& values, const RepairOptions& options = {}) {
    std::string row;
    wire::encode_row(type_, values, row);
    const RowProgram program(type_);
    std::string key;
    RowProblem problem;
    if (!repair_row(type_, program, row, options, repaired_, key, problem)) {
      return program.describe(problem);
    }
    wire::decode_row(type_, repaired_, values_);
    return "";
  }
  std::string text_of(size_t column) const { return std::string(values_[column].as_text()); }

  const wire::TableType type_{{{"id", BaseType::string, {"uuid", "init_with_uuid"}},
                               {"day", BaseType::string, {"date", "init_with_now"}},
                               {"ts", BaseType::long_, {"timestamp", "update_with_now"}},
                               {"who", BaseType::string, {"char16", "update_with_user"}},
                               {"c", BaseType::string, {"char4"}},
                               {"n", BaseType::int_, {"int8", "nullable"}},
                               {"d", BaseType::int_, {"int8", "default(7)"}}}};
  const std::vector<Value> good_ = {Value::string("123e4567-e89b-12d3-a456-426614174000"),
                                    Value::string("2024-02-29"),
                                    Value::int64(5),
                                    Value::string("x"),
                                    Value::string("abcd"),
                                    Value::int32(1),
                                    Value::int32(2)};
  std::string repaired_;
  std::vector<Value> values_;
};

TEST_F(RepairTest, WhatTheServerWritesReplacesPlaceholdersAndKeepsValues) {
  EXPECT_EQ(repair(good_, {.user = "ann"}), "");
  EXPECT_EQ(text_of(0), "123e4567-e89b-12d3-a456-426614174000");
  EXPECT_EQ(text_of(1), "2024-02-29");
  EXPECT_GT(values_[2].as_integer(), 1'700'000'000'000);
  EXPECT_EQ(text_of(3), "ann");

  auto empty = good_;
  empty[0] = Value::string("");
  empty[1] = Value::string("");
  EXPECT_EQ(repair(empty), "");
  EXPECT_THAT(text_of(0), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab].*"));
  EXPECT_THAT(text_of(1), MatchesRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}"));
}

TEST_F(RepairTest, LongTextsAreCutBetweenCharactersOnlyWhenAskedFor) {
  auto row = good_;
  row[4] = Value::string("caf\xc3\xa9");
  EXPECT_THAT(repair(row), HasSubstr("`c`"));
  EXPECT_EQ(repair(row, {.truncate_strings = true}), "");
  EXPECT_EQ(text_of(4), "caf");
}

TEST_F(RepairTest, PermissiveInsertsTakeDefaultsAndNulls) {
  auto row = good_;
  row[5] = Value::int32(500);
  row[6] = Value::int32(500);
  EXPECT_THAT(repair(row), HasSubstr("`n`"));
  EXPECT_EQ(repair(row, {.permissive = true}), "");
  EXPECT_TRUE(values_[5].is_null());
  EXPECT_EQ(values_[6].as_integer(), 7);
  row[4] = Value::string("too long");
  EXPECT_THAT(repair(row, {.permissive = true}), HasSubstr("`c`"));
}

}  // namespace
}  // namespace kc::server
