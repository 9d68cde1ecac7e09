// JsonSchemaConverter against a registry in this process.
#include "convert/json_schema/json_schema_converter.h"

#include "convert/registry_converter_testing.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using connect::ConverterRole;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::StartsWith;

class JsonSchemaConverterTest : public RegistryConverterTest {
 protected:
  JsonSchemaConverterTest()
      : RegistryConverterTest(JsonSchemaConverter::create, "JSON",
                              "Converting byte[] to Kafka Connect data failed due to serialization "
                              "error of topic t: ") {}
};

const std::string point =
    R"({"type":"object","title":"g.Point","properties":{"x":{"type":"integer"}}})";

TEST_F(JsonSchemaConverterTest, ReadsWithTheWritersSchemaAndItsVersion) {
  registry.add("t-value", body(R"({"type":"string"})"));
  const int32_t id = registry.add("t-value", body(point));
  const auto converter = make();
  EXPECT_EQ(read(*converter, message(id, R"({"x":1})")), "Struct{x=1}");
  EXPECT_EQ(result.schema->version(), 2);
  EXPECT_EQ(result.schema->name(), "g.Point");
  const auto* schema = result.schema;
  EXPECT_EQ(read(*converter, message(id, R"( {"x" : 2} )")), "Struct{x=2}");
  EXPECT_EQ(result.schema, schema);
  EXPECT_EQ(registry.requests().size(), 2U) << "asked once";
  EXPECT_TRUE(converter->to_connect("t", std::nullopt, batch).value.is_null());
}

TEST_F(JsonSchemaConverterTest, SubjectsAreNamedForTitles) {
  const int32_t id = registry.add("g.Point", body(point));
  const auto converter = make({{"value.subject.name.strategy",
                                "io.confluent.kafka.serializers.subject.RecordNameStrategy"}});
  read(*converter, message(id, R"({"x":1})"));
  EXPECT_EQ(result.schema->version(), 1);
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("g.Point")
                               .field("y", SchemaBuilder(Type::string).build())
                               .build();
  const Value fields[] = {Value::string("v")};
  std::string bytes;
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(registry.requests().back(), "POST /subjects/g.Point/versions");
}

TEST_F(JsonSchemaConverterTest, ReferencedSchemasAreFetched) {
  registry.add("point", body(point));
  const int32_t id =
      registry.add("t-value", body(R"({"type":"array","items":{"$ref":"point.json"}})",
                                   R"([{"name":"point.json","subject":"point","version":1}])"));
  EXPECT_EQ(read(*make(), message(id, R"([{"x":1},{"x":2}])")), "[Struct{x=1}, Struct{x=2}]");
}

TEST_F(JsonSchemaConverterTest, OptionalUnlessRequired) {
  const int32_t id = registry.add("t-value", body(point));
  read(*make({{"use.optional.for.nonrequired", "true"}}), message(id, "{}"));
  EXPECT_TRUE(result.schema->fields()[0].schema->optional());
}

TEST_F(JsonSchemaConverterTest, BadMessagesAreDataExceptions) {
  const int32_t id = registry.add("t-value", body(point));
  const int32_t not_a_schema = registry.add("t-value", body("<xml>"));
  const int32_t avro = registry.add("t-value", R"({"schema":"\"int\""})");
  const int32_t lost = registry.add("t-value", body(R"({"$ref":"gone.json"})"));
  const auto converter = make();
  EXPECT_THAT(data_exception(*converter, ""), HasSubstr("Unknown magic byte!"));
  EXPECT_THAT(data_exception(*converter, "{\"x\":1}"), HasSubstr("Unknown magic byte!"));
  EXPECT_THAT(data_exception(*converter, message(99, "{}")),
              HasSubstr("Error retrieving JSON value schema for id 99: "
                        "Schema not found; error code: 40403"));
  for (const std::string bad : {"", "{\"x\":", "{\"x\":\"\xFF\"}", "{\"x\":null}"}) {
    EXPECT_THAT(data_exception(*converter, message(id, bad)),
                HasSubstr("Error deserializing JSON message for id 1"));
  }
  EXPECT_THAT(data_exception(*converter, message(id, "{\"y\":" + std::string(10'000, '['))),
              HasSubstr("id 1"));
  EXPECT_THAT(data_exception(*converter, message(not_a_schema, "{}")),
              HasSubstr("Not a JSON schema"));
  EXPECT_THAT(data_exception(*converter, message(avro, "{}")), HasSubstr("of type AVRO, not JSON"));
  EXPECT_THAT(data_exception(*converter, message(lost, "{}")),
              HasSubstr("gone.json of the JSON schema leads nowhere"));
}

TEST_F(JsonSchemaConverterTest, AnOutageIsRetried) {
  const int32_t id = registry.add("t-value", body(point));
  const auto converter = make();
  registry.fail_with(503);
  EXPECT_EQ(refusal(*converter, message(id, "{}")).reaction(), Reaction::retry);
  registry.fail_with(401);
  EXPECT_THAT(refusal(*converter, message(id, "{}")).what(),
              StartsWith("Failed to access JSON Schema data from topic t : "));
  registry.fail_with(200);
  EXPECT_EQ(read(*converter, message(id, R"({"x":1})")), "Struct{x=1}");
}

TEST_F(JsonSchemaConverterTest, WritesWhatItReads) {
  const auto converter = make({{"decimal.format", "numeric"}});
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("g.P")
                               .field("x", SchemaBuilder(Type::int16).optional().build())
                               .field("d", SchemaBuilder::decimal(2).build())
                               .build();
  const Value fields[] = {Value::int16(3), Value::decimal("\x30\x39", 2)};
  std::string bytes;
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(bytes, message(1, R"({"x":3,"d":123.45})"));
  bytes.clear();
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(registry.requests().size(), 1U) << "registered once";
  EXPECT_THAT(registry.schema(1), HasSubstr("\"title\":\"g.P\""));
  EXPECT_EQ(read(*converter, bytes), "Struct{x=3,d=123.45}");
}

TEST_F(JsonSchemaConverterTest, NullIsATombstoneUnlessTheSchemaKnowsIt) {
  const auto converter = make();
  std::string bytes;
  EXPECT_FALSE(converter->from_connect("t", nullptr, Value(), bytes));
  EXPECT_FALSE(
      converter->from_connect("t", SchemaBuilder(Type::string).build().get(), Value(), bytes));
  EXPECT_EQ(bytes, "");
  const SchemaPtr optional = SchemaBuilder(Type::string).optional().build();
  ASSERT_TRUE(converter->from_connect("t", optional.get(), Value(), bytes));
  EXPECT_EQ(bytes, message(1, "null"));
  const SchemaPtr five = SchemaBuilder(Type::int32).default_value(Value::int32(5)).build();
  bytes.clear();
  ASSERT_TRUE(converter->from_connect("t", five.get(), Value(), bytes));
  EXPECT_EQ(bytes, message(2, "5"));
  const SchemaPtr maybe =
      SchemaBuilder(Type::int32).optional().default_value(Value::int32(5)).build();
  bytes.clear();
  make({{"ignore.default.for.nullables", "true"}})->from_connect("t", maybe.get(), Value(), bytes);
  EXPECT_EQ(bytes, message(3, "null"));
}

TEST_F(JsonSchemaConverterTest, WhatCannotBeWrittenIsRefused) {
  const auto converter = make();
  std::string bytes;
  const auto text = [&](const data::Schema* schema, const Value& value) {
    try {
      converter->from_connect("t", schema, value, bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::skip_record);
      return std::string(error.what());
    }
    return "nothing was thrown"s;
  };
  EXPECT_THAT(text(nullptr, Value::int32(1)), HasSubstr("Values without a schema"));
  EXPECT_THAT(
      text(SchemaBuilder(Type::string).build().get(), Value::int32(1)),
      StartsWith("Converting Kafka Connect data to byte[] failed due to serialization error "
                 "of topic t: Invalid type for STRING"));
}

TEST_F(JsonSchemaConverterTest, SettingsThatAreNotThereAreRefused) {
  EXPECT_THROW(make({{"json.fail.invalid.schema", "true"}}), Error);
  EXPECT_THROW(make({{"decimal.format", "HEX"}}), Error);
  EXPECT_THROW(make({}, ConverterRole::header), Error);
  EXPECT_NO_THROW(make({{"json.fail.invalid.schema", "false"}}));
}

}  // namespace
}  // namespace kc::convert
