#include "convert/json/json_converter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <list>
#include <vector>

#include "base/error.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using data::Kind;
using data::SchemaBuilder;
using data::Type;
using data::Value;
using testing::HasSubstr;
using testing::StartsWith;

std::unique_ptr<connect::Converter> make(const Properties& settings = {}) {
  return JsonConverter::create(settings, connect::ConverterRole::value);
}

// Reads texts with one converter and shows the values as StringConverter writes them; an error as
// "! message".
class Reader {
 public:
  explicit Reader(const Properties& settings = {}) : converter_(make(settings)) {}

  std::string operator()(const std::string& text) {
    try {
      // A copy of exactly this size: reading beyond it is noticed by the address sanitizer.
      const auto& bytes = texts_.emplace_back(text.begin(), text.end());
      result = converter_->to_connect("t", std::string_view(bytes.data(), bytes.size()), batch);
      std::string shown;
      append_java_string(result.schema, result.value, shown);
      return shown;
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::skip_record);
      return fmt::format("! {}", error.what());
    }
  }

  data::RecordBatch batch;
  connect::SchemaAndValue result;

 private:
  std::unique_ptr<connect::Converter> converter_;
  std::list<std::vector<char>> texts_;  // the results point into them
};

std::string schemaless(const std::string& text) {
  return Reader({{"schemas.enable", "false"}})(text);
}

constexpr const char* malformed =
    "! Converting byte[] to Kafka Connect data failed due to serialization error: ";

std::string enveloped(const std::string& schema, const std::string& payload) {
  const std::string text = R"({"schema":)" + schema + R"(,"payload":)" + payload + "}";
  Reader read;
  const std::string first = read(text);
  EXPECT_EQ(read(text), first) << "with the prefix known";
  // The same with blanks, and with the payload first; an error names another place then.
  const std::string spaced =
      read(" { \"schema\" : " + schema + " ,\n\"payload\" :\t" + payload + " } tail");
  const std::string reversed = read(R"({"payload":)" + payload + R"(,"schema":)" + schema + "}");
  if (first.starts_with(malformed)) {
    EXPECT_THAT(spaced, StartsWith(malformed));
    EXPECT_THAT(reversed, StartsWith(malformed));
  } else {
    EXPECT_EQ(spaced, first);
    EXPECT_EQ(reversed, first);
  }
  return first;
}

std::string as(const std::string& type, const std::string& payload) {
  return enveloped(R"({"type":")" + type + R"("})", payload);
}

TEST(JsonConverter, NumbersTooBigForTheirTypeWrap) {
  EXPECT_EQ(as("int32", "3000000000"), "-1294967296");
  EXPECT_EQ(as("int8", "300"), "44");
  EXPECT_EQ(as("int16", "-32769"), "32767");
  EXPECT_EQ(as("int64", "12345678901234567890"), "-6101065172474983726");
  EXPECT_EQ(as("int32", "1e400"), "0");
  EXPECT_EQ(as("int32", "18446744073709551617.5"), "1");
  EXPECT_EQ(schemaless("12345678901234567890"), "-6101065172474983726");
  EXPECT_EQ(schemaless("-9223372036854775808"), "-9223372036854775808");
}

TEST(JsonConverter, WhatDoesNotFitAScalarIsZeroOrNull) {
  EXPECT_EQ(as("int32", "\"abc\""), "0");
  EXPECT_EQ(as("int32", "1.9"), "1");
  EXPECT_EQ(as("int64", "-1.9e1"), "-19");
  EXPECT_EQ(as("int32", "[1,{\"a\":[]}]"), "0");
  EXPECT_EQ(as("string", "5"), "null");
  EXPECT_EQ(as("boolean", "\"true\""), "false");
  EXPECT_EQ(as("boolean", "true"), "true");
  EXPECT_EQ(as("bytes", "5"), "null");
  EXPECT_EQ(as("double", "\"NaN\""), "0.0");
  EXPECT_EQ(as("float", "{}"), "0.0");
}

TEST(JsonConverter, ReadsRealNumbersExactly) {
  EXPECT_EQ(as("double", "0.1"), "0.1");
  EXPECT_EQ(as("double", "123456789012345678901234567890"), "1.2345678901234568E29");
  EXPECT_EQ(as("double", "9007199254740993"), "9.007199254740992E15");
  EXPECT_EQ(as("float", "16777217"), "1.6777216E7");
  EXPECT_EQ(as("float", "3.4e39"), "Infinity");
  EXPECT_EQ(as("double", "-1e-400"), "-0.0");
  EXPECT_EQ(schemaless("4.9e-324"), "4.9E-324");
  EXPECT_EQ(schemaless("1e400"), "Infinity");
  EXPECT_EQ(schemaless("-0.0"), "0.0");
  EXPECT_EQ(schemaless("1e5"), "100000.0");
  EXPECT_EQ(schemaless("007"), "7");
  EXPECT_EQ(schemaless("-00.50"), "-0.5");
  EXPECT_EQ(schemaless("0.000000000000000000000000012345678901234567890"),
            "1.2345678901234568E-26");
}

TEST(JsonConverter, LogicalTypesAreChecked) {
  const std::string decimal =
      R"({"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1,)"
      R"("parameters":{"scale":"2"}})";
  EXPECT_EQ(enveloped(decimal, "123.456"), "123.456");
  EXPECT_EQ(enveloped(decimal, "\"MDk=\""), "123.45");
  EXPECT_EQ(enveloped(decimal, "\"nA==\""), "-1.00");
  EXPECT_EQ(enveloped(decimal, "1E+3"), "1E+3");
  EXPECT_EQ(enveloped(decimal, "-123456789012345678901234567890.5"),
            "-123456789012345678901234567890.5");
  EXPECT_THAT(enveloped(decimal, "\"!\""), StartsWith("! Invalid bytes for Decimal field"));
  EXPECT_THAT(enveloped(decimal, "\"\""), StartsWith("! Invalid bytes for Decimal field"));
  EXPECT_EQ(enveloped(decimal, "[]"),
            "! Invalid type for Decimal, underlying representation should be numeric or bytes but "
            "was ARRAY");

  const std::string date = R"({"type":"int32","name":"org.apache.kafka.connect.data.Date"})";
  EXPECT_EQ(enveloped(date, "1"), "Fri Jan 02 00:00:00 UTC 1970");
  EXPECT_EQ(enveloped(date, "3000000000"),
            "! Invalid type for Date, underlying representation should be integer but was NUMBER");
  EXPECT_THAT(enveloped(date, "{x}"), StartsWith(malformed));

  const std::string time = R"({"type":"int32","name":"org.apache.kafka.connect.data.Time"})";
  EXPECT_EQ(enveloped(time, "1000"), "Thu Jan 01 00:00:01 UTC 1970");
  EXPECT_THAT(enveloped(time, "-1"), StartsWith("! Time values must use number of milliseconds"));

  const std::string timestamp =
      R"({"type":"int64","name":"org.apache.kafka.connect.data.Timestamp"})";
  EXPECT_EQ(enveloped(timestamp, "1700000000123"), "Tue Nov 14 22:13:20 UTC 2023");
  EXPECT_EQ(enveloped(timestamp, "\"x\""),
            "! Invalid type for Timestamp, underlying representation should be integral but was "
            "STRING");
  EXPECT_THAT(enveloped(timestamp, "1.0"), HasSubstr("but was NUMBER"));
}

TEST(JsonConverter, TakesBase64InLines) {
  const std::string schema = R"({"type":"bytes"})";
  EXPECT_THAT(enveloped(schema, R"("QUJD\r\nREVG\n")"), Not(StartsWith("!")));
  Reader read;
  read(R"({"schema":)" + schema + R"(,"payload":"QUJD\r\nREVG\n"})");
  EXPECT_EQ(read.result.value, Value::bytes("ABCDEF"));
  EXPECT_THAT(enveloped(schema, R"("QU JD")"), StartsWith("! Invalid bytes field"));
}

TEST(JsonConverter, StructFieldsComeInAnyOrderAndUnknownOnesAreIgnored) {
  const std::string schema = R"({"type":"struct","fields":[{"type":"int32","field":"a"},)"
                             R"({"type":"string","optional":true,"field":"b\n"},)"
                             R"({"type":"int32","optional":true,"default":9,"field":"c"}]})";
  EXPECT_EQ(enveloped(schema, R"({"a":1,"b\n":"x","c":2})"), "Struct{a=1,b\n=x,c=2}");
  EXPECT_EQ(enveloped(schema, R"({"z":[{"q":null}],"c":3,"\u0061":1})"), "Struct{a=1,c=3}");
  EXPECT_EQ(enveloped(schema, R"({"a":1,"c":null})"), "Struct{a=1,c=9}");
  EXPECT_EQ(enveloped(schema, R"({"a":null,"a":4})"), "Struct{a=4,c=9}");
  EXPECT_EQ(enveloped(schema, R"({"a":1,"a":2,"b\n":5})"), "Struct{a=2,c=9}");
  EXPECT_EQ(enveloped(schema, R"({"a":1,"a":null})"),
            "! Invalid null value for required INT32 field: \"a\" is null or missing");
  EXPECT_EQ(enveloped(schema, "[1]"),
            "! Structs should be encoded as JSON objects, but found ARRAY");
  EXPECT_EQ(
      enveloped(R"({"type":"struct","fields":[{"type":"string","field":"a"}]})", R"({"a":5})"),
      "! Invalid value: null used for required field: \"a\", schema type: STRING");
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[]})", "{}"), "Struct{}");
  const std::string texts =
      R"({"type":"array","items":{"type":"array","items":{"type":"string"}}})";
  EXPECT_EQ(enveloped(texts, R"([["x",5]])"), "[[x, null]]");
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[{"field":"a",)" + texts.substr(1) + "]}",
                      R"({"a":[["x",5]]})"),
            "! Invalid value: null used for required element of array element of array field: "
            "\"a\", schema type: STRING");
}

TEST(JsonConverter, RefusesSchemasThatKafkaDoesNotBuild) {
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[{"type":"int8","field":""}]})", "{}"),
            "! fieldName cannot be null.");
  EXPECT_EQ(enveloped(R"({"type":"map","keys":null,"values":{"type":"int8"}})", "{}"),
            "! keySchema cannot be null.");
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[],"default":{}})", "{}"),
            "! Invalid default value");
  EXPECT_EQ(enveloped(R"({"type":"string","default":5})", "\"\""), "! Invalid default value");
  EXPECT_EQ(enveloped(R"({"type":"array","items":{"type":"string"},"default":["a",5]})", "[]"),
            "! Invalid default value");
  EXPECT_THAT(enveloped(R"({"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"})", "1"),
              StartsWith("! Invalid Decimal schema"));
}

TEST(JsonConverter, ReadsArraysMapsAndNestedStructs) {
  EXPECT_EQ(enveloped(R"({"type":"array","items":{"type":"int32"}})", "[1,2,3]"), "[1, 2, 3]");
  EXPECT_EQ(enveloped(R"({"type":"array","items":{"type":"int32"}})", R"({"x":1,"y":2})"),
            "[1, 2]");
  EXPECT_EQ(enveloped(R"({"type":"array","items":{"type":"int32"}})", "5"), "[]");
  EXPECT_EQ(enveloped(R"({"type":"array","items":{"type":"int32"}})", "[null]"),
            "! Invalid null value for required INT32 field");
  const std::string by_text =
      R"({"type":"map","keys":{"type":"string"},"values":{"type":"int32"}})";
  EXPECT_EQ(enveloped(by_text, R"({"a":1,"b":2,"a":3})"), "{a=3, b=2}");
  EXPECT_THAT(enveloped(by_text, "[]"),
              StartsWith("! Maps with string fields should be encoded as JSON objects"));
  const std::string by_number =
      R"({"type":"map","keys":{"type":"int32"},"values":{"type":"string"}})";
  EXPECT_EQ(enveloped(by_number, R"([[1,"a"],[2,"b"],[1,"c"]])"), "{1=c, 2=b}");
  EXPECT_THAT(enveloped(by_number, "{}"), StartsWith("! Maps with non-string fields"));
  EXPECT_THAT(enveloped(by_number, "[1]"), StartsWith("! Found invalid map entry"));
  EXPECT_THAT(enveloped(by_number, "[[1]]"), StartsWith("! Found invalid map entry"));
  EXPECT_THAT(enveloped(by_number, R"([[1,"a",3]])"), StartsWith("! Found invalid map entry"));
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[{"type":"array","field":"l","items":)"
                      R"({"type":"struct","fields":[{"type":"int8","field":"x"}]}}]})",
                      R"({"l":[{"x":1},{"x":2}]})"),
            "Struct{l=[Struct{x=1}, Struct{x=2}]}");
}

TEST(JsonConverter, AnEnvelopeHasExactlyItsTwoMembers) {
  const std::string expected = "! JsonConverter with schemas.enable requires \"schema\"";
  Reader read;
  EXPECT_EQ(read(R"({"schema":{"type":"int32"},"payload":1})"), "1");
  for (const char* text :
       {R"({"schema":{"type":"int32"},"payload":1,"x":2})", R"({"schema":{"type":"int32"}})",
        R"({"payload":1})", "{}", "[]", "5", "null", "\"x\"", "", "  ",
        R"({"x":1,"schema":{"type":"int32"},"payload":1})"}) {
    EXPECT_THAT(read(text), StartsWith(expected)) << text;
  }
  EXPECT_EQ(read(R"({"schema":null,"payload":{"a":[1]}})"), "{a=[1]}");
  EXPECT_EQ(read(R"({"schema":null,"payload":{"a":[2]}})"), "{a=[2]}");
  EXPECT_EQ(read.result.schema, nullptr);
  EXPECT_EQ(read(R"({"schema":{"type":"int32"},"payload":1,"payload":2})"), "2");
}

TEST(JsonConverter, OneSchemaTextGivesOneSchema) {
  Reader read;
  read(R"({"schema":{"type":"int32"},"payload":1})");
  const data::Schema* const schema = read.result.schema;
  read(R"({"schema":{"type":"string"},"payload":"a"})");
  EXPECT_NE(read.result.schema, schema);
  read(R"({ "schema":{"type":"int32"},"payload":2})");
  EXPECT_EQ(read.result.schema, schema);
}

TEST(JsonConverter, SchemasBeyondTheCacheAreReadAgain) {
  Reader read({{"schemas.cache.size", "2"}});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(
          read(fmt::format(R"({{"schema":{{"type":"int32","name":"n{}"}},"payload":{}}})", i, i)),
          fmt::to_string(i));
      EXPECT_EQ(*read.result.schema->name(), fmt::format("n{}", i));
    }
    read.batch.clear();
  }
}

TEST(JsonConverter, BadSchemasAreRefused) {
  EXPECT_EQ(as("weird", "1"), "! Unknown schema type: weird");
  EXPECT_EQ(enveloped("5", "1"), "! Schema must contain 'type' field");
  EXPECT_EQ(enveloped(R"({"type":5})", "1"), "! Schema must contain 'type' field");
  EXPECT_EQ(enveloped(R"({"type":"array"})", "1"),
            "! Array schema did not specify the element type");
  EXPECT_EQ(enveloped(R"({"type":"map","values":{"type":"int8"}})", "1"),
            "! Map schema did not specify the key type");
  EXPECT_EQ(enveloped(R"({"type":"struct"})", "{}"),
            "! Struct schema's \"fields\" argument is not an array.");
  EXPECT_EQ(enveloped(R"({"type":"struct","fields":[{"type":"int8"}]})", "{}"),
            "! Struct schema's field name not specified properly");
  EXPECT_EQ(enveloped(R"({"type":"int8","parameters":{"a":1}})", "1"),
            "! Schema parameters must have string values.");
}

TEST(JsonConverter, ReadsAllOfASchema) {
  Reader read;
  read(R"({"schema":{"default":[5],"doc":"D","version":3,"name":"N","optional":true,)"
       R"("parameters":{"p":"q","r":"s"},"items":{"type":"int8"},"type":"array"},)"
       R"("payload":null})");
  const data::Schema& schema = *read.result.schema;
  EXPECT_EQ(schema.doc(), "D");
  EXPECT_EQ(schema.version(), 3);
  EXPECT_EQ(schema.name(), "N");
  EXPECT_TRUE(schema.optional());
  EXPECT_EQ(schema.parameters().size(), 2U);
  EXPECT_EQ(read.result.value.items()[0], Value::int8(5));
}

TEST(JsonConverter, TheContentSchemaIsThatOfEveryMessage) {
  Reader read({{"schema.content", R"({"type":"struct","fields":[{"type":"int8","field":"a"}]})"}});
  EXPECT_EQ(read(R"({"a":5,"b":6})"), "Struct{a=5}");
  EXPECT_EQ(read("{}"), "! Invalid null value for required INT8 field: \"a\" is null or missing");
  EXPECT_THAT(read(""), StartsWith("! The message is empty"));
  EXPECT_THAT(read("{"), StartsWith(malformed));
  Reader numbers({{"schema.content", R"({"type":"int32","optional":true})"}});
  EXPECT_EQ(numbers("5"), "5");
  EXPECT_EQ(numbers("null"), "null");
  EXPECT_THAT(numbers("5x"), StartsWith(malformed));
  EXPECT_THROW(make({{"schema.content", R"({"type":"nothing"})"}}), Error);
  EXPECT_EQ(Reader({{"schema.content", R"({"type":"int8"})"}, {"schemas.enable", "false"}})("[1]"),
            "[1]");
}

TEST(JsonConverter, SchemalessTextBecomesMapsAndLists) {
  EXPECT_EQ(schemaless(R"({"a":1,"b":1.5,"c":null,"d":[1,"x",{}],"e":true,"f":"s"})"),
            "{a=1, b=1.5, c=null, d=[1, x, {}], e=true, f=s}");
  EXPECT_EQ(schemaless(R"({"a":1,"b":2,"a":3})"), "{a=3, b=2}");
  EXPECT_EQ(schemaless(R"({"ab":1,"aab":2,"":3,"ab":4,"":5})"), "{ab=4, aab=2, =5}");
  EXPECT_EQ(schemaless("\xEF\xBB\xBF{}"), "{}");
  EXPECT_EQ(schemaless(""), "null");
  EXPECT_EQ(schemaless(" \n"), "null");
  EXPECT_EQ(schemaless("{}{"), "{}");
  EXPECT_EQ(schemaless("[1] \"unfinished"), "[1]");
  EXPECT_EQ(schemaless("5 x"), "5");
}

TEST(JsonConverter, LargeMapsKeepOneEntryAKey) {
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) text += fmt::format(R"("k{}":{},)", i % 10'000, i);
  text.back() = '}';
  Reader read({{"schemas.enable", "false"}});
  read(text);
  ASSERT_EQ(read.result.value.size(), 10'000U);
  EXPECT_EQ(read.result.value.entries()[1], Value::int64(10'000));
}

TEST(JsonConverter, EscapesAreUndone) {
  EXPECT_EQ(schemaless(R"("a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00")"), "a\"\\/\b\f\n\r\té😀");
  EXPECT_EQ(schemaless(R"("\ud83dx\ude00")"), "?x?");
  EXPECT_EQ(schemaless(R"("\ud83d\ud83d\ude00")"), "?😀");
  EXPECT_EQ(schemaless(R"("\u0000")"), std::string(1, '\0'));
  EXPECT_EQ(schemaless("\"grüße, 0123456789abcdef 東京\""), "grüße, 0123456789abcdef 東京");
}

TEST(JsonConverter, MalformedTextIsRefused) {
  for (const std::string text : {"not json",
                                 "{",
                                 "[",
                                 "\"",
                                 "\"\\",
                                 "{\"a\"",
                                 "{\"a\":",
                                 "{\"a\":1",
                                 "{\"a\":1,",
                                 "{\"a\":1,}",
                                 "{,}",
                                 "{a:1}",
                                 "{'a':1}",
                                 "[1,]",
                                 "[1 2]",
                                 "[,1]",
                                 "nul",
                                 "nulll",
                                 "truex",
                                 "tru",
                                 "NaN",
                                 "Infinity",
                                 "-Infinity",
                                 "+1",
                                 ".5",
                                 "1.",
                                 "1.e5",
                                 "1e",
                                 "1e+",
                                 "-",
                                 "--1",
                                 "0x10",
                                 "5}",
                                 "1a",
                                 "\"\\x\"",
                                 "\"\\u12g4\"",
                                 "\"\\u12\"",
                                 "\"a\nb\"",
                                 "{\"a\" 1}",
                                 "{\"a\":1 \"b\":2}",
                                 "// c\n1",
                                 "[1}",
                                 "{\"a\":1]",
                                 "\"\xff\"",
                                 "\"\xc0\xaf 0123456789 0123456789\"",
                                 "\"\xed\xa0\x80\"",
                                 "1e99999999999",
                                 "[\"abc",
                                 "[\"0123456789abcdef",
                                 "{\"a\":[}"}) {
    EXPECT_THAT(schemaless(text), StartsWith(malformed)) << text;
    if (text != "5}") {
      EXPECT_THAT(as("int32", text + " @"), StartsWith(malformed)) << text;
    }
  }
  EXPECT_EQ(schemaless("{\"a\":x}"),
            std::string(malformed) +
                "unexpected character 'x' at byte 5, expected a value (an object, an array, a "
                "string, a number, true, false or null)");
}

TEST(JsonConverter, MalformedTextInIgnoredMembersIsRefused) {
  const std::string schema = R"({"type":"struct","fields":[{"type":"int32","field":"a"}]})";
  EXPECT_THAT(enveloped(schema, R"({"a":1,"z":[1,}})"), StartsWith(malformed));
  EXPECT_THAT(enveloped(schema, "{\"a\":1,\"z\":\"\xff\"}"), StartsWith(malformed));
}

TEST(JsonConverter, DeepNestingIsRefused) {
  const std::string deep = std::string(100'000, '[');
  EXPECT_THAT(schemaless(deep), HasSubstr("nests deeper than 1000 levels"));
  EXPECT_THAT(as("int32", deep), HasSubstr("nests deeper than 1000 levels"));
  std::string objects;
  for (int i = 0; i < 5000; ++i) objects += "{\"a\":";
  EXPECT_THAT(schemaless(objects), HasSubstr("nests deeper than 1000 levels"));
  EXPECT_EQ(schemaless(std::string(1000, '[') + std::string(1000, ']')).size(), 2000U);
}

TEST(JsonConverter, ATombstoneIsNullWithoutSchema) {
  data::RecordBatch batch;
  const auto read = make()->to_connect("t", std::nullopt, batch);
  EXPECT_EQ(read.schema, nullptr);
  EXPECT_TRUE(read.value.is_null());
}

std::string write(const Properties& settings, const data::SchemaPtr& schema, const Value& value) {
  std::string out = "before";
  try {
    if (!make(settings)->from_connect("t", schema.get(), value, out)) return "<null bytes>";
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return fmt::format("! {}", error.what());
  }
  EXPECT_THAT(out, StartsWith("before"));
  return out.substr(6);
}

const Value one_value = Value::int32(1);
const Properties plain{{"schemas.enable", "false"}};

TEST(JsonConverter, RefusesToWriteWhatDoesNotFitTheSchema) {
  const auto int32 = SchemaBuilder(Type::int32).build();
  EXPECT_EQ(write({}, int32, {}),
            "! Conversion error: null value for field that is required and has no default value");
  EXPECT_EQ(write({}, int32, Value::int64(1)), "! Invalid type for INT32: class java.lang.Long");
  EXPECT_EQ(write(plain, SchemaBuilder::decimal(2).build(), Value::decimal("\x01", 3)),
            "! Decimal value has mismatching scale for given Decimal schema. Schema has scale 2, "
            "value has scale 3.");
  EXPECT_EQ(write(plain, SchemaBuilder::date().build(), Value::int32(3)),
            "! Invalid type for Date, expected Date but was class java.lang.Integer");
  EXPECT_THAT(
      write(plain, SchemaBuilder(Type::structure).build(), Value::structure({&one_value, 1})),
      StartsWith("! Mismatching schema."));
}

TEST(JsonConverter, ANullOfAnOptionalFieldWithDefaultIsWrittenAsConfigured) {
  SchemaBuilder builder(Type::int32);
  builder.optional().default_value(Value::int32(7));
  const auto schema = builder.build();
  EXPECT_EQ(write(plain, schema, {}), "7");
  EXPECT_EQ(
      write({{"schemas.enable", "false"}, {"replace.null.with.default", "false"}}, schema, {}),
      "null");
}

TEST(JsonConverter, ANullKeyIsWrittenAsTextOrDefault) {
  const auto map_of = [](const data::SchemaPtr& keys) {
    return SchemaBuilder::map(keys, SchemaBuilder(Type::int32).build()).build();
  };
  const Value entries[] = {Value(), one_value};
  const Value value = Value::map(entries);
  EXPECT_EQ(write(plain, map_of(SchemaBuilder(Type::string).optional().build()), value),
            R"({"null":1})");
  SchemaBuilder with_default(Type::string);
  with_default.default_value(Value::string("d"));
  EXPECT_EQ(write(plain, map_of(with_default.build()), value), R"({"d":1})");
  EXPECT_EQ(write(plain, map_of(SchemaBuilder(Type::string).build()), value),
            "! Conversion error: null value for field that is required and has no default value");
}

TEST(JsonConverter, WritesSchemalessMapsWithOtherKeysAsPairs) {
  const Value entries[] = {Value::int32(1), Value::string("a"), Value(), Value::boolean(false)};
  EXPECT_EQ(write(plain, nullptr, Value::map(entries)), R"([[1,"a"],[null,false]])");
  EXPECT_EQ(write(plain, nullptr, Value::map({})), "{}");
  EXPECT_EQ(write(plain, nullptr, Value::array({})), "[]");
}

TEST(JsonConverter, EscapesFieldNamesAndText) {
  const auto schema =
      SchemaBuilder(Type::structure).field("a\"b", SchemaBuilder(Type::string).build()).build();
  const Value fields[] = {Value::string(std::string_view("\x1f\0\x7f\n", 4))};
  EXPECT_EQ(write(plain, schema, Value::structure(fields)),
            "{\"a\\\"b\":\"\\u001F\\u0000\x7f\\n\"}");
  EXPECT_EQ(write(plain, nullptr, Value::string("\xff\xe2\x82x")), "\"\uFFFD\uFFFDx\"");
}

TEST(JsonConverter, WhatItWritesItReadsAgain) {
  Reader read;
  const std::string text =
      R"({"schema":{"type":"struct","fields":[{"type":"int64","optional":false,"field":"a"},)"
      R"({"type":"map","keys":{"type":"string","optional":false},"values":{"type":"double",)"
      R"("optional":true},"optional":true,"default":{"k":1.5},"field":"m"},{"type":"bytes",)"
      R"("optional":false,"name":"org.apache.kafka.connect.data.Decimal","version":1,)"
      R"("parameters":{"scale":"1"},"field":"d"}],"optional":false,"name":"n"},)"
      R"("payload":{"a":-5,"m":{"x":1.0E-5,"y":null},"d":"AQ=="}})";
  read(text);
  std::string out;
  make()->from_connect("t", read.result.schema, read.result.value, out);
  EXPECT_EQ(out, text);
}

TEST(JsonConverter, BadSettingsAreNamed) {
  for (const Properties& settings :
       {Properties{{"schemas.enable", "perhaps"}}, Properties{{"decimal.format", "HEX"}},
        Properties{{"schemas.cache.size", "many"}},
        Properties{{"replace.null.with.default", "1"}}}) {
    try {
      make(settings);
      FAIL() << settings.entries()[0].first;
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::fix_config);
      EXPECT_THAT(error.what(), HasSubstr(settings.entries()[0].first));
    }
  }
  EXPECT_NE(make({{"converter.type", "key"}, {"unknown", "x"}, {"decimal.format", "numeric"}}),
            nullptr);
}

}  // namespace
}  // namespace kc::convert
