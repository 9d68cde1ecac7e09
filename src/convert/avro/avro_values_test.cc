// Schemas and bodies without a registry: parser, compiled reader, writer.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "base/error.h"
#include "convert/avro/avro_reader.h"
#include "convert/avro/avro_schema_writer.h"
#include "convert/avro/avro_writer.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::StartsWith;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return error.what();
  }
  return "nothing was thrown";
}

// One schema text, read as AvroConverter would.
struct Reading {
  explicit Reading(const std::string& text, const AvroReadOptions& options = {},
                   const std::vector<std::string>& referenced = {}) {
    std::vector<std::string_view> texts(referenced.begin(), referenced.end());
    texts.push_back(text);
    document = std::make_unique<AvroDocument>(texts);
    plan = compile_avro(document->root(), options, std::nullopt);
  }

  // The value as StringConverter writes it; an error as "! message".
  std::string operator()(std::string body) {
    bodies.push_back(std::make_unique<std::vector<char>>(body.begin(), body.end()));
    try {
      value = reader.read({bodies.back()->data(), body.size()}, plan, arena);
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::skip_record);
      return fmt::format("! {}", error.what());
    }
    std::string shown;
    append_java_string(plan.schema.get(), value, shown);
    return shown;
  }
  const Schema& schema() const { return *plan.schema; }
  const Schema& field(const char* name) const { return *schema().find_field(name)->schema; }

  std::unique_ptr<AvroDocument> document;
  AvroReadPlan plan;
  AvroValueReader reader;
  base::Arena arena;
  Value value;
  std::vector<std::unique_ptr<std::vector<char>>> bodies;
};

std::string record(const std::string& fields) {
  return R"({"type":"record","name":"a.b.R","fields":[)" + fields + "]}";
}

// Writes `value` and reads it back: the same value, and the same schema but for what is lost.
void expect_round_trip(const SchemaPtr& schema, const Value& value,
                       const AvroWriteOptions& options = {}) {
  const std::string text = avro_schema_text(*schema, options);
  Reading reading(text);
  EXPECT_TRUE(reading.schema() == *schema) << text;
  std::string body;
  write_avro(AvroWritePlan(reading.document->root(), *schema), value, body);
  EXPECT_THAT(reading(body), testing::Not(StartsWith("!"))) << text;
  EXPECT_TRUE(reading.value == value) << text;
}

TEST(AvroReader, ReadsPrimitives) {
  EXPECT_EQ(Reading("\"boolean\"")("\1"), "true");
  EXPECT_EQ(Reading("\"int\"")("\x03"), "-2");
  EXPECT_EQ(Reading("\"long\"")("\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "9223372036854775807");
  EXPECT_EQ(Reading("\"float\"")("\0\0\xC0\x3F"s), "1.5");
  EXPECT_EQ(Reading("\"double\"")("\0\0\0\0\0\0\xF8\x3F"s), "1.5");
  EXPECT_EQ(Reading("\"string\"")("\4hi"), "hi");
  EXPECT_EQ(Reading(R"({"type":"string"})")("\2\xFF"), "\xEF\xBF\xBD") << "as Java decodes it";
  EXPECT_EQ(Reading(R"({"type":{"type":"int"}})")("\2"), "1");
}

TEST(AvroReader, ReadsLogicalTypes) {
  EXPECT_EQ(Reading(R"({"type":"int","logicalType":"date"})")("\2"),
            "Fri Jan 02 00:00:00 UTC 1970");
  Reading time(R"({"type":"int","logicalType":"time-millis"})");
  time("\2");
  EXPECT_EQ(time.value, Value::time(1));
  Reading timestamp(R"({"type":"long","logicalType":"timestamp-millis"})");
  timestamp("\2");
  EXPECT_EQ(timestamp.value, Value::timestamp(1));
  Reading decimal(R"({"type":"bytes","logicalType":"decimal","precision":5,"scale":2})");
  EXPECT_EQ(decimal("\4\x30\x39"), "123.45");
  EXPECT_EQ(decimal("\0"s), "! Malformed Avro data: a decimal has no bytes");
  EXPECT_EQ(decimal.schema().parameters()[1].first, "connect.decimal.precision");
  Reading fixed(
      R"({"type":"fixed","name":"x.D","size":2,"logicalType":"decimal","precision":4,"scale":1})");
  EXPECT_EQ(fixed("\xFF\xF6"), "-1.0");
  // Those that Connect has no type for keep their base type, as AvroData does.
  for (const char* type :
       {"time-micros", "timestamp-micros", "local-timestamp-millis", "local-timestamp-micros"}) {
    Reading base(fmt::format(R"({{"type":"long","logicalType":"{}"}})", type));
    base("\4");
    EXPECT_EQ(base.value, Value::int64(2)) << type;
  }
  EXPECT_EQ(Reading(R"({"type":"string","logicalType":"uuid"})")("\2u"), "u");
}

TEST(AvroReader, AUnionWithNullIsOptional) {
  Reading first(R"(["null","string"])");
  EXPECT_TRUE(first.schema().optional());
  EXPECT_EQ(first("\0"s), "null");
  EXPECT_EQ(first("\2\2a"), "a");
  EXPECT_EQ(first("\4"),
            "! Malformed Avro data: a union's branch or an enum's symbol is out of range");
  Reading last(R"(["int","null"])");
  EXPECT_EQ(last("\2"), "null");
  EXPECT_EQ(last(std::string("\0\2", 2)), "1");
  Reading single(R"(["int"])");
  EXPECT_FALSE(single.schema().optional());
}

TEST(AvroReader, NullOfAFieldWithADefaultIsTheDefault) {
  const std::string text = record(R"({"name":"x","type":["int","null"],"default":7})");
  EXPECT_EQ(Reading(text)("\2"), "Struct{x=7}");
  AvroReadOptions options;
  options.ignore_default_for_nullables = true;
  EXPECT_EQ(Reading(text, options)("\2"), "Struct{}");
}

TEST(AvroReader, OtherUnionsAreStructures) {
  const std::string text = record(
      R"({"name":"u","type":["null","int","string",{"type":"record","name":"c.P","fields":[]}]})");
  Reading reading(text);
  EXPECT_EQ(*reading.field("u").name(), "io.confluent.connect.avro.Union");
  EXPECT_TRUE(reading.field("u").optional());
  EXPECT_EQ(reading("\0"s), "Struct{}");
  EXPECT_EQ(reading("\2\2"), "Struct{u=Struct{int=1}}");
  EXPECT_EQ(reading("\4\2z"), "Struct{u=Struct{string=z}}");
  EXPECT_EQ(reading("\6"), "Struct{u=Struct{P=Struct{}}}");
  AvroReadOptions enhanced;
  enhanced.enhanced_schema_support = true;
  EXPECT_EQ(Reading(text, enhanced)("\6"), "Struct{u=Struct{c.P=Struct{}}}");
}

TEST(AvroReader, EnumsAreTextsWithParameters) {
  Reading reading(R"({"type":"enum","name":"a.E","symbols":["ON","OFF"]})");
  EXPECT_EQ(reading("\2"), "OFF");
  EXPECT_EQ(*reading.schema().name(), "a.E");
  const auto& parameters = reading.schema().parameters();
  ASSERT_EQ(parameters.size(), 3U);
  EXPECT_EQ(parameters[0], std::make_pair("io.confluent.connect.avro.Enum"s, "a.E"s));
  EXPECT_EQ(parameters[2], std::make_pair("io.confluent.connect.avro.Enum.OFF"s, "OFF"s));
  EXPECT_THAT(reading("\4"), StartsWith("! Malformed"));
  EXPECT_THAT(reading("\1"), StartsWith("! Malformed"));
}

TEST(AvroReader, ReadsContainers) {
  EXPECT_EQ(Reading(R"({"type":"array","items":"int"})")("\4\2\4\0"s), "[1, 2]");
  EXPECT_EQ(Reading(R"({"type":"array","items":"int"})")("\3\4\2\4\2\6\0"s), "[1, 2, 3]")
      << "a block with its length";
  EXPECT_EQ(Reading(R"({"type":"map","values":"int"})")("\4\2a\2\2b\4\0"s), "{a=1, b=2}");
  EXPECT_EQ(
      Reading(R"({"type":"array","items":{"type":"record","name":"MapEntry",)"
              R"("namespace":"io.confluent.connect.avro","fields":[)"
              R"({"name":"key","type":"int"},{"name":"value","type":"string"}]}})")("\2\2\2a\0"s),
      "{1=a}");
  Reading fixed(R"({"type":"fixed","name":"F","size":3})");
  fixed("abc");
  EXPECT_EQ(fixed.value, Value::bytes("abc"));
  EXPECT_EQ(fixed.schema().parameters()[0], std::make_pair("connect.fixed.size"s, "3"s));
}

TEST(AvroReader, RefusesBodiesThatEndTooEarly) {
  Reading reading(record(R"({"name":"s","type":"string"},{"name":"d","type":"double"})"));
  const std::string body = "\4hi\0\0\0\0\0\0\xF8\x3F"s;
  EXPECT_EQ(reading(body), "Struct{s=hi,d=1.5}");
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_THAT(reading(body.substr(0, size)), StartsWith("! Malformed Avro data")) << size;
  }
  EXPECT_THAT(Reading(R"({"type":"array","items":"int"})")("\xFE\xFF\xFF\xFF\x0F"),
              StartsWith("! Malformed"));
}

TEST(AvroReader, ItemsWithoutBytesAreTakenUpToALimitForAllArrays) {
  Reading empty(R"({"type":"array","items":{"type":"record","name":"N","fields":[]}})");
  EXPECT_EQ(empty("\4\0"s), "[Struct{}, Struct{}]");
  const std::string hostile = "\x80\x80\x80\x04"s;  // 4 Mi items
  EXPECT_THAT(empty(hostile + "\0"s), HasSubstr("too many items without bytes"));
  Reading nested(R"({"type":"array","items":{"type":"array","items":
      {"type":"record","name":"N","fields":[]}}})");
  EXPECT_EQ(nested("\2\4\0\0"s), "[[Struct{}, Struct{}]]");
  const std::string part = "\x80\x80\x06\0"s;  // 48 Ki items
  EXPECT_THAT(nested("\4"s + part + part + "\0"s), HasSubstr("too many items without bytes"));
}

TEST(AvroReader, TakesWhatConnectWroteIntoTheSchema) {
  Reading reading(record(
      R"({"name":"a","doc":"D","type":{"type":"int","connect.type":"int8","connect.version":4,)"
      R"("connect.name":"n.N","connect.parameters":{"k":"v"}},"default":5})"));
  const Schema& schema = reading.field("a");
  EXPECT_EQ(schema.type(), Type::int8);
  EXPECT_EQ(schema.name(), "n.N");
  EXPECT_EQ(schema.version(), 4);
  EXPECT_EQ(schema.doc(), "D");
  EXPECT_EQ(schema.parameters()[0].second, "v");
  EXPECT_EQ(schema.default_value(), Value::int8(5));
  EXPECT_EQ(reading.schema().name(), "a.b.R");
}

TEST(AvroReader, ReadsDefaultsOfAllTypes) {
  Reading reading(record(
      R"({"name":"b","type":"bytes","default":"\u00FF\u0001"},)"
      R"({"name":"l","type":{"type":"array","items":"int"},"default":[1,2]},)"
      R"({"name":"m","type":{"type":"map","values":"long"},"default":{"k":3}},)"
      R"({"name":"r","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]},)"
      R"("default":{"x":9}},{"name":"bad","type":"int","default":"text"})"));
  EXPECT_EQ(*reading.field("b").default_value(), Value::bytes("\xFF\x01"));
  EXPECT_EQ(reading.field("l").default_value()->items()[1], Value::int32(2));
  EXPECT_EQ(reading.field("m").default_value()->entries()[1], Value::int64(3));
  EXPECT_EQ(reading.field("r").default_value()->items()[0], Value::int32(9));
  EXPECT_FALSE(reading.field("bad").default_value());
}

TEST(AvroSchema, NamesAreResolvedInTheirNamespaces) {
  Reading reading(
      R"({"type":"record","name":"R","namespace":"n","fields":[)"
      R"({"name":"a","type":{"type":"enum","name":"E","symbols":["X"]}},)"
      R"({"name":"b","type":"E"},{"name":"c","type":"n.E"},{"name":"d","type":"o.T"}]})",
      {}, {R"({"type":"record","name":"o.T","fields":[]})"});
  EXPECT_EQ(reading("\0\0\0"s), "Struct{a=X,b=X,c=X,d=Struct{}}");
}

TEST(AvroSchema, FaultsAreNamed) {
  const auto fault = [](const std::string& text) { return failure([&] { Reading{text}; }); };
  EXPECT_EQ(fault("{"), "Not an Avro schema: it is not JSON");
  EXPECT_EQ(fault("5"), "Not an Avro schema: No type: 5");
  EXPECT_THAT(fault("\"integer\""), HasSubstr("\"integer\" is not a defined name"));
  EXPECT_THAT(fault(record(R"({"name":"a","type":"int"},{"name":"a","type":"int"})")),
              HasSubstr("Duplicate field a in record a.b.R"));
  EXPECT_THAT(fault(R"(["int","int"])"), HasSubstr("Duplicate in union: int"));
  EXPECT_THAT(fault(R"(["int",["null"]])"), HasSubstr("Nested union"));
  EXPECT_THAT(fault(R"({"type":"fixed","name":"F","size":-1})"), HasSubstr("size"));
  EXPECT_THAT(fault(R"({"type":"enum","name":"E","symbols":["a","a"]})"), HasSubstr("Duplicate"));
  EXPECT_THAT(fault("\"null\""), HasSubstr("Standalone null"));
  EXPECT_THAT(fault(record(R"({"name":"a","type":["null","R"]})")), HasSubstr("contains itself"));
  std::string deep = "\"int\"";
  for (int i = 0; i < 10'000; ++i) deep = R"({"type":"array","items":)" + deep + "}";
  EXPECT_THAT(fault(deep), HasSubstr("nested too deeply"));
}

TEST(AvroSchema, RecordsThatMultiplyHaveALimit) {
  std::string fields;
  std::string text = record(R"({"name":"x","type":"int"})");
  std::vector<std::string> texts{R"({"type":"record","name":"R0","fields":[]})"};
  for (int i = 1; i < 40; ++i) {
    texts.push_back(
        fmt::format(R"({{"type":"record","name":"R{}","fields":[{{"name":"a","type":"R{}"}},)"
                    R"({{"name":"b","type":"R{}"}}]}})",
                    i, i - 1, i - 1));
  }
  EXPECT_THAT(failure([&] { Reading("\"R39\"", {}, texts); }), HasSubstr("more than 100000"));
}

TEST(AvroWriter, RoundTripsAllTypes) {
  expect_round_trip(SchemaBuilder(Type::int8).build(), Value::int8(-5));
  expect_round_trip(SchemaBuilder(Type::int16).build(), Value::int16(-500));
  expect_round_trip(SchemaBuilder(Type::int32).build(), Value::int32(INT32_MIN));
  expect_round_trip(SchemaBuilder(Type::int64).build(), Value::int64(INT64_MIN));
  expect_round_trip(SchemaBuilder(Type::float32).build(), Value::float32(1.5F));
  expect_round_trip(SchemaBuilder(Type::float64).build(),
                    Value::float64(std::numeric_limits<double>::infinity()));
  expect_round_trip(SchemaBuilder(Type::boolean).build(), Value::boolean(true));
  expect_round_trip(SchemaBuilder(Type::string).build(), Value::string("é😀"));
  expect_round_trip(SchemaBuilder(Type::bytes).build(), Value::bytes("\0\xFF"s));
  expect_round_trip(SchemaBuilder::decimal(2).build(), Value::decimal("\x30\x39", 2));
  expect_round_trip(SchemaBuilder::date().build(), Value::date(-1));
  expect_round_trip(SchemaBuilder::time().build(), Value::time(1000));
  expect_round_trip(SchemaBuilder::timestamp().build(), Value::timestamp(1700000000123));
}

TEST(AvroWriter, RoundTripsOptionalNestedAndNamedTypes) {
  const SchemaPtr inner = SchemaBuilder(Type::structure)
                              .name("x.Inner")
                              .version(3)
                              .field("s", SchemaBuilder(Type::string).optional().build())
                              .build();
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .name("x.Outer")
          .doc("outer")
          .field("a", inner)
          .field("b", inner)
          .field("l", SchemaBuilder::array(SchemaBuilder(Type::int64).optional().build()).build())
          .field("m", SchemaBuilder::map(SchemaBuilder(Type::string).build(), inner).build())
          .field("n", SchemaBuilder::map(SchemaBuilder(Type::int32).build(),
                                         SchemaBuilder(Type::string).build())
                          .build())
          .field("t", SchemaBuilder::timestamp().optional().build())
          .field("p", SchemaBuilder(Type::string).parameter("k", "v").build())
          .build();
  const Value text[] = {Value::string("x")};
  const Value nothing[] = {Value()};
  const Value items[] = {Value::int64(1), Value()};
  const Value entries[] = {Value::string("k"), Value::structure(text)};
  const Value pairs[] = {Value::int32(1), Value::string("one")};
  const Value fields[] = {Value::structure(text), Value::structure(nothing), Value::array(items),
                          Value::map(entries),    Value::map(pairs),         Value(),
                          Value::string("p")};
  expect_round_trip(schema, Value::structure(fields));
}

TEST(AvroWriter, RoundTripsUnnamedStructures) {
  const SchemaPtr inner =
      SchemaBuilder(Type::structure).field("x", SchemaBuilder(Type::int8).build()).build();
  const SchemaPtr schema = SchemaBuilder(Type::structure).field("i", inner).optional().build();
  const Value x[] = {Value::int8(1)};
  const Value i[] = {Value::structure(x)};
  expect_round_trip(schema, Value::structure(i));
  expect_round_trip(schema, Value());
}

TEST(AvroWriter, RoundTripsDefaults) {
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .name("R")
          .field("a", SchemaBuilder(Type::int16).optional().default_value(Value::int16(4)).build())
          .field("b", SchemaBuilder(Type::bytes).default_value(Value::bytes("\xFF")).build())
          .build();
  const Value fields[] = {Value::int16(9), Value::bytes("z")};
  expect_round_trip(schema, Value::structure(fields));
  EXPECT_THAT(avro_schema_text(*schema, {}), HasSubstr(R"("default":4)"));
}

TEST(AvroWriter, WritesWhatConfluentsConverterWrites) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("com.x.Rec")
                               .field("i8", SchemaBuilder(Type::int8).build())
                               .field("s", SchemaBuilder(Type::string).optional().build())
                               .field("d", SchemaBuilder::decimal(2).build())
                               .build();
  AvroWriteOptions plain;
  plain.connect_meta_data = false;
  EXPECT_EQ(avro_schema_text(*schema, plain),
            R"({"type":"record","name":"Rec","namespace":"com.x","fields":[)"
            R"({"name":"i8","type":"int"},)"
            R"({"name":"s","type":["null","string"],"default":null},)"
            R"({"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":64,)"
            R"("scale":2}}]})");
  EXPECT_THAT(avro_schema_text(*schema, {}), HasSubstr(R"({"type":"int","connect.type":"int8"})"));
}

TEST(AvroWriter, KeepsEnumsWhenAsked) {
  Reading reading(R"({"type":"enum","name":"a.E","symbols":["ON","OFF"]})");
  reading("\2");
  AvroWriteOptions options;
  options.enhanced_schema_support = true;
  Reading again(avro_schema_text(reading.schema(), options));
  EXPECT_EQ(again.document->root().type, AvroType::enumeration);
  std::string body;
  write_avro(AvroWritePlan(again.document->root(), reading.schema()), reading.value, body);
  EXPECT_EQ(body, "\2");
  EXPECT_THAT(failure([&] {
                write_avro(AvroWritePlan(again.document->root(), reading.schema()),
                           Value::string("X"), body);
              }),
              HasSubstr("no symbol X"));
}

TEST(AvroWriter, RefusesWhatDoesNotFit) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("R")
                               .field("a", SchemaBuilder(Type::int32).build())
                               .build();
  Reading reading(avro_schema_text(*schema, {}));
  const AvroWritePlan plan(reading.document->root(), *schema);
  std::string out;
  const Value null[] = {Value()};
  const Value text[] = {Value::string("x")};
  EXPECT_EQ(failure([&] { write_avro(plan, Value::structure(null), out); }),
            "Invalid value: null used for required field: \"a\", schema type: INT32");
  EXPECT_EQ(failure([&] { write_avro(plan, Value::structure(text), out); }),
            "Invalid type for INT32: STRING");
  const SchemaPtr decimal = SchemaBuilder::decimal(2).build();
  Reading money(avro_schema_text(*decimal, {}));
  EXPECT_THAT(failure([&] {
                write_avro(AvroWritePlan(money.document->root(), *decimal), Value::decimal("\1", 3),
                           out);
              }),
              StartsWith("Decimal value has mismatching scale"));
  const SchemaPtr other = SchemaBuilder(Type::structure)
                              .name("Q")
                              .field("r", schema)
                              .field("s", SchemaBuilder(Type::structure).name("R").build())
                              .build();
  EXPECT_EQ(failure([&] { avro_schema_text(*other, {}); }), "Can't redefine: R");
}

}  // namespace
}  // namespace kc::convert
