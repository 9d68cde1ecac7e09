// Connect schemas and values -> .proto files and bodies, without a registry.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "convert/protobuf/protobuf_writer.h"
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
using namespace std::string_literals;
using testing::HasSubstr;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return error.what();
  }
  return "nothing was thrown";
}

// A schema with its file, as ProtobufConverter would register it.
struct Writing {
  explicit Writing(SchemaPtr connect, const ProtobufWriteOptions& given = {})
      : options(given),
        schema(std::move(connect)),
        file(protobuf_schema_text(*schema, options)),
        document(file.text, {}),
        plan(*document.find_message(file.message), *schema, options) {}

  std::string operator()(const Value& value) const {
    std::string body;
    write_protobuf(plan, value, body);
    return body;
  }
  std::string operator()(const std::vector<Value>& fields) const {
    return (*this)(Value::structure(fields));
  }
  // The value as our reader has it.
  Value again(const std::string& body, base::Arena& arena, const ProtobufReadOptions& read = {}) {
    read_plan = compile_protobuf(*document.find_message(file.message), read, std::nullopt);
    return ProtobufValueReader().read(body, *read_plan, arena);
  }

  ProtobufWriteOptions options;
  SchemaPtr schema;
  ProtobufSchemaText file;
  ProtobufDocument document;
  ProtobufWritePlan plan;
  std::unique_ptr<const ProtobufReadPlan> read_plan;
};

SchemaPtr of(Type type) { return SchemaBuilder(type).build(); }
SchemaPtr maybe(Type type) { return SchemaBuilder(type).optional().build(); }
SchemaBuilder structure(const char* name) {
  return std::move(SchemaBuilder(Type::structure).name(name));
}

TEST(ProtobufSchemaWriter, WritesWhatConfluentsConverterWrites) {
  const SchemaPtr inner = SchemaBuilder(Type::structure).field("c1", of(Type::string)).build();
  const SchemaPtr schema =
      SchemaBuilder(Type::structure)
          .field("id", maybe(Type::int64))
          .field("array", SchemaBuilder::array(maybe(Type::string)).build())
          .field("map", SchemaBuilder::map(of(Type::bytes), of(Type::float64)).build())
          .field("struct", inner)
          .build();
  const ProtobufSchemaText file = protobuf_schema_text(*schema, {});
  EXPECT_EQ(file.message, "ConnectDefault1");
  EXPECT_EQ(file.text,
            "syntax = \"proto3\";\n"
            "\n"
            "message ConnectDefault1 {\n"
            "  int64 id = 1;\n"
            "  repeated string array = 2;\n"
            "  repeated ConnectDefault2Entry map = 3;\n"
            "  ConnectDefault3 struct = 4;\n"
            "\n"
            "  message ConnectDefault2Entry {\n"
            "    bytes key = 1;\n"
            "    double value = 2;\n"
            "  }\n"
            "\n"
            "  message ConnectDefault3 {\n"
            "    string c1 = 1;\n"
            "  }\n"
            "}\n");
}

TEST(ProtobufSchemaWriter, NamesPackagesAndMeta) {
  const SchemaPtr inner = structure("x.y.item").field("a", of(Type::int8)).build();
  const SchemaPtr schema =
      structure("io.examples.Customer")
          .field("item", inner)
          .field("d", SchemaBuilder::decimal(2).parameter("connect.decimal.precision", "9").build())
          .field("t", SchemaBuilder::timestamp().build())
          .build();
  const ProtobufSchemaText file = protobuf_schema_text(*schema, {});
  EXPECT_EQ(file.message, "io.examples.Customer");
  EXPECT_EQ(file.text,
            "syntax = \"proto3\";\n"
            "package io.examples;\n"
            "\n"
            "import \"confluent/meta.proto\";\n"
            "import \"confluent/type/decimal.proto\";\n"
            "import \"google/protobuf/timestamp.proto\";\n"
            "\n"
            "message Customer {\n"
            "  itemMessage item = 1;\n"
            "  .confluent.type.Decimal d = 2 [(confluent.field_meta) = {\n"
            "    params: [\n"
            "      {\n"
            "        key: \"precision\",\n"
            "        value: \"9\"\n"
            "      },\n"
            "      {\n"
            "        key: \"scale\",\n"
            "        value: \"2\"\n"
            "      }\n"
            "    ]\n"
            "  }];\n"
            "  .google.protobuf.Timestamp t = 3;\n"
            "\n"
            "  message itemMessage {\n"
            "    int32 a = 1 [(confluent.field_meta) = {\n"
            "      params: [\n"
            "        {\n"
            "          key: \"connect.type\",\n"
            "          value: \"int8\"\n"
            "        }\n"
            "      ]\n"
            "    }];\n"
            "  }\n"
            "}\n");
}

TEST(ProtobufSchemaWriter, NumbersAreKeptAndNewOnesAreFree) {
  const auto tagged = [](Type type, const char* tag) {
    return SchemaBuilder(type).parameter("io.confluent.connect.protobuf.Tag", tag).build();
  };
  const SchemaPtr schema = structure("M")
                               .field("new", of(Type::int32))
                               .field("a", tagged(Type::int32, "1"))
                               .field("b", tagged(Type::string, "3"))
                               .field("other", of(Type::int32))
                               .build();
  EXPECT_THAT(protobuf_schema_text(*schema, {}).text,
              HasSubstr("  int32 new = 2;\n  int32 a = 1;\n  string b = 3;\n  int32 other = 4;\n"));
  const SchemaPtr bad = structure("M").field("a", tagged(Type::int32, "x")).build();
  EXPECT_THAT(failure([&] { protobuf_schema_text(*bad, {}); }), HasSubstr("no field number"));
}

TEST(ProtobufSchemaWriter, NamesThatAreNoIdentifiersAreScrubbedWhenAsked) {
  const SchemaPtr schema = structure("db-1.t.My Type").field("1ä-b", of(Type::int32)).build();
  EXPECT_THAT(failure([&] { protobuf_schema_text(*schema, {}); }),
              HasSubstr("scrub.invalid.names=true"));
  ProtobufWriteOptions options;
  options.scrub_invalid_names = true;
  const Writing writing(schema, options);
  EXPECT_EQ(writing.file.message, "db_1.t.My_Type");
  EXPECT_THAT(writing.file.text, HasSubstr("int32 x1_C3_A4_b = 1;"));
  EXPECT_EQ(writing(std::vector{Value::int32(5)}), "\x08\5");
}

TEST(ProtobufSchemaWriter, RefusesWhatAFileHasNoWordFor) {
  const SchemaPtr list = SchemaBuilder::array(of(Type::int32)).build();
  const SchemaPtr lists = structure("M").field("a", SchemaBuilder::array(list).build()).build();
  EXPECT_THAT(failure([&] { protobuf_schema_text(*lists, {}); }),
              HasSubstr("Array cannot be nested"));
  EXPECT_THAT(failure([&] { protobuf_schema_text(*list, {}); }),
              HasSubstr("Unsupported root schema of type ARRAY"));
  EXPECT_THAT(failure([&] { protobuf_schema_text(*SchemaBuilder::date().build(), {}); }),
              HasSubstr("Unsupported root schema of type Date"));
  const SchemaPtr two = structure("M")
                            .field("a", structure("T").field("x", of(Type::int32)).build())
                            .field("b", structure("T").field("x", of(Type::string)).build())
                            .build();
  EXPECT_THAT(failure([&] { protobuf_schema_text(*two, {}); }),
              HasSubstr("Two different types in one message are called T"));
}

TEST(ProtobufWriter, WritesScalarsByNumberWithoutDefaults) {
  const Writing writing(structure("M")
                            .field("i8", of(Type::int8))
                            .field("i32", of(Type::int32))
                            .field("i64", of(Type::int64))
                            .field("f", of(Type::float32))
                            .field("d", of(Type::float64))
                            .field("b", of(Type::boolean))
                            .field("s", of(Type::string))
                            .field("raw", of(Type::bytes))
                            .build());
  EXPECT_EQ(writing({Value::int8(-1), Value::int32(300), Value::int64(1), Value::float32(1.5F),
                     Value::float64(-0.0), Value::boolean(true), Value::string("é"),
                     Value::bytes("\0"s)}),
            "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x10\xAC\x02\x18\x01\x25\0\0\xC0\x3F"
            "\x29\0\0\0\0\0\0\0\x80\x30\x01\x3A\x02\xC3\xA9\x42\x01\0"s);
  EXPECT_EQ(
      writing({Value::int8(0), Value::int32(0), Value::int64(0), Value::float32(0),
               Value::float64(0), Value::boolean(false), Value::string(""), Value::bytes("")}),
      "");
  EXPECT_EQ(writing(std::vector<Value>(8)), "") << "null is absent";
}

TEST(ProtobufWriter, RoundTripsEverything) {
  const SchemaPtr inner = structure("Inner").field("s", maybe(Type::string)).build();
  const SchemaPtr choice = structure("io.confluent.connect.protobuf.Union.pick")
                               .field("n", maybe(Type::int32))
                               .field("in", inner)
                               .optional()
                               .build();
  const SchemaPtr color = SchemaBuilder(Type::string)
                              .name("Color")
                              .parameter("io.confluent.connect.protobuf.Enum", "Color")
                              .parameter("io.confluent.connect.protobuf.Enum.RED", "0")
                              .parameter("io.confluent.connect.protobuf.Enum.BLUE", "-2")
                              .build();
  Writing writing(
      structure("a.All")
          .field("pick_0", choice)
          .field("i16", of(Type::int16))
          .field("inner", inner)
          .field("list", SchemaBuilder::array(of(Type::int64)).build())
          .field("inners", SchemaBuilder::array(inner).build())
          .field("names", SchemaBuilder::map(of(Type::string), of(Type::int32)).build())
          .field("by_id", SchemaBuilder::map(of(Type::int32), inner).name("by_id").build())
          .field("dec", SchemaBuilder::decimal(2).build())
          .field("day", SchemaBuilder::date().build())
          .field("time", SchemaBuilder::time().build())
          .field("at", SchemaBuilder::timestamp().build())
          .field("color", color)
          .field("u32", SchemaBuilder(Type::int64)
                            .parameter("io.confluent.connect.protobuf.Type", "uint32")
                            .build())
          .field("s32", SchemaBuilder(Type::int32)
                            .parameter("io.confluent.connect.protobuf.Type", "sint32")
                            .build())
          .build());
  EXPECT_THAT(writing.file.text, HasSubstr("message ByIdEntry {"));
  EXPECT_THAT(writing.file.text, HasSubstr("  uint32 u32 = 14;\n  sint32 s32 = 15;\n"));
  EXPECT_THAT(writing.file.text, HasSubstr("  enum Color {\n    RED = 0;\n    BLUE = -2;\n  }\n"));
  const Value x[] = {Value::string("x")};
  const Value nothing[] = {Value()};
  const Value picked[] = {Value(), Value::structure(x)};
  const Value list[] = {Value::int64(0), Value::int64(-1)};
  const Value inners[] = {Value::structure(x), Value::structure(nothing)};
  const Value names[] = {Value::string("a"), Value::int32(0), Value::string(""), Value::int32(2)};
  const Value by_id[] = {Value::int32(-7), Value::structure(x)};
  const std::string long_number("\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9);
  const std::string body = writing(
      {Value::structure(picked), Value::int16(-300), Value::structure(x), Value::array(list),
       Value::array(inners), Value::map(names), Value::map(by_id), Value::decimal(long_number, 2),
       Value::date(-719162), Value::time(86'399'999), Value::timestamp(-1), Value::string("BLUE"),
       Value::int64(4'294'967'295), Value::int32(INT32_MIN)});
  base::Arena arena;
  const Value again = writing.again(body, arena);
  std::string shown;
  append_java_string(writing.read_plan->schema.get(), again, shown);
  EXPECT_EQ(shown,
            "Struct{pick_0=Struct{in=Struct{s=x}},i16=-300,inner=Struct{s=x},list=[0, -1],"
            "inners=[Struct{s=x}, Struct{s=}],names={a=0, =2},by_id={-7=Struct{s=x}},"
            "dec=23611832414348226068.47,day=Mon Jan 01 00:00:00 UTC 0001,"
            "time=Thu Jan 01 23:59:59 UTC 1970,at=Wed Dec 31 23:59:59 UTC 1969,color=BLUE,"
            "u32=4294967295,s32=-2147483648}");
  EXPECT_EQ(again.items()[10], Value::timestamp(-1));
  EXPECT_EQ(again.items()[9], Value::time(86'399'999));
}

TEST(ProtobufWriter, WritesTheBytesOfPythonsEncoder) {
  // Python keeps unknown fields and nanoseconds, and writes what is a default in a map's entry.
  const std::set<std::string> differ{"enum_unknown", "known", "lists", "unknown_fields"};
  const auto path = std::filesystem::path(KC_VECTORS_DIR) / "protobuf/vectors.json";
  size_t equal = 0;
  for (const auto& one : nlohmann::json::parse(std::ifstream(path))) {
    if (differ.contains(one["name"])) continue;
    const ProtobufDocument document(one["schema"].get<std::string>(), {});
    const ProtobufMessage& message = *document.find_message(one["message"].get<std::string>());
    const auto plan = compile_protobuf(message, {}, std::nullopt);
    std::string body;
    for (const std::string hex = one["body"]; body.size() < hex.size() / 2;) {
      body.push_back(static_cast<char>(std::stoi(hex.substr(2 * body.size(), 2), nullptr, 16)));
    }
    base::Arena arena;
    const Value value = ProtobufValueReader().read(body, *plan, arena);
    std::string written;
    write_protobuf(ProtobufWritePlan(message, *plan->schema, {}), value, written);
    EXPECT_EQ(written, body) << one["name"];
    ++equal;
  }
  EXPECT_GE(equal, 14U);
}

TEST(ProtobufWriter, OptionalAndWrappersForNullables) {
  const SchemaPtr schema = structure("M")
                               .field("n", maybe(Type::int32))
                               .field("s", maybe(Type::string))
                               .field("r", of(Type::int32))
                               .build();
  base::Arena arena;
  ProtobufWriteOptions options;
  options.optional_for_nullables = true;
  Writing optional(schema, options);
  EXPECT_THAT(optional.file.text,
              HasSubstr("optional int32 n = 1;\n  optional string s = 2;\n  int32 r = 3;"));
  ProtobufReadOptions read;
  read.optional_for_nullables = true;
  const std::vector<Value> values{Value::int32(0), Value(), Value::int32(0)};
  EXPECT_EQ(optional(values), "\x08\0"s);
  EXPECT_EQ(optional.again(optional(values), arena, read), Value::structure(values));

  options.optional_for_nullables = false;
  options.wrapper_for_nullables = true;
  Writing wrapped(schema, options);
  EXPECT_THAT(wrapped.file.text, HasSubstr(".google.protobuf.Int32Value n = 1;\n  "
                                           ".google.protobuf.StringValue s = 2;\n  int32 r = 3;"));
  read = {};
  read.wrapper_for_nullables = true;
  EXPECT_EQ(wrapped(values), "\x0A\0"s);
  EXPECT_EQ(wrapped.again(wrapped(values), arena, read), Value::structure(values));
}

TEST(ProtobufWriter, PrimitivesAtTheTopAreWrappers) {
  base::Arena arena;
  const auto round_trip = [&](const SchemaPtr& schema, const Value& value) {
    Writing writing(schema);
    EXPECT_EQ(writing.again(writing(value), arena), value) << writing.file.message;
    return writing.file.message;
  };
  EXPECT_EQ(round_trip(of(Type::string), Value::string("x")), "google.protobuf.StringValue");
  EXPECT_EQ(round_trip(of(Type::int32), Value::int32(0)), "google.protobuf.Int32Value");
  EXPECT_EQ(round_trip(of(Type::int64), Value::int64(-1)), "google.protobuf.Int64Value");
  EXPECT_EQ(round_trip(of(Type::boolean), Value::boolean(true)), "google.protobuf.BoolValue");
  EXPECT_EQ(round_trip(of(Type::float32), Value::float32(2)), "google.protobuf.FloatValue");
  EXPECT_EQ(round_trip(of(Type::float64), Value::float64(INFINITY)), "google.protobuf.DoubleValue");
  EXPECT_EQ(round_trip(of(Type::bytes), Value::bytes("\xFF")), "google.protobuf.BytesValue");
  const Writing writing(of(Type::int32));
  EXPECT_EQ(writing.document.indexes_of(*writing.document.find_message(writing.file.message)),
            std::vector<int32_t>{4});
}

TEST(ProtobufWriter, LengthsOfMessagesTakeAsManyBytesAsTheyNeed) {
  Writing writing(
      structure("M").field("in", structure("In").field("s", of(Type::string)).build()).build());
  base::Arena arena;
  for (const size_t size : std::initializer_list<size_t>{0, 1, 124, 125, 126, 127, 128, 16'379,
                                                         16'380, 16'381, 3'000'000}) {
    const std::string text(size, 'x');
    const Value in[] = {Value::string(text)};
    const std::vector<Value> fields{Value::structure(in)};
    EXPECT_EQ(writing.again(writing(fields), arena), Value::structure(fields)) << size;
  }
}

TEST(ProtobufWriter, DefaultsOfTheSchemaStandForNull) {
  const SchemaPtr schema =
      structure("M")
          .field("n", SchemaBuilder(Type::int32).optional().default_value(Value::int32(7)).build())
          .build();
  EXPECT_EQ(Writing(schema)(std::vector<Value>(1)), "\x08\7");
  ProtobufWriteOptions options;
  options.ignore_default_for_nullables = true;
  EXPECT_EQ(Writing(schema, options)(std::vector<Value>(1)), "");
}

TEST(ProtobufWriter, RefusesWhatDoesNotFit) {
  const SchemaPtr choice = structure("io.confluent.connect.protobuf.Union.pick")
                               .field("a", maybe(Type::int32))
                               .field("b", maybe(Type::int32))
                               .build();
  const Writing writing(structure("M")
                            .field("n", of(Type::int32))
                            .field("l", SchemaBuilder::array(of(Type::int32)).build())
                            .field("c", choice)
                            .field("t", SchemaBuilder::time().build())
                            .field("d", SchemaBuilder::date().build())
                            .build());
  const auto fault = [&](size_t field, const Value& value) {
    std::vector<Value> fields(5);
    fields[field] = value;
    return failure([&] { writing(fields); });
  };
  const Value null_item[] = {Value()};
  const Value both[] = {Value::int32(1), Value::int32(2)};
  const Value neither[] = {Value(), Value()};
  EXPECT_EQ(fault(0, Value::string("x")), "Invalid type for INT32: STRING in the field n");
  EXPECT_THAT(fault(0, Value::int64(1LL << 40)), HasSubstr("out of range"));
  EXPECT_THAT(fault(1, Value::int32(1)), HasSubstr("Invalid type"));
  EXPECT_THAT(fault(1, Value::array(null_item)), HasSubstr("null among its items"));
  EXPECT_THAT(fault(2, Value::structure(both)), HasSubstr("has 2 fields"));
  EXPECT_THAT(fault(2, Value::structure(neither)), HasSubstr("has 0 fields"));
  EXPECT_THAT(fault(3, Value::time(86'400'000)), HasSubstr("less than 86400000"));
  EXPECT_THAT(fault(4, Value::date(-719163)), HasSubstr("years 1 to 9999"));
  EXPECT_THAT(failure([&] { writing(Value::int32(1)); }), HasSubstr("Invalid type for STRUCT"));
  EXPECT_THAT(failure([&] { writing(std::vector<Value>(4)); }), HasSubstr("has 4 fields"));
}

TEST(ProtobufWriter, AFileOfOthersIsWrittenToByItsNames) {
  const ProtobufDocument document(
      "message M { required sint64 b = 9; optional fixed32 a = 2; optional E e = 4; repeated int32 "
      "l = 5; enum E { X = 3; } }",
      {});
  const SchemaPtr schema = structure("M")
                               .field("a", of(Type::int64))
                               .field("b", of(Type::int16))
                               .field("e", of(Type::string))
                               .field("l", SchemaBuilder::array(of(Type::int32)).build())
                               .build();
  const ProtobufWritePlan plan(*document.messages()[0], *schema, {});
  const Value list[] = {Value::int32(1), Value::int32(2)};
  const Value fields[] = {Value::int64(0), Value::int16(-1), Value::string("X"),
                          Value::array(list)};
  std::string body;
  write_protobuf(plan, Value::structure(fields), body);
  EXPECT_EQ(body, "\x15\0\0\0\0\x20\3\x28\1\x28\2\x48\1"s);
  EXPECT_THAT(failure([&] { write_protobuf(plan, Value::structure(std::vector<Value>(4)), body); }),
              HasSubstr("missing required fields: b"));
  const auto refused = [&](const SchemaPtr& other) {
    return failure([&] { ProtobufWritePlan(*document.messages()[0], *other, {}); });
  };
  EXPECT_THAT(refused(structure("M").field("z", of(Type::int32)).build()),
              HasSubstr("Cannot find field with name z"));
  EXPECT_THAT(refused(structure("M").field("a", of(Type::string)).build()),
              HasSubstr("A Connect STRING cannot be written as the Protobuf type fixed32"));
  EXPECT_THAT(refused(structure("M").field("l", of(Type::int32)).build()), HasSubstr("repeated"));
  EXPECT_THAT(refused(structure("M").field("a", of(Type::int64)).build()),
              HasSubstr("has the required field b"));
}

}  // namespace
}  // namespace kc::convert
