#include <cmath>
#include <limits>

#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

// Of a schemaless value. Texts of the result live until the next call.
Value cast(const Value& value, const std::string& type) {
  static World world;
  world.batch.clear();
  Record record = world.record(value);
  create("Cast$Value", {{"spec", type}})->apply(record, world.batch);
  return record.value;
}

std::string cast_text(const SchemaPtr& schema, const Value& value, const std::string& type) {
  World world;
  Record record = world.record(schema, value);
  return apply("Cast$Value", {{"spec", type}}, record, world.batch);
}

TEST(Cast, NarrowsNumbersAsJava) {
  EXPECT_EQ(cast(Value::int32(300), "int8"), Value::int8(44));
  EXPECT_EQ(cast(Value::int64(-1), "int16"), Value::int16(-1));
  EXPECT_EQ(cast(Value::float64(3e9), "int32"), Value::int32(2147483647));
  EXPECT_EQ(cast(Value::float64(3e9), "int8"), Value::int8(-1));
  EXPECT_EQ(cast(Value::float64(-1e300), "int64"), Value::int64(INT64_MIN));
  EXPECT_EQ(cast(Value::float64(std::stod("nan")), "int64"), Value::int64(0));
  EXPECT_EQ(cast(Value::int64(16777217), "float32"), Value::float32(16777216));
  EXPECT_EQ(cast(Value::float64(0.5), "boolean"), Value::boolean(false));
  EXPECT_EQ(cast(Value::boolean(true), "float64"), Value::float64(1));
}

TEST(Cast, ReadsTextAsJava) {
  EXPECT_EQ(cast(Value::string("+127"), "int8"), Value::int8(127));
  EXPECT_EQ(cast(Value::string(" 1.5f "), "float64"), Value::float64(1.5));
  EXPECT_EQ(cast(Value::string("1e400"), "float64"), Value::float64(INFINITY));
  EXPECT_EQ(cast(Value::string("0x1p4"), "float32"), Value::float32(16));
  EXPECT_EQ(cast(Value::string("TRUE"), "boolean"), Value::boolean(true));
  EXPECT_EQ(cast(Value::string("1"), "boolean"), Value::boolean(false));
  for (const char* text : {"128", "", "+-1", " 1", "1.0"}) {
    EXPECT_EQ(cast_text(nullptr, Value::string(text), "int8"),
              "!! org.apache.kafka.connect.errors.DataException: Value (" + std::string(text) +
                  ") was out of range for requested data type");
  }
  for (const char* text : {"", "e5", "0x1", "inf", "--1", "1ff"}) {
    EXPECT_TRUE(cast_text(nullptr, Value::string(text), "float64").starts_with("!!")) << text;
  }
}

TEST(Cast, WritesText) {
  EXPECT_EQ(cast(Value::float32(1.5F), "string"), Value::string("1.5"));
  EXPECT_EQ(cast(Value::boolean(true), "string"), Value::string("true"));
  EXPECT_EQ(cast(Value::bytes("\1\2"), "string"), Value::string("AQI="));
  const SchemaPtr timestamp = SchemaBuilder::timestamp().build();
  EXPECT_EQ(cast_text(timestamp, Value::timestamp(1700000000123), "string"),
            "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(cast_text(SchemaBuilder::date().build(), Value::date(19000), "string"), "2022-01-08");
  EXPECT_EQ(cast_text(SchemaBuilder::time().build(), Value::time(1500), "string"), "00:00:01.500Z");
  // What happened before 2 January 1970 is a time of day for Kafka.
  EXPECT_EQ(cast_text(timestamp, Value::timestamp(-1), "string"), "23:59:59.999Z");
}

TEST(Cast, TakesDecimalsByTheirNumber) {
  const SchemaPtr schema = SchemaBuilder::decimal(2).build();
  const Value value = Value::decimal(std::string_view("\x30\x39", 2), 2);  // 123.45
  EXPECT_EQ(cast_text(schema, value, "string"), "123.45");
  EXPECT_EQ(cast_text(schema, value, "int32"), "123");
  EXPECT_EQ(cast_text(schema, value, "float64"), "123.45");
}

TEST(Cast, ChangesFieldsAndTheirSchemas) {
  World world;
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .name("R")
          .version(3)
          .doc("doc")
          .optional()
          .field("a", SchemaBuilder(Type::int32).optional().default_value(Value::int32(7)).build())
          .field("t", SchemaBuilder::timestamp().build())
          .field("same", World::schema(Type::string))
          .build();
  Record record =
      world.record(schema, world.structure({{}, Value::timestamp(5), Value::string("x")}));
  const auto transformation = create("Cast$Value", {{"spec", "a:string,t:int64,not_there:int8"}});
  EXPECT_EQ(apply(*transformation, record, world.batch), "Struct{a=7,t=5,same=x}");
  const SchemaPtr expected =
      SchemaBuilder(Type::structure)
          .name("R")
          .version(3)
          .doc("doc")
          .optional()
          .field("a",
                 SchemaBuilder(Type::string).optional().default_value(Value::string("7")).build())
          .field("t", World::schema(Type::int64))
          .field("same", World::schema(Type::string))
          .build();
  EXPECT_EQ(*record.value_schema, *expected);
  // One output schema per input schema: later stages plan by its address.
  Record second = world.record(schema, world.structure({{}, Value::timestamp(5), {}}));
  transformation->apply(second, world.batch);
  EXPECT_EQ(second.value_schema, record.value_schema);
}

TEST(Cast, NullsStayWhenTheyAreNotToBeReplaced) {
  World world;
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .field("a", SchemaBuilder(Type::int32).optional().default_value(Value::int32(7)).build())
          .build();
  Record record = world.record(schema, world.structure({{}}));
  EXPECT_EQ(apply("Cast$Value", {{"spec", "a:string"}, {"replace.null.with.default", "false"}},
                  record, world.batch),
            "Struct{}");
}

TEST(Cast, AddsMissingNamesToMapsAsNull) {
  World world;
  Record record = world.record(world.map({Value::string("a"), Value::int64(1)}));
  EXPECT_EQ(apply("Cast$Value", {{"spec", "a:string,b:int8"}}, record, world.batch),
            "{a=1, b=null}");
}

TEST(Cast, TakesNamesOfAnyLetters) {
  World world;
  Record record = world.record(world.map({Value::string("Ünï"), Value::int64(1)}));
  EXPECT_EQ(apply("Cast$Value", {{"spec", " Ünï : string "}}, record, world.batch), "{Ünï=1}");
  EXPECT_EQ(record.value.entries()[1], Value::string("1"));
}

TEST(Cast, WorksOnKeys) {
  World world;
  Record record = world.record(Value::string("v"));
  record.key = Value::string("12");
  create("Cast$Key", {{"spec", "int64"}})->apply(record, world.batch);
  EXPECT_EQ(record.key, Value::int64(12));
  EXPECT_EQ(value_text(record), "v");
}

TEST(Cast, RefusesWhatItCannotCast) {
  const std::string data = "!! org.apache.kafka.connect.errors.DataException: ";
  World world;
  EXPECT_EQ(cast_text(nullptr, world.list({}), "int8"),
            data +
                "Cast transformation does not support casting from ARRAY; supported types are "
                "[INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES]");
  EXPECT_EQ(cast_text(nullptr, Value::bytes("x"), "int8"),
            data + "Unexpected type in Cast transformation: class [B");
  EXPECT_EQ(cast_text(nullptr, Value::timestamp(1), "int64"),
            data +
                "Cast transformation was passed a value of type class java.util.Date which is not "
                "supported by Connect's data API");
  EXPECT_EQ(cast_text(nullptr, Value::int64(1), "a:int8"),
            data +
                "Only Map objects supported in absence of schema for [cast types], found: "
                "java.lang.Long");
  EXPECT_EQ(cast_text(World::schema(Type::int64), Value::int64(1), "a:int8"),
            data + "Cannot list fields on non-struct type");
}

TEST(Cast, ExplainsFaultySpecs) {
  EXPECT_NE(fault("Cast$Value", {}).find("Missing required configuration \"spec\""),
            std::string::npos);
  const auto reason = [](const std::string& spec) { return fault("Cast$Value", {{"spec", spec}}); };
  EXPECT_NE(reason("").find("Must specify at least one field to cast."), std::string::npos);
  EXPECT_NE(reason("a:b:c").find("Invalid rename mapping: a:b:c"), std::string::npos);
  EXPECT_NE(reason("a:text").find("Invalid type found in casting spec: text"), std::string::npos);
  EXPECT_NE(reason("a:bytes").find("does not support casting to BYTES"), std::string::npos);
  EXPECT_NE(reason("int8,a:int8").find("may only specify a single cast"), std::string::npos);
  EXPECT_EQ(reason(" a : INT8 "), "");
}

}  // namespace
}  // namespace kc::transform
