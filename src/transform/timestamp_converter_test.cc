#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

constexpr int64_t november = 1'700'000'000'123;
const std::string data_exception = "!! org.apache.kafka.connect.errors.DataException: ";
const std::string iso = "yyyy-MM-dd'T'HH:mm:ss.SSSX";

std::string convert(const Value& value, const SchemaPtr& schema, Properties settings) {
  World world;
  Record record = world.record(schema, value);
  return apply("TimestampConverter$Value", settings, record, world.batch);
}
std::string convert(const Value& value, const Properties& settings) {
  return convert(value, nullptr, settings);
}

TEST(TimestampConverter, ConvertsBetweenAllForms) {
  EXPECT_EQ(convert(Value::int64(november), {{"target.type", "string"}, {"format", iso}}),
            "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(convert(Value::string("2023-11-14T22:13:20.123Z"),
                    {{"target.type", "unix"}, {"format", iso}}),
            "1700000000123");
  EXPECT_EQ(convert(Value::timestamp(november), {{"target.type", "Date"}}),
            "Tue Nov 14 00:00:00 UTC 2023");
  EXPECT_EQ(convert(Value::timestamp(november), {{"target.type", "Time"}}),
            "Thu Jan 01 22:13:20 UTC 1970");
  EXPECT_EQ(convert(Value::date(1), SchemaBuilder::date().build(), {{"target.type", "Timestamp"}}),
            "Fri Jan 02 00:00:00 UTC 1970");
  EXPECT_EQ(convert(Value::timestamp(-1), {{"target.type", "Date"}}),
            "Wed Dec 31 00:00:00 UTC 1969");
}

TEST(TimestampConverter, KnowsPrecisions) {
  const auto unix_text = [](const std::string& precision) {
    return convert(Value::timestamp(-1500),
                   {{"target.type", "unix"}, {"unix.precision", precision}});
  };
  EXPECT_EQ(unix_text("seconds"), "-1");
  EXPECT_EQ(unix_text("milliseconds"), "-1500");
  EXPECT_EQ(unix_text("microseconds"), "-1500000");
  EXPECT_EQ(unix_text("nanoseconds"), "-1500000000");
  EXPECT_EQ(convert(Value::int64(1'700'000'000'123'456), {{"target.type", "string"},
                                                          {"format", "ss.SSS"},
                                                          {"unix.precision", "microseconds"}}),
            "20.123");
  EXPECT_EQ(convert(Value::timestamp(INT64_MAX / 1000),
                    {{"target.type", "unix"}, {"unix.precision", "nanoseconds"}}),
            "9223372036854775807");
}

TEST(TimestampConverter, ChangesAFieldAndItsSchema) {
  World world;
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .name("R")
          .field("t", SchemaBuilder::timestamp().optional().build())
          .field("other", World::schema(Type::int64))
          .optional()
          .default_value(world.structure({Value::timestamp(0), Value::int64(1)}))
          .build();
  const auto converter = create("TimestampConverter$Value",
                                {{"field", "t"}, {"target.type", "string"}, {"format", "yyyy"}});
  Record record =
      world.record(schema, world.structure({Value::timestamp(november), Value::int64(5)}));
  EXPECT_EQ(apply(*converter, record, world.batch), "Struct{t=2023,other=5}");
  EXPECT_EQ(text(record.value_schema, *record.value_schema->default_value()),
            "Struct{t=1970,other=1}");
  EXPECT_TRUE(record.value_schema->optional());
  EXPECT_EQ(*record.value_schema->find_field("t")->schema, *World::optional(Type::string));
  Record tombstone = world.record(schema, {});
  EXPECT_EQ(apply(*converter, tombstone, world.batch), "null");
  EXPECT_EQ(tombstone.value_schema, record.value_schema);
}

TEST(TimestampConverter, ChangesAnEntry) {
  World world;
  const Properties settings{{"field", "t"}, {"target.type", "Timestamp"}};
  EXPECT_EQ(convert(world.map({Value::string("t"), Value::int64(0)}), settings),
            "{t=Thu Jan 01 00:00:00 UTC 1970}");
  EXPECT_EQ(convert(world.map({}), settings), "{t=null}");
  EXPECT_EQ(convert(Value(), settings), "null");
}

TEST(TimestampConverter, RefusesWhatIsNoTimestamp) {
  EXPECT_EQ(convert(Value::string("x"), {{"target.type", "unix"}, {"format", "yyyy"}}),
            data_exception + "Could not parse timestamp: value (x) does not match pattern (yyyy)");
  EXPECT_EQ(convert(Value::int32(5), World::schema(Type::int32), {{"target.type", "unix"}}),
            "!! org.apache.kafka.connect.errors.ConnectException: Schema Schema{INT32} does not "
            "correspond to a known timestamp type format");
  EXPECT_EQ(convert(Value::boolean(true), {{"target.type", "unix"}}),
            data_exception +
                "TimestampConverter does not support class java.lang.Boolean objects as "
                "timestamps");
  EXPECT_TRUE(convert(Value::string("x"), {{"target.type", "unix"}})
                  .starts_with("!! java.lang.NullPointerException: "));
}

TEST(TimestampConverter, ExplainsFaults) {
  EXPECT_NE(fault("TimestampConverter$Value", {{"target.type", "string"}})
                .find("requires format option to be specified when using string timestamps"),
            std::string::npos);
  EXPECT_NE(fault("TimestampConverter$Value", {{"target.type", "string"}, {"format", "b"}})
                .find("requires a SimpleDateFormat-compatible pattern"),
            std::string::npos);
  EXPECT_NE(fault("TimestampConverter$Value", {{"target.type", "date"}})
                .find("String must be one of: string, unix, Date, Time, Timestamp"),
            std::string::npos);
}

}  // namespace
}  // namespace kc::transform
