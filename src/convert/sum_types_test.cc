// generalized.sum.type.support: the three schema languages give unions and enums one form, which
// each of them writes.
#include "convert/sum_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "convert/avro/avro_reader.h"
#include "convert/avro/avro_schema_writer.h"
#include "convert/avro/avro_writer.h"
#include "convert/json_schema/json_schema_compile.h"
#include "convert/protobuf/protobuf_reader.h"
#include "convert/protobuf/protobuf_schema_writer.h"

namespace kc::convert {
namespace {

using data::Schema;
using data::SchemaPtr;
using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

AvroReadPlan avro(const std::string& text) {
  const std::string_view texts[] = {text};
  const AvroDocument document(texts);
  return compile_avro(document.root(), {.generalized_sum_types = true}, std::nullopt);
}

SchemaPtr json_schema(const std::string& text) {
  const JsonSchemaDocument::Text texts[] = {{"", text}};
  return compile_json_schema(JsonSchemaDocument(texts), {.generalized_sum_types = true},
                             std::nullopt);
}

SchemaPtr protobuf(const std::string& text) {
  const ProtobufDocument document("syntax = \"proto3\"; " + text, {});
  return compile_protobuf(*document.messages().at(0), {.generalized_sum_types = true}, std::nullopt)
      ->schema;
}

const Schema& field(const Schema& schema, const char* name) {
  return *schema.find_field(name)->schema;
}

std::vector<std::string> names(const Schema& schema) {
  std::vector<std::string> result;
  for (const data::Field& one : schema.fields()) result.push_back(one.name);
  return result;
}

const std::string avro_record =
    R"({"type":"record","name":"R","fields":[
        {"name":"u","type":["null","int",{"type":"enum","name":"E","symbols":["ON","OFF"]}]},
        {"name":"v","type":["string","int"]}]})";

TEST(SumTypes, OfAvroAreNumberedByTheirPlaces) {
  const AvroReadPlan plan = avro(avro_record);
  const Schema& first = field(*plan.schema, "u");
  EXPECT_EQ(first.name(), "connect_union_0");
  EXPECT_TRUE(first.optional());
  EXPECT_THAT(first.parameters(),
              ElementsAre(Pair("org.apache.kafka.connect.data.Union", "connect_union_0")));
  EXPECT_THAT(names(first), ElementsAre("connect_union_field_1", "connect_union_field_2"))
      << "null has a number, too";
  EXPECT_EQ(field(*plan.schema, "v").name(), "connect_union_1");
  EXPECT_THAT(field(first, "connect_union_field_2").parameters(),
              ElementsAre(Pair("org.apache.kafka.connect.data.Enum", "E"),
                          Pair("org.apache.kafka.connect.data.Enum.ON", "0"),
                          Pair("org.apache.kafka.connect.data.Enum.OFF", "1")));
}

TEST(SumTypes, OfAvroAreReadAndWritten) {
  const AvroReadPlan plan = avro(avro_record);
  const std::string body("\4\2\0\2x", 5);  // OFF, "x"
  base::Arena arena;
  const Value value = AvroValueReader().read(body, plan, arena);
  const std::string text = avro_schema_text(*plan.schema, {.generalized_sum_types = true});
  const std::string_view texts[] = {text};
  const AvroDocument document(texts);
  EXPECT_TRUE(*avro(text).schema == *plan.schema) << text;
  std::string written;
  write_avro(AvroWritePlan(document.root(), *plan.schema), value, written);
  EXPECT_EQ(written, body);
  const Value both[] = {Value::int32(1), Value::string("ON")};
  const Value fields[] = {Value::structure(both), value.items()[1]};
  EXPECT_THROW(
      write_avro(AvroWritePlan(document.root(), *plan.schema), Value::structure(fields), written),
      base::Error)
      << "none of the two is lost";
}

TEST(SumTypes, OfJsonSchemaAreNumberedByTheirPlaces) {
  const SchemaPtr schema = json_schema(R"({"properties":{
      "a":{"oneOf":[{"type":"null"},{"type":"string"}]},
      "b":{"oneOf":[{"type":"null"},{"type":"string"},{"enum":["X","Y"]}]}}})");
  const Schema& choice = field(*schema, "b");
  EXPECT_EQ(choice.name(), "connect_union_1") << "what may be null is counted";
  EXPECT_THAT(choice.parameters(),
              ElementsAre(Pair("org.apache.kafka.connect.data.Union", "connect_union_1")));
  EXPECT_THAT(names(choice), ElementsAre("connect_union_field_0", "connect_union_field_1"));
  EXPECT_THAT(field(choice, "connect_union_field_1").parameters(),
              ElementsAre(Pair("org.apache.kafka.connect.data.Enum", ""),
                          Pair("org.apache.kafka.connect.data.Enum.X", "0"),
                          Pair("org.apache.kafka.connect.data.Enum.Y", "1")));
  const std::string text = json_schema_text(*schema, JsonWriter({}), true);
  EXPECT_THAT(text, HasSubstr(R"("b":{"oneOf":[{"type":"null"},{"type":"string")"));
  EXPECT_THAT(text, HasSubstr(R"("enum":["X","Y"])"));
}

TEST(SumTypes, OfProtobufKeepTheirNames) {
  const SchemaPtr schema =
      protobuf("message M { oneof pick { int32 n = 1; E e = 2; } enum E { A = 0; B = 7; } }");
  const Schema& choice = field(*schema, "pick_0");
  EXPECT_EQ(choice.name(), "pick");
  EXPECT_THAT(choice.parameters(),
              ElementsAre(Pair("org.apache.kafka.connect.data.Union", "pick")));
  EXPECT_THAT(field(choice, "e").parameters(),
              testing::IsSupersetOf({Pair("org.apache.kafka.connect.data.Enum", "E"),
                                     Pair("org.apache.kafka.connect.data.Enum.B", "7")}));
  const std::string text = protobuf_schema_text(*schema, {}).text;
  EXPECT_THAT(text, HasSubstr("  oneof pick {\n    int32 n = 1;\n    E e = 2;\n  }\n"));
  EXPECT_THAT(text, HasSubstr("    B = 7;\n"));
}

TEST(SumTypes, OfOneLanguageAreWrittenInAnother) {
  const SchemaPtr from_protobuf =
      protobuf("message M { oneof pick { int32 n = 1; E e = 2; } enum E { A = 0; B = 7; } }");
  const std::string text =
      avro_schema_text(*from_protobuf, {.connect_meta_data = false, .generalized_sum_types = true});
  EXPECT_THAT(text, HasSubstr(R"("name":"pick_0","type":["null","int",{"type":"enum","name":"E")"));
  EXPECT_THAT(text, HasSubstr(R"("symbols":["A","B"])"));
  EXPECT_THAT(json_schema_text(*from_protobuf, JsonWriter({}), true),
              HasSubstr(R"("pick_0":{"oneOf":[{"type":"null"},{"type":"integer")"));
  const std::string proto = protobuf_schema_text(*avro(avro_record).schema, {}).text;
  EXPECT_THAT(proto, HasSubstr("  oneof connect_union_0 {\n    int32 connect_union_field_1 = 1;\n"
                               "    E connect_union_field_2 = 2;\n  }\n"));
  EXPECT_THAT(proto, HasSubstr("    ON = 0;\n    OFF = 1;\n"));
}

}  // namespace
}  // namespace kc::convert
