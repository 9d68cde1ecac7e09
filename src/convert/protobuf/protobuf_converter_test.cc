// ProtobufConverter against a registry that answers from a script.
#include "convert/protobuf/protobuf_converter.h"

#include "convert/registry_converter_testing.h"

namespace kc::convert {
namespace {

using base::Error;
using connect::ConverterRole;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::StartsWith;

class ProtobufConverterTest : public RegistryConverterTest {
 protected:
  ProtobufConverterTest()
      : RegistryConverterTest(ProtobufConverter::create, "PROTOBUF",
                              "Failed to deserialize data for topic t to Protobuf: ") {}
};

const std::string two = R"(syntax = "proto3"; package g; message Point { int32 x = 1; }
  message Shape { message Side { int32 length = 1; } string name = 1; })";

TEST_F(ProtobufConverterTest, ReadsTheMessageThatTheIndexesName) {
  registry.add("t-value", body("syntax = \"proto3\"; message Other {}"));
  const int32_t id = registry.add("t-value", body(two));
  const auto converter = make();
  EXPECT_EQ(read(*converter, message(id, "\0\x08\1"s)), "Struct{x=1}");
  EXPECT_EQ(result.schema->name(), "Point");
  EXPECT_EQ(result.schema->version(), 2);
  const auto* schema = result.schema;
  EXPECT_EQ(read(*converter, message(id, "\x02\0\x08\2"s)), "Struct{x=2}");
  EXPECT_EQ(read(*converter, message(id, "\x02\x02\x0A\1n")), "Struct{name=n}");
  EXPECT_EQ(read(*converter, message(id, "\x04\x02\0\x08\3"s)), "Struct{length=3}");
  EXPECT_EQ(result.schema->name(), "Side");
  read(*converter, message(id, "\0\x08\1"s));
  EXPECT_EQ(result.schema, schema);
  EXPECT_TRUE(converter->to_connect("t", std::nullopt, batch).value.is_null());
  EXPECT_EQ(registry.requests().front(), "GET /schemas/ids/2");
}

TEST_F(ProtobufConverterTest, ReferencedFilesAreFetched) {
  registry.add("point.proto", body("syntax = \"proto3\"; message P { int32 x = 1; }"));
  const int32_t id = registry.add(
      "t-value",
      body("syntax = \"proto3\"; import \"point.proto\"; message L { repeated P l = 1; }",
           R"([{"name":"point.proto","subject":"point.proto","version":1}])"));
  EXPECT_EQ(read(*make(), message(id, "\0\x0A\2\x08\1\x0A\0"s)),
            "Struct{l=[Struct{x=1}, Struct{x=0}]}");
}

TEST_F(ProtobufConverterTest, BadMessagesAreDataExceptions) {
  const int32_t id = registry.add("t-value", body(two));
  const int32_t none = registry.add("t-value", body("<xml>"));
  const int32_t avro = registry.add("t-value", R"({"schema":"\"int\""})");
  const auto converter = make();
  EXPECT_THAT(data_exception(*converter, ""), HasSubstr("Unknown magic byte!"));
  EXPECT_THAT(data_exception(*converter, message(id, "\0\x08"s)),
              HasSubstr("Error deserializing Protobuf message for id 1: While parsing a protocol "
                        "message, the input ended unexpectedly"));
  EXPECT_THAT(data_exception(*converter, message(id, "")), HasSubstr("ended unexpectedly"));
  EXPECT_THAT(data_exception(*converter, message(id, "\x02\x06")),
              HasSubstr("none that the schema has"));
  EXPECT_THAT(data_exception(*converter, message(id, "\x01")),
              HasSubstr("Invalid message indexes"));
  EXPECT_THAT(data_exception(*converter, message(id, "\xFE\xFF\xFF\xFF\x0F")),
              HasSubstr("Invalid message indexes"));
  EXPECT_THAT(data_exception(*converter, message(none, "\0"s)), HasSubstr("Not a Protobuf schema"));
  EXPECT_THAT(data_exception(*converter, message(avro, "\0"s)),
              HasSubstr("of type AVRO, not PROTOBUF"));
  EXPECT_EQ(read(*converter, message(id, "\0"s)), "Struct{x=0}");
}

TEST_F(ProtobufConverterTest, IndexesStandInTheHeaderThatNamesTheSchema) {
  const int32_t id = registry.add("t-value", body(two));
  const auto converter =
      make({{"value.schema.id.deserializer",
             "io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer"}});
  const std::string header = "\1" + FakeRegistry::guid(id) + "\x04\x02" + "\0"s;
  result = converter->to_connect_with(header, "t", "\x08\3", batch);
  EXPECT_EQ(result.schema->name(), "Side");
  EXPECT_EQ(result.value.items()[0], Value::int32(3));
}

TEST_F(ProtobufConverterTest, IndexesAreWrittenIntoTheHeaderThatNamesTheSchema) {
  const auto converter =
      make({{"value.schema.id.serializer",
             "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer"}});
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("P")
                               .field("x", SchemaBuilder(Type::int32).build())
                               .build();
  const Value fields[] = {Value::int32(3)};
  std::string bytes;
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(bytes, "\x08\3");
  const auto header = converter->written_schema_header();
  ASSERT_TRUE(header);
  EXPECT_EQ(header->value, "\1" + FakeRegistry::guid(1) + "\0"s);
}

TEST_F(ProtobufConverterTest, WritesWhatItReads) {
  const auto converter = make();
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("g.P")
                               .field("x", SchemaBuilder(Type::int16).optional().build())
                               .field("at", SchemaBuilder::timestamp().build())
                               .build();
  const Value fields[] = {Value::int16(3), Value::timestamp(1500)};
  std::string bytes;
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(bytes, message(1, "\0\x08\3\x12\x08\x08\1\x10\x80\xCA\xB5\xEE\1"s));
  bytes.clear();
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(registry.requests().size(), 1U) << "registered once";
  EXPECT_THAT(registry.schema(1), HasSubstr("package g;"));
  EXPECT_THAT(read(*converter, bytes), StartsWith("Struct{x=3,at="));
  EXPECT_TRUE(result.value == Value::structure(fields));
  EXPECT_EQ(result.schema->find_field("x")->schema->type(), Type::int16);
  bytes.clear();
  EXPECT_FALSE(converter->from_connect("t", schema.get(), Value(), bytes));
  EXPECT_FALSE(converter->from_connect("t", nullptr, Value(), bytes));
  EXPECT_THROW(converter->from_connect("t", nullptr, Value::int32(1), bytes), Error);
}

TEST_F(ProtobufConverterTest, WhatDoesNotCompileIsNotRegistered) {
  const auto converter = make();
  const auto numbered = [](const char* number) {
    return SchemaBuilder(Type::int32)
        .parameter("io.confluent.connect.protobuf.Tag", number)
        .build();
  };
  const SchemaPtr schema =
      SchemaBuilder(Type::structure).field("a", numbered("1")).field("b", numbered("1")).build();
  const Value fields[] = {Value::int32(1), Value::int32(2)};
  std::string bytes;
  EXPECT_THROW(converter->from_connect("t", schema.get(), Value::structure(fields), bytes), Error);
  EXPECT_TRUE(registry.requests().empty());
}

TEST_F(ProtobufConverterTest, PrimitivesAtTheTop) {
  const auto converter = make({}, ConverterRole::key);
  std::string bytes;
  const SchemaPtr schema = SchemaBuilder(Type::string).build();
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::string("k"), bytes));
  EXPECT_EQ(bytes, message(1, "\x02\x0E\x0A\1k"));
  EXPECT_EQ(read(*converter, bytes), "k");
  EXPECT_EQ(result.schema->type(), Type::string);
}

TEST_F(ProtobufConverterTest, WritesWithoutRegistering) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("g.Point")
                               .field("x", SchemaBuilder(Type::int32).build())
                               .build();
  const Value x[] = {Value::int32(1)};
  std::string bytes;
  registry.add("t-value", body("syntax = \"proto3\"; package g; message First {} message Point { "
                               "sint32 x = 5; }"));
  const auto latest = make({{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
  latest->from_connect("t", schema.get(), Value::structure(x), bytes);
  EXPECT_EQ(bytes, message(1, "\x02\x02\x28\2"));
  const auto other = SchemaBuilder(Type::structure).name("Unknown").build();
  EXPECT_THROW(latest->from_connect("t", other.get(), Value::structure({}), bytes), Error);
  const auto lookup = make({{"auto.register.schemas", "false"}});
  EXPECT_THROW(lookup->from_connect("t", schema.get(), Value::structure(x), bytes), Error);
}

TEST_F(ProtobufConverterTest, RecordNamesInSubjects) {
  const int32_t id = registry.add("g.Shape", body(two));
  const auto converter = make({{"value.subject.name.strategy",
                                "io.confluent.kafka.serializers.subject.RecordNameStrategy"}});
  read(*converter, message(id, "\x02\x02\x0A\1n"));
  EXPECT_EQ(result.schema->version(), 1);
}

TEST_F(ProtobufConverterTest, SettingsThatAreNotThereAreRefused) {
  EXPECT_THROW(make({{"skip.known.types", "false"}}), Error);
  EXPECT_THROW(make({}, ConverterRole::header), Error);
  EXPECT_THROW(ProtobufConverter::create({}, ConverterRole::value), Error);
  const auto flat = make({{"flatten.unions", "true"}, {"int.for.enums", "true"}});
  EXPECT_NE(flat, nullptr);
}

}  // namespace
}  // namespace kc::convert
