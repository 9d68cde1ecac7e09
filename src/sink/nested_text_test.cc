#include "sink/nested_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace kc::sink {
namespace {

using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

std::string text_of(const Value& value, const Schema* schema = nullptr) {
  std::string text;
  append_text(value, schema, text);
  return text;
}

std::string joined(std::span<const Value> items, std::string_view separator) {
  std::string text;
  append_joined(items, nullptr, separator, text);
  return text;
}

// Without the brackets of the array around it.
std::string json_of(const Value& value) {
  const std::string array = text_of(Value::array({&value, 1}));
  return array.substr(1, array.size() - 2);
}

TEST(NestedText, ScalarsAreWrittenAsStringColumnsGetThem) {
  EXPECT_EQ(text_of(Value::string("it's \"so\"")), "it's \"so\"");
  EXPECT_EQ(text_of(Value::int64(-5)), "-5");
  EXPECT_EQ(text_of(Value::boolean(true)), "true");
  EXPECT_EQ(text_of(Value::float64(71.6)), "71.6");
  EXPECT_EQ(text_of(Value::float32(5)), "5.0");
  EXPECT_EQ(text_of(Value::float64(NAN)), "NaN");
  EXPECT_EQ(text_of(Value::decimal("\x04\xd2", 2)), "12.34");
  EXPECT_EQ(text_of(Value::date(17911)), "2019-01-15");
  EXPECT_EQ(text_of(Value::time(77'273'240)), "21:27:53.240");
  EXPECT_EQ(text_of(Value::timestamp(1'547'587'673'240)), "2019-01-15 21:27:53.240");
  EXPECT_EQ(text_of(Value::bytes("hi")), "aGk=");
  EXPECT_EQ(text_of(Value()), "null");
}

TEST(NestedText, ElementsAreJoinedAsTheyAre) {
  const Value texts[] = {Value::string("a"), Value::string("b,c"), Value()};
  EXPECT_EQ(joined(texts, ","), "a,b,c,null");
  EXPECT_EQ(joined(texts, " | "), "a | b,c | null");
  EXPECT_EQ(joined(texts, ""), "ab,cnull");
  EXPECT_EQ(joined({}, ","), "");
  const Value mixed[] = {Value::int64(1), Value::float64(2.5), Value::string("")};
  EXPECT_EQ(joined(mixed, "|"), "1|2.5|");
}

TEST(NestedText, WithinNestedValuesEverythingIsJson) {
  EXPECT_EQ(json_of(Value::string("a\"b\\c\n\x01é")), "\"a\\\"b\\\\c\\u000a\\u0001é\"");
  EXPECT_EQ(json_of(Value::int32(7)), "7");
  EXPECT_EQ(json_of(Value::boolean(false)), "false");
  EXPECT_EQ(json_of(Value::float64(1e10)), "1.0E10");
  EXPECT_EQ(json_of(Value::float64(-INFINITY)), "\"-Infinity\"");
  EXPECT_EQ(json_of(Value::decimal("\x04\xd2", 2)), "12.34");
  EXPECT_EQ(json_of(Value::date(0)), "\"1970-01-01\"");
  EXPECT_EQ(json_of(Value::bytes("hi")), "\"aGk=\"");
  EXPECT_EQ(json_of(Value()), "null");
  EXPECT_EQ(json_of(Value::array({})), "[]");
  EXPECT_EQ(json_of(Value::map({})), "{}");
}

TEST(NestedText, StructuresHaveTheNamesOfTheirSchema) {
  const SchemaPtr point = SchemaBuilder(Type::structure)
                              .field("lat", SchemaBuilder(Type::float64).build())
                              .field("Struct \"lon\"", SchemaBuilder(Type::float64).build())
                              .build();
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .field("cc", SchemaBuilder(Type::string).optional().build())
          .field("points", SchemaBuilder::array(point).build())
          .field("sizes", SchemaBuilder::map(SchemaBuilder(Type::int32).build(), point).build())
          .build();
  const Value coordinates[] = {Value::float64(1), Value::float64(-2.5)};
  const Value points[] = {Value::structure(coordinates), Value()};
  const Value sizes[] = {Value::int32(7), Value::structure(coordinates), Value::int32(8), Value()};
  const Value items[] = {Value(), Value::array(points), Value::map(sizes)};
  EXPECT_EQ(text_of(Value::structure(items), schema.get()),
            R"({"cc":null,"points":[{"lat":1.0,"Struct \"lon\"":-2.5},null],)"
            R"("sizes":{"7":{"lat":1.0,"Struct \"lon\"":-2.5},"8":null}})");
  EXPECT_EQ(text_of(Value::structure(coordinates)), "[1.0,-2.5]");
}

TEST(NestedText, DecimalThatIsTooLongForATextIsRefused) {
  EXPECT_THROW(text_of(Value::decimal("\1", 32'000)), base::Error);
}

}  // namespace
}  // namespace kc::sink
