// AvroConverter against a registry that answers from a script.
#include "convert/avro/avro_converter.h"

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
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class AvroConverterTest : public RegistryConverterTest {
 protected:
  AvroConverterTest()
      : RegistryConverterTest(AvroConverter::create, "AVRO",
                              "Failed to deserialize data for topic t to Avro: ") {}
};

const std::string point =
    R"({"type":"record","name":"g.Point","fields":[{"name":"x","type":"int"}]})";

TEST_F(AvroConverterTest, ReadsWithTheWritersSchemaAndItsVersion) {
  registry.add("t-value", body("\"string\""));
  const int32_t id = registry.add("t-value", body(point));
  const auto converter = make();
  EXPECT_EQ(read(*converter, message(id, "\2")), "Struct{x=1}");
  EXPECT_EQ(result.schema->version(), 2);
  EXPECT_EQ(result.schema->name(), "g.Point");
  const auto* schema = result.schema;
  EXPECT_EQ(read(*converter, message(id, "\4")), "Struct{x=2}");
  EXPECT_EQ(result.schema, schema);
  EXPECT_EQ(registry.requests().size(), 2U) << "asked once";
  EXPECT_TRUE(converter->to_connect("t", std::nullopt, batch).value.is_null());
}

TEST_F(AvroConverterTest, KeysHaveTheirOwnSubject) {
  const int32_t id = registry.add("t-key", body("\"long\""));
  const auto converter = make({}, ConverterRole::key);
  EXPECT_EQ(read(*converter, message(id, "\2")), "1");
  EXPECT_EQ(result.schema->version(), 1);
}

TEST_F(AvroConverterTest, SubjectNameStrategies) {
  const int32_t id = registry.add("g.Point", body(point));
  const std::string package = "io.confluent.kafka.serializers.subject.";
  const auto by_record = make({{"value.subject.name.strategy", package + "RecordNameStrategy"}});
  read(*by_record, message(id, "\2"));
  EXPECT_EQ(result.schema->version(), 1);
  const auto by_both = make({{"value.subject.name.strategy", package + "TopicRecordNameStrategy"}});
  read(*by_both, message(id, "\2"));
  EXPECT_EQ(result.schema->version(), std::nullopt);
  EXPECT_THAT(registry.requests(), Contains("POST /subjects/t-g.Point"));
}

TEST_F(AvroConverterTest, ReferencedTypesAreFetched) {
  registry.add("point", body(point));
  const int32_t id =
      registry.add("t-value", body(R"({"type":"array","items":"g.Point"})",
                                   R"([{"name":"g.Point","subject":"point","version":1}])"));
  EXPECT_EQ(read(*make(), message(id, "\4\2\4\0"s)), "[Struct{x=1}, Struct{x=2}]");
}

TEST_F(AvroConverterTest, BadMessagesAreDataExceptions) {
  const int32_t id = registry.add("t-value", body(point));
  const int32_t not_avro = registry.add("t-value", body("<xml>"));
  const int32_t json = registry.add("t-value", R"({"schema":"{}","schemaType":"JSON"})");
  const auto converter = make();
  EXPECT_THAT(data_exception(*converter, ""), HasSubstr("Unknown magic byte!"));
  EXPECT_THAT(data_exception(*converter, "{\"a\":1}"), HasSubstr("Unknown magic byte!"));
  EXPECT_THAT(data_exception(*converter, message(99, "")),
              HasSubstr("Error retrieving Avro value schema for id 99: Schema not found; error "
                        "code: 40403"));
  EXPECT_THAT(data_exception(*converter, message(id, "")),
              HasSubstr("Error deserializing Avro message for id 1"));
  EXPECT_THAT(data_exception(*converter, message(not_avro, "")), HasSubstr("Not an Avro schema"));
  EXPECT_THAT(data_exception(*converter, message(json, "")), HasSubstr("of type JSON, not AVRO"));
}

const std::string dual = "io.confluent.kafka.serializers.schema.id.DualSchemaIdDeserializer";

TEST_F(AvroConverterTest, TheSchemaMayBeNamedInAHeader) {
  const int32_t id = registry.add("t-value", body(point));
  EXPECT_EQ(make()->schema_header(), "");
  const auto converter = make({{"value.schema.id.deserializer", dual}});
  EXPECT_EQ(converter->schema_header(), "__value_schema_id");
  EXPECT_EQ(make({{"key.schema.id.deserializer", dual}}, ConverterRole::key)->schema_header(),
            "__key_schema_id");
  const auto read_with = [&](const std::string& header, const std::string& bytes) {
    result = converter->to_connect_with(header, "t", bytes, batch);
    return result.value.items()[0];
  };
  const std::string header = "\1" + FakeRegistry::guid(id);
  EXPECT_EQ(read_with(header, "\2"), Value::int32(1));
  EXPECT_EQ(result.schema->version(), 1);
  EXPECT_EQ(read_with(header, "\4"), Value::int32(2));
  EXPECT_EQ(registry.requests().size(), 2U) << "asked once";
  EXPECT_EQ(read_with(message(id, ""), "\6"), Value::int32(3)) << "an id in the header";
  EXPECT_EQ(read(*converter, message(id, "\2")), "Struct{x=1}") << "without the header";
  EXPECT_EQ(read(*converter, header + "\2"), "Struct{x=1}") << "a GUID before the bytes";
  EXPECT_TRUE(converter->to_connect_with(header, "t", std::nullopt, batch).value.is_null());
}

TEST_F(AvroConverterTest, GuidsAreNamedInErrors) {
  const auto converter = make({{"value.schema.id.deserializer", dual}});
  EXPECT_THAT(data_exception(*converter, "\1" + FakeRegistry::guid(9)),
              HasSubstr("for id GUID 00000000-0000-0000-0000-000000000009: Schema not found"));
  EXPECT_THAT(data_exception(*converter, "\2" + FakeRegistry::guid(9)),
              HasSubstr("value.schema.id.deserializer"));
  EXPECT_THROW(converter->to_connect_with("", "t", "x", batch), Error);
  EXPECT_THROW(make({{"value.schema.id.deserializer", "com.x.Mine"}}), Error);
}

constexpr const char* header_serializer =
    "io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer";

TEST_F(AvroConverterTest, TheSchemaOfWhatIsWrittenMayBeNamedInAHeader) {
  const SchemaPtr schema = SchemaBuilder(Type::int32).build();
  std::string bytes;
  const auto plain = make();
  ASSERT_TRUE(plain->from_connect("t", schema.get(), Value::int32(-1), bytes));
  EXPECT_EQ(plain->written_schema_header(), std::nullopt);
  for (const ConverterRole role : {ConverterRole::key, ConverterRole::value}) {
    const std::string name = role == ConverterRole::key ? "key" : "value";
    const auto converter = make({{name + ".schema.id.serializer", header_serializer},
                                 {name + ".schema.id.deserializer", dual}},
                                role);
    bytes.clear();
    ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::int32(-1), bytes));
    EXPECT_EQ(bytes, "\1");
    const auto header = converter->written_schema_header();
    ASSERT_TRUE(header);
    EXPECT_EQ(header->name, "__" + name + "_schema_id");
    const std::string value(header->value);
    EXPECT_EQ(value.size(), 17U);
    EXPECT_EQ(converter->to_connect_with(value, "t", bytes, batch).value, Value::int32(-1));
  }
}

TEST_F(AvroConverterTest, AHeaderNeedsARegistryWithGuids) {
  const SchemaPtr schema = SchemaBuilder(Type::int32).build();
  std::string bytes;
  ASSERT_TRUE(make()->from_connect("t", schema.get(), Value::int32(1), bytes));
  const config::Properties in_header{{"value.schema.id.serializer", header_serializer}};
  for (const config::Properties& how :
       {config::Properties{}, {{"use.latest.version", "true"}}, {{"use.schema.id", "1"}}}) {
    config::Properties settings = in_header;
    settings.set("auto.register.schemas", "false");
    settings.merge(how);
    const auto converter = make(settings);
    ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::int32(1), bytes));
    EXPECT_EQ(converter->written_schema_header()->value, "\1" + FakeRegistry::guid(1));
  }
  registry.forget_guids();
  try {
    make(in_header)->from_connect("t", schema.get(), Value::int32(1), bytes);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    EXPECT_THAT(error.what(), HasSubstr("value.schema.id.serializer is HeaderSchemaIdSerializer"));
  }
  EXPECT_THROW(make({{"value.schema.id.serializer", "com.x.Mine"}}), Error);
}

TEST_F(AvroConverterTest, AnOutageIsRetried) {
  const int32_t id = registry.add("t-value", body(point));
  const auto converter = make();
  registry.fail_with(503);
  EXPECT_EQ(refusal(*converter, message(id, "\2")).reaction(), Reaction::retry);
  registry.fail_with(401);
  const Error error = refusal(*converter, message(id, "\2"));
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), StartsWith("Failed to access Avro data from topic t : "));
  registry.fail_with(200);
  EXPECT_EQ(read(*converter, message(id, "\2")), "Struct{x=1}");
}

TEST_F(AvroConverterTest, WritesWhatItReads) {
  const auto converter = make();
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("g.P")
                               .field("x", SchemaBuilder(Type::int16).optional().build())
                               .build();
  const Value fields[] = {Value::int16(3)};
  std::string bytes;
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(bytes, message(1, "\2\6"));
  bytes.clear();
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(registry.requests().size(), 1U) << "registered once";
  EXPECT_EQ(read(*converter, bytes), "Struct{x=3}");
  bytes.clear();
  EXPECT_FALSE(converter->from_connect("t", schema.get(), Value(), bytes));
  EXPECT_FALSE(converter->from_connect("t", nullptr, Value(), bytes));
  EXPECT_EQ(bytes, "");
}

TEST_F(AvroConverterTest, BytesAtTheTopHaveNoLength) {
  const auto converter = make();
  std::string bytes;
  const SchemaPtr schema = SchemaBuilder(Type::bytes).build();
  ASSERT_TRUE(converter->from_connect("t", schema.get(), Value::bytes("ab"), bytes));
  EXPECT_EQ(bytes, message(1, "ab"));
  read(*converter, bytes);
  EXPECT_EQ(result.value, Value::bytes("ab"));
}

TEST_F(AvroConverterTest, WritesWithoutRegistering) {
  const SchemaPtr schema = SchemaBuilder(Type::int32).build();
  std::string bytes;
  const auto lookup = make({{"auto.register.schemas", "false"}});
  EXPECT_THROW(lookup->from_connect("t", schema.get(), Value::int32(1), bytes), Error);
  registry.add("t-value", body("\"int\""));
  registry.add("t-value", body("\"long\""));
  bytes.clear();
  lookup->from_connect("t", schema.get(), Value::int32(1), bytes);
  EXPECT_EQ(bytes, message(1, "\2"));
  const auto latest = make({{"auto.register.schemas", "false"}, {"use.latest.version", "true"}});
  bytes.clear();
  latest->from_connect("t", schema.get(), Value::int32(1), bytes);
  EXPECT_EQ(bytes, message(2, "\2"));
  const auto by_id = make({{"auto.register.schemas", "false"}, {"use.schema.id", "2"}});
  bytes.clear();
  by_id->from_connect("t", schema.get(), Value::int32(1), bytes);
  EXPECT_EQ(bytes, message(2, "\2"));
}

TEST_F(AvroConverterTest, NamesThatAvroDoesNotHaveAreScrubbed) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("my-ns.1st table")
                               .field("first name", SchemaBuilder(Type::int32).build())
                               .field("\u00e9t\u00e9", SchemaBuilder(Type::int32).build())
                               .build();
  const Value fields[] = {Value::int32(1), Value::int32(2)};
  std::string bytes;
  EXPECT_THROW(make()->from_connect("t", schema.get(), Value::structure(fields), bytes), Error);
  bytes.clear();
  const auto scrubbing = make({{"scrub.invalid.names", "true"}});
  ASSERT_TRUE(scrubbing->from_connect("t", schema.get(), Value::structure(fields), bytes));
  EXPECT_EQ(read(*scrubbing, bytes), "Struct{first_name=1,x_C3_A9t_C3_A9=2}");
  EXPECT_EQ(result.schema->name(), "my-ns.1st table") << "connect.name";
  EXPECT_THAT(registry.schema(1), HasSubstr(R"("name":"x1st_table","namespace":"my_ns")"));
}

TEST_F(AvroConverterTest, PlansThatWereDroppedAreMadeAgain) {
  const int32_t first = registry.add("t-value", body(point));
  const int32_t second = registry.add("t-value", body("\"long\""));
  const auto converter = make({{"schemas.cache.config", "1"}, {"max.schemas.per.subject", "1"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(read(*converter, message(first, "\2")), "Struct{x=1}");
    EXPECT_EQ(read(*converter, message(second, "\4")), "2");
  }
}

TEST_F(AvroConverterTest, SettingsThatAreNotThereAreRefused) {
  EXPECT_THROW(make({{"use.schema.id", "-7"}}), Error);
  EXPECT_THROW(make({{"value.subject.name.strategy", "com.x.Mine"}}), Error);
  EXPECT_THROW(make({}, ConverterRole::header), Error);
  EXPECT_THROW(AvroConverter::create({}, ConverterRole::value), Error);
}

}  // namespace
}  // namespace kc::convert
