#include "sink/decimal_column.h"

#include <gtest/gtest.h>

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using wire::BaseType;
using wire::Column;

// The column's properties, or "string" where it has none.
std::string column_of(int16_t scale, Decimals decimals, const char* precision = nullptr) {
  SchemaBuilder builder = SchemaBuilder::decimal(scale);
  if (precision != nullptr) builder.parameter("connect.decimal.precision", precision);
  const Column column = decimal_column(*builder.build(), decimals);
  EXPECT_EQ(column.type, BaseType::string);
  EXPECT_LE(column.properties.size(), 1U);
  return column.properties.empty() ? "string" : column.properties.front();
}

TEST(DecimalColumn, SizedDecimalsHaveTheSchemasPrecisionAndScale) {
  const auto sized = Decimals::sized;
  EXPECT_EQ(column_of(2, sized, "9"), "decimal(9,2)");
  EXPECT_EQ(column_of(18, sized, "27"), "decimal(27,18)");
  EXPECT_EQ(column_of(2, sized), "decimal(27,2)");
  EXPECT_EQ(column_of(0, sized), "decimal(27,0)");
  EXPECT_EQ(column_of(5, sized, "3"), "decimal(5,5)");
  EXPECT_EQ(column_of(-3, sized, "6"), "decimal(9,0)");
  EXPECT_EQ(column_of(-3, sized), "decimal(27,0)");
  EXPECT_EQ(column_of(2, sized, "many"), "decimal(27,2)");
}

TEST(DecimalColumn, WhatASizedDecimalCannotKeepIsAString) {
  const auto sized = Decimals::sized;
  EXPECT_EQ(column_of(2, sized, "28"), "string");
  EXPECT_EQ(column_of(19, sized), "string");
  EXPECT_EQ(column_of(19, sized, "20"), "string");
  EXPECT_EQ(column_of(-20, sized, "8"), "string");
  EXPECT_EQ(column_of(2, sized, "2147483647"), "string");
}

TEST(DecimalColumn, PlainDecimalsAreUsedWhereTheyKeepEveryValue) {
  const auto plain = Decimals::plain;
  EXPECT_EQ(column_of(2, plain), "decimal");
  EXPECT_EQ(column_of(4, plain, "18"), "decimal");
  EXPECT_EQ(column_of(0, plain, "14"), "decimal");
  EXPECT_EQ(column_of(-2, plain, "12"), "decimal");
  EXPECT_EQ(column_of(5, plain), "string");
  EXPECT_EQ(column_of(4, plain, "19"), "string");
  EXPECT_EQ(column_of(0, plain, "15"), "string");
  EXPECT_EQ(column_of(-2, plain, "13"), "string");
}

const Column plain{"", BaseType::string, {"decimal", "nullable"}};
const Column five_two{"", BaseType::string, {"nullable", "decimal(5,2)"}};

std::string misfit(const Column& column, std::string_view text, bool exact = true) {
  return DecimalRange::of(column).misfit(text, exact);
}

TEST(DecimalRange, KeepsWhatHasNotMoreDigits) {
  for (const char* text : {"0", "-0.0", "999.99", "-999.99", "+12.3", "000123.4500", "1.", ".5"}) {
    EXPECT_EQ(misfit(five_two, text), "") << text;
  }
  for (const char* text : {"922337203685477.5807", "-922337203685477.5807", "1.0000000"}) {
    EXPECT_EQ(misfit(plain, text), "") << text;
  }
}

TEST(DecimalRange, TellsWhatWouldBeRoundedOrDoesNotFit) {
  EXPECT_NE(misfit(five_two, "1.234").find("3 digits after the point, of which the column keeps 2"),
            std::string::npos);
  EXPECT_NE(misfit(five_two, "1000").find("range"), std::string::npos);
  EXPECT_NE(misfit(five_two, "-1000.00").find("range"), std::string::npos);
  EXPECT_NE(misfit(plain, "922337203685477.5808").find("range"), std::string::npos);
  EXPECT_NE(misfit(plain, std::string(60, '9')).find("range"), std::string::npos);
  EXPECT_NE(misfit(plain, "0.00001").find("point"), std::string::npos);
}

TEST(DecimalRange, InexactNumbersMayBeRoundedButNotCutBeforeThePoint) {
  EXPECT_EQ(misfit(five_two, "0.30000000000000004", false), "");
  EXPECT_NE(misfit(five_two, "999.999", false), "");
  EXPECT_NE(misfit(five_two, "1234.5", false), "");
}

TEST(DecimalRange, TextsThatAreNoNumbersAreTheDatabasesToJudge) {
  for (const char* text : {"", "-", ".", "abc", "1e5", "1.2.3", " 1"}) {
    EXPECT_EQ(misfit(five_two, text), "") << text;
  }
}

}  // namespace
}  // namespace kc::sink
