// JSON Schemas and bodies without a registry: what schemas mean to Connect, how bodies are read and
// written.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "base/error.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_reader.h"
#include "convert/json/json_writer.h"
#include "convert/json_schema/json_schema_compile.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using testing::HasSubstr;
using Texts = std::vector<JsonSchemaDocument::Text>;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return error.what();
  }
  return "nothing was thrown";
}

SchemaPtr compile(const std::string& text, const JsonSchemaReadOptions& options = {},
                  Texts references = {}) {
  references.push_back({"", text});
  return compile_json_schema(JsonSchemaDocument(references), options, std::nullopt);
}

// A Connect schema in a few letters: "{a INT64, b? STRING}", "[INT64]", "<STRING INT64>", followed
// by its name and its default.
std::string shown(const Schema& schema) {
  std::string text;
  if (schema.type() == Type::structure) {
    for (const data::Field& field : schema.fields()) {
      text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", field.name,
                          field.schema->optional() ? "?" : "", shown(*field.schema));
    }
    text = "{" + text + "}";
  } else if (schema.type() == Type::array) {
    text = "[" + shown(*schema.value_schema()) + "]";
  } else if (schema.type() == Type::map) {
    text = fmt::format("<{} {}>", shown(*schema.key_schema()), shown(*schema.value_schema()));
  } else {
    text = data::type_name(schema.type());
  }
  if (schema.name()) text += ":" + schema.name()->substr(schema.name()->rfind('.') + 1);
  if (schema.default_value()) {
    text += "=";
    append_java_string(&schema, *schema.default_value(), text);
  }
  return text;
}

std::string meaning(const std::string& text) { return shown(*compile(text)); }

std::string refused(const std::string& text) {
  return failure([&] { compile(text); });
}

// A body along the schema `text`, as StringConverter writes it; an error as "! message".
class Reading {
 public:
  explicit Reading(const std::string& text) : Reading(compile(text)) {}
  explicit Reading(SchemaPtr of)
      : schema(std::move(of)), plan(*schema, {.dialect = JsonDialect::json_schema}) {}

  std::string operator()(const std::string& body) {
    // Without a character behind it that could be read by mistake.
    bodies.push_back(std::make_unique<std::vector<char>>(body.begin(), body.end()));
    reader.restart();
    JsonCursor cursor({bodies.back()->data(), body.size()}, arena);
    try {
      value = reader.read(cursor, plan);
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::skip_record);
      return fmt::format("! {}", error.what());
    }
    std::string text;
    append_java_string(schema.get(), value, text);
    return text;
  }

  SchemaPtr schema;
  ReadPlan plan;
  JsonReader reader;
  base::Arena arena;
  Value value;
  std::vector<std::unique_ptr<std::vector<char>>> bodies;
};

TEST(JsonSchema, TypesAndConnectTypes) {
  EXPECT_EQ(meaning(R"({"type":"boolean"})"), "BOOLEAN");
  EXPECT_EQ(meaning(R"({"type":"integer"})"), "INT64");
  EXPECT_EQ(meaning(R"({"type":"number"})"), "FLOAT64");
  EXPECT_EQ(meaning(R"({"type":"string"})"), "STRING");
  EXPECT_EQ(meaning(R"({"type":"string","connect.type":"bytes"})"), "BYTES");
  for (const auto& [name, type] :
       std::initializer_list<std::pair<const char*, const char*>>{{"int8", "INT8"},
                                                                  {"int16", "INT16"},
                                                                  {"int32", "INT32"},
                                                                  {"int64", "INT64"},
                                                                  {"float32", "FLOAT32"},
                                                                  {"float64", "FLOAT64"},
                                                                  {"bytes", "BYTES"}}) {
    EXPECT_EQ(meaning(fmt::format(R"({{"type":"number","connect.type":"{}"}})", name)), type);
  }
  EXPECT_THAT(refused(R"({"type":"integer","connect.type":"int7"})"),
              HasSubstr("Unsupported type int7"));
  EXPECT_THAT(refused(R"({"type":"float"})"), HasSubstr("Unknown type float"));
  EXPECT_THAT(refused(R"({"type":{"a":1}})"), HasSubstr("object, not a text"));
}

TEST(JsonSchema, LogicalTypesAreNamedByTheirTitles) {
  const std::string package = "org.apache.kafka.connect.data.";
  const auto schema = [&](const char* type, const char* name, const char* more) {
    return compile(fmt::format(R"({{"type":"{}","title":"{}{}",{}}})", type, package, name, more));
  };
  EXPECT_EQ(schema("integer", "Date", R"("connect.type":"int32")")->value_kind(), data::Kind::date);
  EXPECT_EQ(schema("integer", "Time", R"("connect.type":"int32")")->value_kind(), data::Kind::time);
  EXPECT_EQ(schema("integer", "Timestamp", R"("connect.version":1)")->value_kind(),
            data::Kind::timestamp);
  const SchemaPtr decimal =
      schema("number", "Decimal", R"("connect.type":"bytes","connect.parameters":{"scale":"2"})");
  EXPECT_EQ(decimal->value_kind(), data::Kind::decimal);
  EXPECT_EQ(decimal->scale(), 2);
}

TEST(JsonSchema, ObjectsAreStructuresInTheOrderOfTheirIndexes) {
  EXPECT_EQ(meaning(R"({"type":"object","title":"Point","properties":{
      "y":{"type":"integer","connect.index":1},"x":{"type":"integer","connect.index":0},
      "z":{"type":"string","default":"up"}}})"),
            "{x INT64, y INT64, z STRING=up}:Point");
  EXPECT_EQ(meaning(R"({"properties":{"a":{"type":"integer"}}})"), "{a INT64}") << "by keyword";
  EXPECT_EQ(meaning(R"({"type":"object"})"), "{}");
  EXPECT_EQ(shown(*compile(R"({"type":"object","required":["a"],
      "properties":{"a":{"type":"string"},"b":{"type":"string"}}})",
                           {.optional_unless_required = true})),
            "{a STRING, b? STRING}");
}

TEST(JsonSchema, ArraysAndMaps) {
  EXPECT_EQ(meaning(R"({"type":"array","items":{"type":"integer"}})"), "[INT64]");
  EXPECT_EQ(meaning(R"({"type":"object","connect.type":"map",
      "additionalProperties":{"type":"integer"}})"),
            "<STRING INT64>");
  EXPECT_EQ(meaning(R"({"type":"object","additionalProperties":{"type":"integer"}})"),
            "<STRING INT64>")
      << "a structure could not hold its members";
  EXPECT_EQ(meaning(R"({"type":"array","connect.type":"map","items":{"type":"object","properties":{
      "key":{"type":"integer"},"value":{"type":"string"}}}})"),
            "<INT64 STRING>");
  EXPECT_THAT(refused(R"({"type":"array"})"), HasSubstr("did not specify the items type"));
  EXPECT_THAT(refused(R"({"type":"array","items":[{"type":"string"}]})"),
              HasSubstr("did not specify the items type"));
  EXPECT_THAT(refused(R"({"type":"object","connect.type":"map"})"), HasSubstr("values' type"));
  EXPECT_THAT(refused(R"({"type":"array","connect.type":"map","items":{"type":"object"}})"),
              HasSubstr("key and value"));
}

TEST(JsonSchema, NullBesideOneTypeIsOptional) {
  for (const char* text :
       {R"({"oneOf":[{"type":"null"},{"type":"integer"}]})",
        R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", R"({"type":["integer","null"]})"}) {
    const SchemaPtr schema = compile(text);
    EXPECT_EQ(shown(*schema), "INT64") << text;
    EXPECT_TRUE(schema->optional()) << text;
  }
}

TEST(JsonSchema, OtherUnionsAreStructuresOfOneField) {
  const std::string name = "io.confluent.connect.json.OneOf.field.";
  const SchemaPtr schema = compile(
      R"({"oneOf":[{"type":"null"},{"type":"string"},{"type":"object","properties":{
          "a":{"type":"integer"}}}]})");
  EXPECT_TRUE(schema->optional());
  EXPECT_EQ(shown(*schema), fmt::format("{{{0}0? STRING, {0}1? {{a INT64}}}}:OneOf", name));
}

TEST(JsonSchema, EnumsAreTextsWithTheirSymbols) {
  for (const char* text : {R"({"enum":["A","B"]})", R"({"type":"string","enum":["A","B"]})"}) {
    const SchemaPtr schema = compile(text);
    EXPECT_EQ(shown(*schema), "STRING");
    ASSERT_EQ(schema->parameters().size(), 3U);
    EXPECT_EQ(schema->parameters()[0].first, "io.confluent.connect.json.Enum");
    EXPECT_EQ(schema->parameters()[1].first, "io.confluent.connect.json.Enum.A");
    EXPECT_EQ(schema->parameters()[2].second, "B");
  }
  EXPECT_EQ(meaning(R"({"type":"integer","enum":[1,2]})"), "INT64");
  Reading symbols(R"({"enum":["A",1,true,null]})");
  EXPECT_EQ(symbols("\"A\""), "A");
  EXPECT_EQ(symbols("1"), "1") << "not lost";
  EXPECT_EQ(symbols("true"), "true");
  EXPECT_THAT(symbols("{}"), HasSubstr("! Enums should be encoded as texts"));
}

TEST(JsonSchema, ConstIsTheTypeOfItsValue) {
  EXPECT_EQ(meaning(R"({"const":"x"})"), "STRING");
  EXPECT_EQ(meaning(R"({"const":1})"), "INT64");
  EXPECT_EQ(meaning(R"({"const":1.5})"), "FLOAT64");
  EXPECT_EQ(meaning(R"({"const":false})"), "BOOLEAN");
  EXPECT_EQ(meaning(R"({"type":"number","const":1})"), "FLOAT64");
  EXPECT_THAT(refused(R"({"const":null})"), HasSubstr("const null"));
}

TEST(JsonSchema, AllOfGathersProperties) {
  EXPECT_EQ(meaning(R"({"allOf":[{"$ref":"#/definitions/Base"},
      {"properties":{"b":{"type":"string"},"a":{"type":"string"}}}],
      "properties":{"c":{"type":"boolean"}},
      "definitions":{"Base":{"type":"object","properties":{"a":{"type":"integer"}}}}})"),
            "{a STRING, b STRING, c BOOLEAN}");
  EXPECT_EQ(meaning(R"({"allOf":[{"type":"integer"},{"minimum":1}]})"), "INT64");
  EXPECT_EQ(meaning(R"({"allOf":[{"oneOf":[{"type":"null"},{"type":"boolean"}]}]})"), "BOOLEAN");
  EXPECT_EQ(meaning(R"({"allOf":[{"$ref":"#/$defs/T"}],"$defs":{"T":{"type":"string"}}})"),
            "STRING");
  EXPECT_THAT(refused(R"({"allOf":[{"const":1},{"type":"null"}]})"), HasSubstr("Unsupported"));
  EXPECT_THAT(refused(R"({"allOf":[]})"), HasSubstr("must be lists"));
}

TEST(JsonSchema, ReferencesWithinTheText) {
  for (const auto& [reference, definition] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {"#/definitions/T", R"("definitions":{"T":{"type":"boolean"}})"},
           {"#/$defs/T~1a%20b", R"("$defs":{"T/a b":{"type":"boolean"}})"},
           {"#flag", R"("$defs":{"T":{"$anchor":"flag","type":"boolean"}})"},
           {"#flag", R"("definitions":{"T":{"$id":"#flag","type":"boolean"}})"},
           {"#/list/1", R"("list":[0,{"type":"boolean"}])"},
           {"flag.json", R"("$defs":{"T":{"$id":"flag.json","type":"boolean"}})"},
           {"http://x.org/s/flag.json", R"("$defs":{"T":{"$id":"flag.json","type":"boolean"}})"},
           {"http://x.org/s/main.json#/$defs/T", R"("$defs":{"T":{"type":"boolean"}})"}}) {
    EXPECT_EQ(meaning(fmt::format(
                  R"({{"$id":"http://x.org/s/main.json","properties":{{"a":{{"$ref":"{}"}}}},{}}})",
                  reference, definition)),
              "{a BOOLEAN}")
        << reference;
  }
  EXPECT_THAT(refused(R"({"$ref":"#/definitions/None"})"), HasSubstr("#/definitions/None"));
  EXPECT_THAT(refused(R"({"$ref":"other.json"})"), HasSubstr("leads nowhere. Hint:"));
}

TEST(JsonSchema, ReferencesToOtherSubjects) {
  const std::string address = R"({"type":"object","properties":{"street":{"$ref":"street.json"}}})";
  const std::string street = R"({"$defs":{"S":{"type":"string"}},"$ref":"#/$defs/S"})";
  const Texts others = {{"http://x.org/v1/street.json", street},
                        {"http://x.org/v1/address.json", address}};
  const std::string expected = "{a {street STRING}, s STRING}";
  const std::string properties =
      R"("properties":{"a":{"$ref":"address.json"},"s":{"$ref":"../v1/street.json#/$defs/S"}}})";
  EXPECT_EQ(shown(*compile(R"({"$id":"http://x.org/v1/person.json",)" + properties, {}, others)),
            expected);
  const Texts plain = {{"street.json", street}, {"address.json", address}};
  EXPECT_EQ(shown(*compile(R"({"$id":"http://y.org/person.json","properties":{
      "a":{"$ref":"address.json"},"s":{"$ref":"street.json"}}})",
                           {}, plain)),
            expected)
      << "by the names in the registry";
}

TEST(JsonSchema, AttributesAreThoseOfConnect) {
  const SchemaPtr schema = compile(R"({"type":"integer","title":"com.x.T","description":"a thing",
      "connect.version":3,"connect.parameters":{"k":"v"},"default":7})");
  EXPECT_EQ(schema->name(), "com.x.T");
  EXPECT_EQ(schema->doc(), "a thing");
  EXPECT_EQ(schema->version(), 3);
  EXPECT_EQ(schema->parameters()[0], (std::pair<std::string, std::string>("k", "v")));
  EXPECT_EQ(schema->default_value(), Value::int64(7));
  EXPECT_FALSE(compile(R"({"type":"integer","default":null})")->default_value());
  EXPECT_THAT(refused(R"({"type":"object","properties":{},"default":[]})"),
              HasSubstr("Structs should be encoded as JSON objects, but found ARRAY"));
}

TEST(JsonSchema, WhatConnectCannotHoldIsRefused) {
  EXPECT_THAT(refused("{}"), HasSubstr("says no type"));
  EXPECT_THAT(refused("true"), HasSubstr("no object"));
  EXPECT_THAT(refused(R"({"type":"null"})"), HasSubstr("null alone"));
  EXPECT_THAT(refused("<xml>"), HasSubstr("Not a JSON schema"));
  EXPECT_THAT(refused("[]"), HasSubstr("Not a JSON schema"));
  EXPECT_THAT(refused(R"({"properties":{"next":{"$ref":"#"}}})"), HasSubstr("contains itself"));
  EXPECT_THAT(refused(R"({"$ref":"#"})"), HasSubstr("contains itself"));
  EXPECT_THAT(refused(R"({"allOf":[{"$ref":"#"}]})"), HasSubstr("contains itself"));
}

TEST(JsonSchema, DepthAndSizeHaveLimits) {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += R"({"type":"array","items":)";
  EXPECT_THAT(refused(deep), HasSubstr("Not a JSON schema"));
  EXPECT_THAT(refused(deep + R"({"type":"string"})" + std::string(10'000, '}')),
              HasSubstr("nested deeper than 200"));
  // Each definition is a list of two of the next: small as a text, endless as a schema.
  std::string bomb = R"({"$ref":"#/$defs/d0","$defs":{)";
  std::string chain = R"({"$ref":"#/$defs/d0","$defs":{)";
  for (int i = 0; i < 300; ++i) {
    const std::string next = fmt::format(R"({{"$ref":"#/$defs/d{}"}})", i + 1);
    if (i < 60) {
      bomb += fmt::format(R"("d{}":{{"properties":{{"a":{},"b":{}}}}},)", i, next, next);
    }
    chain += fmt::format(R"("d{}":{{"allOf":[{}]}},)", i, next);
  }
  EXPECT_THAT(refused(bomb + R"("d60":{"type":"string"}}})"), HasSubstr("more than 100000"));
  EXPECT_THAT(refused(chain + R"("d300":{"type":"string"}}})"), HasSubstr("too deep"));
}

TEST(JsonSchemaBody, ValuesOfAllTypes) {
  Reading reading(R"({"type":"object","properties":{
      "flag":{"type":"boolean"},"n":{"type":"integer"},"x":{"type":"number"},
      "s":{"type":"string"},"b":{"type":"string","connect.type":"bytes"},
      "d":{"type":"number","connect.type":"bytes","connect.parameters":{"scale":"2"},
           "title":"org.apache.kafka.connect.data.Decimal"},
      "list":{"type":"array","items":{"type":"integer","connect.type":"int8"}},
      "map":{"type":"object","connect.type":"map","additionalProperties":{"type":"string"}}}})");
  EXPECT_EQ(reading(R"({"flag":true,"n":-5,"x":1.5,"s":"é","b":"YWI=","d":"MDk=",
                        "list":[1,2],"map":{"k":"v"},"more":{"is":"ignored"}})"),
            "Struct{flag=true,n=-5,x=1.5,s=é,b=YWI=,d=123.45,list=[1, 2],map={k=v}}");
  EXPECT_EQ(reading.value.items()[5], Value::decimal("\x30\x39", 2));
}

TEST(JsonSchemaBody, WhatIsMissingIsNullAndNullIsRefused) {
  Reading reading(R"({"properties":{"a":{"type":"integer"},"b":{"type":["string","null"]},
      "c":{"type":"integer","default":5},"d":{"type":"string"}}})");
  EXPECT_EQ(reading(R"({"a":1,"b":null,"c":null})"), "Struct{a=1,c=5}");
  EXPECT_EQ(reading("{}"), "Struct{c=5}");
  EXPECT_TRUE(reading.value.items()[0].is_null());
  EXPECT_THAT(reading(R"({"a":null})"),
              HasSubstr("! Invalid null value for required INT64 field: \"a\""));
  EXPECT_THAT(reading("null"), HasSubstr("! Invalid null value for required STRUCT field"));
  EXPECT_THAT(reading("[]"), HasSubstr("! Structs should be encoded as JSON objects"));
  EXPECT_THAT(reading(R"({"d":5})"), HasSubstr("! Invalid value: null used for required field"));
}

TEST(JsonSchemaBody, OneOfTakesTheFirstThatFits) {
  Reading reading(R"({"oneOf":[{"type":"integer"},{"type":"number"},{"type":"string"},
      {"type":"boolean"},{"type":"array","items":{"type":"integer"}},
      {"title":"P","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}},
      {"title":"Q","properties":{"a":{"type":"integer"},"c":{"type":"integer"}}}]})");
  const auto chosen = [&](const std::string& body) {
    const std::string text = reading(body);
    return text.substr(0, 7) == "Struct{" ? text.substr(45) : text;
  };
  EXPECT_EQ(chosen("5"), "0=5}");
  EXPECT_EQ(chosen("5.5"), "1=5.5}");
  EXPECT_EQ(chosen("\"x\""), "2=x}");
  EXPECT_EQ(chosen("false"), "3=false}");
  EXPECT_EQ(chosen("[1]"), "4=[1]}");
  EXPECT_EQ(chosen(R"({"a":1,"b":2})"), "5=Struct{a=1,b=2}}");
  EXPECT_EQ(chosen(R"({"c":1,"a":2})"), "6=Struct{a=2,c=1}}");
  EXPECT_EQ(chosen("{}"), "5=Struct{}}");
  Reading scalars(R"({"oneOf":[{"type":"integer"},{"type":"boolean"}]})");
  EXPECT_THAT(scalars("\"x\""), HasSubstr("! Did not find matching oneof field for data: STRING"));
  EXPECT_THAT(scalars("null"), HasSubstr("! Invalid null value"));
}

TEST(JsonSchemaBody, MapsWithOtherKeys) {
  Reading reading(R"({"type":"array","connect.type":"map","items":{"type":"object","properties":{
      "key":{"type":"integer"},"value":{"type":["string","null"]}}}})");
  EXPECT_EQ(reading(R"([{"key":1,"value":"a"},{"value":null,"key":2},{"key":1,"value":"b"}])"),
            "{1=b, 2=null}");
  EXPECT_THAT(reading("{}"), HasSubstr("! Maps with non-string fields"));
  EXPECT_THAT(reading("[1]"), HasSubstr("! Found invalid map entry instead of object: NUMBER"));
  EXPECT_THAT(reading(R"([{"key":1}])"), HasSubstr("! Found invalid map entry, expected length 2"));
  EXPECT_THAT(reading(R"([{"key":1,"value":"a","x":1}])"), HasSubstr("has the member x"));
}

TEST(JsonSchemaBody, MalformedBodiesAreErrors) {
  Reading reading(R"({"oneOf":[{"type":"string"},{"properties":{"a":{"type":"string"}}}]})");
  for (const char* body : {"", " ", "{", "{\"a\"", "{\"a\":", "{\"a\":\"", "\"\xC3", "\"\xFF\"",
                           "{\"a\":\"\\uD800", "{\"a\":1,}", "nul", "-", "<a/>"}) {
    EXPECT_THAT(reading(body), HasSubstr("! ")) << body;
  }
  EXPECT_THAT(reading(std::string(10'000, '[')), HasSubstr("! "));
  Reading any(R"({"type":"array","items":{"type":"string"}})");
  EXPECT_THAT(any(R"([{"a":)" + std::string(10'000, '[') + std::string(10'000, ']') + "}]"),
              HasSubstr("! "));
}

// ---- writing

const JsonWriter writer{JsonWriterOptions{}};

std::string written(const Schema& schema, const Value& value) {
  TextBuffer out;
  writer.write(WritePlan(schema, JsonDialect::json_schema), value, out);
  return std::string(out.view());
}

TEST(JsonSchemaText, IsAsConfluentWritesIt) {
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .name("com.x.Rec")
          .version(2)
          .field("id", SchemaBuilder(Type::int32).doc("key").build())
          .field("name",
                 SchemaBuilder(Type::string).optional().default_value(Value::string("n")).build())
          .field("dec", SchemaBuilder::decimal(2).build())
          .field("tags", SchemaBuilder::map(SchemaBuilder(Type::string).build(),
                                            SchemaBuilder(Type::float32).build())
                             .build())
          .build();
  EXPECT_EQ(
      json_schema_text(*schema, writer, true),
      R"({"type":"object","properties":{)"
      R"("id":{"type":"integer","description":"key","connect.type":"int32","connect.index":0},)"
      R"("name":{"oneOf":[{"type":"null"},{"type":"string","default":"n"}],"connect.index":1},)"
      R"("dec":{"type":"number","title":"org.apache.kafka.connect.data.Decimal",)"
      R"("connect.type":"bytes","connect.version":1,"connect.parameters":{"scale":"2"},)"
      R"("connect.index":2},)"
      R"("tags":{"type":"object","additionalProperties":{"type":"number",)"
      R"("connect.type":"float32"},"connect.type":"map","connect.index":3}},)"
      R"("title":"com.x.Rec","connect.version":2})");
  EXPECT_THAT(json_schema_text(*schema, writer, false),
              HasSubstr("\"additionalProperties\":false"));
}

// Schemas of every kind, with a value of each.
TEST(JsonSchemaText, SchemasAndValuesReadAsTheyWereWritten) {
  base::Arena arena;
  const SchemaPtr text = SchemaBuilder(Type::string).build();
  const SchemaPtr optional_text = SchemaBuilder(Type::string).optional().build();
  const SchemaPtr point = SchemaBuilder(Type::structure)
                              .name("Point")
                              .optional()
                              .field("x", SchemaBuilder(Type::float64).build())
                              .build();
  const SchemaPtr one_of = SchemaBuilder(Type::structure)
                               .name(std::string(json_one_of_name))
                               .optional()
                               .field(std::string(json_one_of_name) + ".field.0", optional_text)
                               .field(std::string(json_one_of_name) + ".field.1", point)
                               .build();
  const SchemaPtr symbols = SchemaBuilder(Type::string)
                                .parameter(std::string(json_enum_parameter), "")
                                .parameter(std::string(json_enum_parameter) + ".A", "A")
                                .build();
  const Value x[] = {Value::float64(1.5)};
  const Value chosen[] = {Value(), Value::structure(x)};
  const Value items[] = {Value::string("a"), Value()};
  const Value entries[] = {Value::string("k"), Value::string("v")};
  const Value numbered[] = {Value::int32(1), Value::string("v")};
  const std::pair<SchemaPtr, Value> cases[] = {
      {SchemaBuilder(Type::boolean).build(), Value::boolean(true)},
      {SchemaBuilder(Type::int8).build(), Value::int8(-8)},
      {SchemaBuilder(Type::int16).optional().build(), Value::int16(16)},
      {SchemaBuilder(Type::int32).doc("d").parameter("p", "q").build(), Value::int32(32)},
      {SchemaBuilder(Type::int64).default_value(Value::int64(1)).build(), Value::int64(1LL << 62)},
      {SchemaBuilder(Type::float32).version(4).build(), Value::float32(0.1F)},
      {SchemaBuilder(Type::float64).build(), Value::float64(1e300)},
      {text, Value::string("\"\\ \u20ac")},
      {symbols, Value::string("A")},
      {SchemaBuilder(Type::bytes).build(), Value::bytes("\x00\xFF")},
      {SchemaBuilder::decimal(3).build(), Value::decimal("\x30\x39", 3)},
      {SchemaBuilder::date().build(), Value::date(-1)},
      {SchemaBuilder::time().build(), Value::time(1000)},
      {SchemaBuilder::timestamp().build(), Value::timestamp(1'700'000'000'123)},
      {SchemaBuilder::array(optional_text).build(), Value::array(items)},
      {SchemaBuilder::map(text, text).build(), Value::map(entries)},
      {SchemaBuilder::map(optional_text, text).build(), Value::map(entries)},
      {SchemaBuilder::map(SchemaBuilder(Type::int32).build(), text).build(), Value::map(numbered)},
      {point, Value::structure(x)},
      {point, Value()},
      {one_of, Value::structure(chosen)},
      {one_of, Value()},
  };
  for (const auto& [schema, value] : cases) {
    const std::string json = json_schema_text(*schema, writer, true);
    Reading reading(json);
    EXPECT_TRUE(*reading.schema == *schema) << json << "\n" << shown(*reading.schema);
    const std::string body = written(*schema, value);
    reading(body);
    EXPECT_EQ(reading.value, value) << json << " " << body;
  }
}

TEST(JsonSchemaText, UnionsWithoutAValueAndWrongValues) {
  const SchemaPtr one_of = SchemaBuilder(Type::structure)
                               .name(std::string(json_one_of_name))
                               .field(std::string(json_one_of_name) + ".field.0",
                                      SchemaBuilder(Type::string).optional().build())
                               .field(std::string(json_one_of_name) + ".field.1",
                                      SchemaBuilder(Type::int64).optional().build())
                               .build();
  const Value none[] = {Value(), Value()};
  EXPECT_THAT(failure([&] { written(*one_of, Value::structure(none)); }),
              HasSubstr("null value for field that is required"));
  const Value both[] = {Value::string("x"), Value::int64(1)};
  EXPECT_THAT(failure([&] { written(*one_of, Value::structure(both)); }),
              HasSubstr("several oneof fields"));
  EXPECT_THAT(failure([&] { written(*one_of, Value::string("x")); }), HasSubstr("Invalid type"));
}

}  // namespace
}  // namespace kc::convert
