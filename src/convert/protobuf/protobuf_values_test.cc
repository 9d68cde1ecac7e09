// Schemas and bodies without a registry: declarations, compiled reader.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "convert/protobuf/protobuf_reader.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Logical;
using data::Schema;
using data::Type;
using data::Value;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return error.what();
  }
  return "nothing was thrown";
}

std::string unhex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

std::string proto3(const std::string& text) { return "syntax = \"proto3\"; " + text; }

// One message of a file, read as ProtobufConverter would.
struct Reading {
  explicit Reading(const std::string& text, const ProtobufReadOptions& given = {},
                   const std::string& message = {},
                   const std::vector<ProtobufDocument::Import>& imports = {})
      : options(given), document(text, imports) {
    const ProtobufMessage* found =
        message.empty() ? document.messages().at(0) : document.find_message(message);
    plan = compile_protobuf(*found, options, std::nullopt);
  }

  // The value as StringConverter writes it; an error as "! message".
  std::string operator()(const std::string& body) {
    bodies.push_back(std::make_unique<std::vector<char>>(body.begin(), body.end()));
    try {
      value = reader.read({bodies.back()->data(), body.size()}, *plan, arena);
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::skip_record);
      return fmt::format("! {}", error.what());
    }
    std::string shown;
    append_java_string(plan->schema.get(), value, shown);
    return shown;
  }
  const Schema& schema() const { return *plan->schema; }
  const Schema& field(const char* name) const { return *schema().find_field(name)->schema; }

  ProtobufReadOptions options;
  ProtobufDocument document;
  std::unique_ptr<const ProtobufReadPlan> plan;
  ProtobufValueReader reader;
  base::Arena arena;
  Value value;
  std::vector<std::unique_ptr<std::vector<char>>> bodies;
};

TEST(ProtobufReader, ReadsWhatPythonsEncoderWrote) {
  const auto path = std::filesystem::path(KC_VECTORS_DIR) / "protobuf/vectors.json";
  const auto cases = nlohmann::json::parse(std::ifstream(path));
  ASSERT_GE(cases.size(), 16U);
  for (const auto& one : cases) {
    Reading reading(one["schema"], {}, one["message"]);
    EXPECT_EQ(reading(unhex(one["body"])), one["java"].get<std::string>()) << one["name"];
    Reading serialized(one["serialized"], {}, one["message"]);
    EXPECT_EQ(serialized(unhex(one["body"])), one["java"].get<std::string>()) << one["name"];
    EXPECT_TRUE(serialized.schema() == reading.schema()) << one["name"];
    const std::vector<int32_t> indexes = one["indexes"];
    const ProtobufMessage* message = serialized.document.message_at(indexes);
    ASSERT_NE(message, nullptr) << one["name"];
    EXPECT_EQ(message->full_name, one["message"].get<std::string>());
  }
}

TEST(ProtobufReader, EachBytePrefixIsReadOrRefused) {
  const auto path = std::filesystem::path(KC_VECTORS_DIR) / "protobuf/vectors.json";
  for (const auto& one : nlohmann::json::parse(std::ifstream(path))) {
    Reading reading(one["schema"], {}, one["message"]);
    const std::string body = unhex(one["body"]);
    for (size_t size = 0; size < body.size(); ++size) {
      EXPECT_THAT(reading(body.substr(0, size)),
                  testing::AnyOf(testing::StartsWith("Struct{"), testing::StartsWith("! ")));
    }
  }
}

TEST(ProtobufReader, MessagesInPartsAreMerged) {
  Reading reading(
      proto3("message M { In a = 1; oneof c { In b = 2; int32 n = 3; } "
             "message In { int32 x = 1; repeated int32 l = 2; In2 deep = 3; } "
             "message In2 { int32 y = 1; int32 z = 2; } }"));
  EXPECT_EQ(reading("\x0A\x04\x08\1\x10\5"
                    "\x0A\x04\x08\2\x10\6"),
            "Struct{a=Struct{x=2,l=[5, 6]}}");
  EXPECT_EQ(reading("\x0A\x04\x1A\2\x08\1"
                    "\x0A\x04\x1A\2\x10\2"),
            "Struct{a=Struct{x=0,l=[],deep=Struct{y=1,z=2}}}");
  // Another field of the oneof ends what was there.
  EXPECT_EQ(reading("\x12\2\x08\1\x12\2\x10\5\x18\1\x12\2\x10\7"),
            "Struct{c_0=Struct{b=Struct{x=0,l=[7]}}}");
  EXPECT_EQ(reading("\x12\2\x08\1\x12\2\x10\5\x18\1"), "Struct{c_0=Struct{n=1}}");
}

TEST(ProtobufReader, RepeatedFieldsMayBePackedOrNotAndInterleaved) {
  Reading reading(
      proto3("message M { repeated int32 a = 1; repeated string s = 2; int32 b = 3; }"));
  EXPECT_EQ(reading("\x08\1\x12\1x\x0A\2\2\3\x18\7\x12\1y\x08\4"),
            "Struct{a=[1, 2, 3, 4],s=[x, y],b=7}");
}

TEST(ProtobufReader, MapsKeepTheLastValueOfAKey) {
  Reading reading(
      proto3("message M { map<string, int32> m = 1; map<int32, In> n = 2; "
             "message In { int32 x = 1; } }"));
  EXPECT_EQ(reading("\x0A\5\x0A\1k\x10\1\x0A\5\x0A\1k\x10\2"), "Struct{m={k=2},n={}}");
  EXPECT_EQ(reading("\x0A\0\x12\2\x08\1"s), "Struct{m={=0},n={1=Struct{x=0}}}")
      << "what an entry leaves out is a default";
  EXPECT_EQ(reading.field("m").name(), "m");
  Reading named(proto3("message M { map<string, int32> foo_bar = 1; }"));
  EXPECT_EQ(named.field("foo_bar").name(), "foo_bar");
}

TEST(ProtobufReader, AWireTypeThatDoesNotFitIsAnUnknownField) {
  Reading reading(proto3("message M { int32 a = 1; string s = 2; }"));
  EXPECT_EQ(reading("\x0A\1x\x10\5\x0D\1\1\1\1"), "Struct{a=0,s=}");
  EXPECT_EQ(reading("\x0B\x08\1\x13\x14\x0C\x08\2"), "Struct{a=2,s=}") << "groups are skipped";
}

TEST(ProtobufReader, RefusesMalformedBytes) {
  Reading reading(
      proto3("message M { int32 a = 1; string s = 2; fixed64 f = 3; M2 m = 4; "
             "message M2 { string t = 1; } }"));
  const std::string ended = "the input ended unexpectedly in the middle of a field";
  EXPECT_THAT(reading("\x08"), HasSubstr(ended));
  EXPECT_THAT(reading("\x08\xFF"), HasSubstr(ended));
  EXPECT_THAT(reading("\x12\5x"), HasSubstr(ended));
  EXPECT_THAT(reading("\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1"), HasSubstr(ended));
  EXPECT_THAT(reading("\x19\1\1"), HasSubstr(ended));
  EXPECT_THAT(reading("\x22\2\x0A\5xxxx"), HasSubstr(ended));
  EXPECT_THAT(reading("\x08" + std::string(11, '\xFF')), HasSubstr("malformed varint"));
  EXPECT_THAT(reading("\0\1"s), HasSubstr("invalid tag (zero)"));
  EXPECT_THAT(reading("\x0F"), HasSubstr("invalid wire type"));
  EXPECT_THAT(reading("\x2C"), HasSubstr("end-group tag did not match"));
  EXPECT_THAT(reading("\x2B\x34"), HasSubstr("end-group tag did not match"));
  EXPECT_THAT(reading("\x2B"), HasSubstr(ended));
  EXPECT_THAT(reading(std::string(10'000, '\x2B')), HasSubstr("too many levels of nesting"));
  EXPECT_THAT(reading("\x12\1\xFF"), HasSubstr("invalid UTF-8"));
  Reading old("message M { optional string s = 2; }");
  EXPECT_EQ(old("\x12\1\xFF"), "Struct{s=\xEF\xBF\xBD}") << "proto2 repairs, as Java does";
}

TEST(ProtobufReader, SmallMessagesCannotTakeAllMemory) {
  std::string fields;
  for (int i = 1; i <= 2000; ++i) fields += fmt::format("optional int32 f{} = {}; ", i, i);
  Reading reading(proto3("message M { repeated W w = 1; message W { " + fields + "} }"));
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += "\x0A\0"s;
  EXPECT_THAT(reading(body), HasSubstr("more than 16777216 values"));
  EXPECT_THAT(reading(body.substr(0, 2000)), testing::StartsWith("Struct{w=["));
}

TEST(ProtobufReader, RequiredFieldsMustBeThere) {
  Reading reading(
      "message M { required int32 id = 1; optional In in = 2; "
      "message In { required string s = 1; } }");
  EXPECT_EQ(reading("\x08\0"s), "Struct{id=0}");
  EXPECT_EQ(reading(""), "! Message missing required fields: id");
  EXPECT_EQ(reading("\x08\0\x12\0"s), "! Message missing required fields: s");
}

TEST(ProtobufReader, Proto2DefaultsAndClosedEnums) {
  const std::string text =
      "message M { optional string s = 1 [default = \"d\\\"x\"]; optional E e = 2 [default = B]; "
      "optional int32 n = 3 [default = -4]; optional double r = 4 [default = 0.5]; "
      "optional bytes b = 5 [default = \"\\001\"]; optional bool t = 6 [default = true]; "
      "repeated E l = 7; enum E { A = 1; B = 2; } }";
  Reading reading(text);
  EXPECT_EQ(reading(""), "Struct{l=[]}");
  EXPECT_EQ(reading("\x10\x09\x38\x01\x38\x09\x38\2"), "Struct{l=[A, B]}") << "9 is unknown";
  ProtobufReadOptions options;
  options.optional_for_proto2 = false;
  EXPECT_EQ(Reading(text, options)(""), "Struct{s=d\"x,e=B,n=-4,r=0.5,b=AQ==,t=true,l=[]}");
}

TEST(ProtobufReader, InvalidDatesAndTimesAreRefused) {
  Reading reading(
      proto3("import \"google/type/date.proto\"; import \"google/type/timeofday.proto\"; "
             "import \"google/protobuf/timestamp.proto\"; "
             "import \"confluent/type/decimal.proto\"; "
             "message M { google.type.Date d = 1; google.type.TimeOfDay t = 2; "
             "google.protobuf.Timestamp s = 3; confluent.type.Decimal c = 4; }"));
  EXPECT_EQ(reading("\x0A\7\x08\xE7\x0F\x10\2\x18\x1D"),
            "! Date is not valid: year 2023, month 2, "
            "day 29");
  EXPECT_THAT(reading("\x0A\3\x08\xE7\x0F"), HasSubstr("Date is not valid"));
  EXPECT_THAT(reading("\x12\2\x08\x18"), HasSubstr("TimeOfDay is not valid"));
  EXPECT_THAT(reading("\x1A\6\x10\x80\x94\xEB\xDC\3"), HasSubstr("Timestamp is not valid"));
  EXPECT_THAT(reading("\x22\2\x18\2"), HasSubstr("Decimal is not valid"));
  EXPECT_EQ(reading("\x22\7\x0A\3\x0F\x12\x06\x18\3"), "Struct{c=987.654}");
}

TEST(ProtobufSchema, ConnectSchemaIsThatOfConfluentsConverter) {
  Reading reading(
      proto3("package a.b; import \"confluent/meta.proto\"; "
             "import \"confluent/type/decimal.proto\"; "
             "message M { int32 i8 = 1 [(confluent.field_meta) = { params: [ { key: "
             "\"connect.type\", value: \"int8\" } ] }]; uint32 u = 2; repeated sint32 l = 3; "
             "E e = 4; confluent.type.Decimal c = 9 [(confluent.field_meta) = { params: [ { key: "
             "\"precision\", value: \"10\" }, { key: \"scale\", value: \"3\" } ] }]; "
             "oneof pick { string s = 5; } enum E { A = 0; B = 7; } }"));
  EXPECT_EQ(reading.schema().name(), "M");
  EXPECT_FALSE(reading.schema().optional());
  EXPECT_EQ(reading.schema().fields()[0].name, "pick_0") << "unions come first";
  EXPECT_EQ(reading.field("pick_0").name(), "io.confluent.connect.protobuf.Union.pick");
  EXPECT_EQ(reading.field("i8").type(), Type::int8);
  EXPECT_TRUE(reading.field("i8").optional());
  EXPECT_THAT(reading.field("i8").parameters(),
              ElementsAre(Pair("io.confluent.connect.protobuf.Tag", "1")));
  EXPECT_EQ(reading.field("u").type(), Type::int64);
  EXPECT_THAT(reading.field("u").parameters(),
              ElementsAre(Pair("io.confluent.connect.protobuf.Type", "uint32"),
                          Pair("io.confluent.connect.protobuf.Tag", "2")));
  EXPECT_EQ(reading.field("l").type(), Type::array);
  EXPECT_EQ(reading.field("e").name(), "E");
  EXPECT_THAT(reading.field("e").parameters(),
              ElementsAre(Pair("io.confluent.connect.protobuf.Enum", "E"),
                          Pair("io.confluent.connect.protobuf.Enum.A", "0"),
                          Pair("io.confluent.connect.protobuf.Enum.B", "7"),
                          Pair("io.confluent.connect.protobuf.Tag", "4")));
  EXPECT_EQ(reading.field("c").logical(), Logical::decimal);
  EXPECT_EQ(reading.field("c").scale(), 3);
  EXPECT_THAT(reading.field("c").parameters(),
              ElementsAre(Pair("scale", "3"), Pair("connect.decimal.precision", "10"),
                          Pair("io.confluent.connect.protobuf.Tag", "9")));
  EXPECT_EQ(reading("\x08\x85\x02\x20\x07"), "Struct{i8=5,u=0,l=[],e=B}")
      << "as Java's byteValue()";
}

TEST(ProtobufSchema, Options) {
  const std::string text = proto3(
      "package a.b; import \"google/protobuf/wrappers.proto\"; message M { int32 n = 1; "
      "optional int32 o = 2; google.protobuf.StringValue w = 3; In in = 4; E e = 5; "
      "oneof pick { int32 x = 6; In y = 7; } message In { int32 z = 1; } enum E { A = 0; } }");
  const auto with = [&](const std::function<void(ProtobufReadOptions&)>& set) {
    ProtobufReadOptions options;
    set(options);
    return std::make_unique<Reading>(text, options);
  };
  using Options = ProtobufReadOptions;
  const auto enhanced = with([](Options& o) { o.enhanced_schema_support = true; });
  EXPECT_EQ(enhanced->schema().name(), "a.b.M");
  EXPECT_EQ(enhanced->field("e").name(), "a.b.M.E");
  EXPECT_EQ(enhanced->field("pick_0").name(), "io.confluent.connect.protobuf.Union.a.b.M.pick");
  const auto plain_name = with([](Options& o) { o.generate_index_for_unions = false; });
  EXPECT_EQ((*plain_name)("\x30\1"), "Struct{pick=Struct{x=1},n=0,e=A}");
  const auto flat = with([](Options& o) { o.flatten_unions = true; });
  EXPECT_EQ((*flat)("\x30\1"), "Struct{x=1,n=0,e=A}");
  EXPECT_EQ((*flat)("\x30\1\x3A\2\x08\5"), "Struct{y=Struct{z=5},n=0,e=A}");
  const auto structs = with([](Options& o) { o.generate_struct_for_nulls = true; });
  EXPECT_EQ((*structs)(""), "Struct{n=0,in=Struct{z=0},e=A}");
  const auto numbers = with([](Options& o) { o.int_for_enums = true; });
  EXPECT_EQ((*numbers)("\x28\x09"), "Struct{n=0,e=9}");
  EXPECT_EQ(numbers->field("e").type(), Type::int32);
  const auto optional = with([](Options& o) { o.optional_for_nullables = true; });
  EXPECT_FALSE(optional->field("n").optional());
  EXPECT_TRUE(optional->field("o").optional());
  EXPECT_TRUE(optional->field("in").optional());
  const auto wrappers = with([](Options& o) { o.wrapper_for_nullables = true; });
  EXPECT_FALSE(wrappers->field("n").optional());
  EXPECT_EQ(wrappers->field("w").type(), Type::string);
  EXPECT_EQ((*wrappers)("\x1A\3\x0A\1x"), "Struct{n=0,w=x,e=A}");
  const auto raw = with([](Options& o) { o.wrapper_for_raw_primitives = false; });
  EXPECT_EQ((*raw)("\x1A\3\x0A\1x"), "Struct{n=0,w=Struct{value=x},e=A}");
}

TEST(ProtobufSchema, ImportsAreOfReferencesOrKnown) {
  const std::string text = proto3(
      "import \"other.proto\"; import \"unused/away.proto\"; "
      "message M { o.Other x = 1; }");
  const std::string other = proto3(
      "package o; import public \"base.proto\"; "
      "message Other { Base b = 1; }");
  const std::string base = proto3("package o; message Base { int32 n = 1; }");
  Reading reading(text, {}, "M", {{"base.proto", base}, {"other.proto", other}});
  EXPECT_EQ(reading("\x0A\4\x0A\2\x08\3"), "Struct{x=Struct{b=Struct{n=3}}}");
  const std::string missing = failure([&] { Reading{text}; });
  EXPECT_THAT(missing, HasSubstr("\"o.Other\" is not defined"));
  EXPECT_THAT(missing, HasSubstr("no reference: other.proto, unused/away.proto"));
}

TEST(ProtobufSchema, OptionsOfOthersDoNotMatter) {
  Reading reading(
      proto3("option java_package = \"x\"; option (acme.file) = 1; message M { "
             "option (acme.message) = { a: [1, 2] }; int32 a = 1 [(acme.x).y = 5, "
             "deprecated = true]; } service S { rpc R(M) returns (M) { option "
             "(google.api.http) = { get: \"/\" }; } }"));
  EXPECT_EQ(reading("\x08\5"), "Struct{a=5}");
}

TEST(ProtobufSchema, MapsMayBeSpelledAsTheirEntries) {
  Reading reading(
      proto3("message M { repeated .M.TagsEntry tags = 1; message TagsEntry { option map_entry = "
             "true; string key = 1; int32 value = 2; } message After { } }"));
  EXPECT_EQ(reading("\x0A\5\x0A\1k\x10\2"), "Struct{tags={k=2}}");
  EXPECT_EQ(reading.document.message_at(std::vector<int32_t>{0, 1})->name, "After")
      << "an entry that stands in the file counts";
}

TEST(ProtobufSchema, RefusesWhatIsNone) {
  const auto fault = [](const std::string& text) { return failure([&] { Reading{text}; }); };
  EXPECT_THAT(fault("{\"type\":\"string\"}"), HasSubstr("Not a Protobuf schema: line 1"));
  EXPECT_THAT(fault(proto3("message M { int32 a = 1; int32 b = 1; }")),
              HasSubstr("Field number 1 has already been used"));
  EXPECT_THAT(fault(proto3("message M { Missing a = 1; }")),
              HasSubstr("\"Missing\" is not defined"));
  EXPECT_THAT(fault("edition = \"2023\"; message M { }"), HasSubstr("Not a Protobuf schema"));
  EXPECT_THAT(fault(proto3("message M { M m = 1; }")), HasSubstr("M contains itself"));
  EXPECT_THAT(fault("message M { optional group G = 1 { } }"), HasSubstr("is a group"));
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "message A { ";
  EXPECT_THAT(fault(proto3(deep)), HasSubstr("nested more than 100 deep"));
  std::string chain = "syntax = \"proto3\"; ";
  for (int i = 0; i < 1000; ++i) chain += fmt::format("message A{} {{ A{} n = 1; }} ", i, i + 1);
  EXPECT_THAT(fault(chain + "message A1000 { }"), HasSubstr("nested more than 100 deep"));
  std::string wide = "syntax = \"proto3\"; ";
  for (int i = 0; i < 40; ++i) {
    wide += fmt::format("message A{} {{ A{} a = 1; A{} b = 2; }} ", i, i + 1, i + 1);
  }
  EXPECT_THAT(fault(wide + "message A40 { }"), HasSubstr("more than 100000 fields"));
}

TEST(ProtobufSchema, PlacesOfMessages) {
  const ProtobufDocument document(
      proto3("message A { map<string, int32> m = 1; message B { message C {} } message D {} } "
             "message E {}"),
      {});
  const auto at = [&](std::vector<int32_t> indexes) {
    const ProtobufMessage* message = document.message_at(indexes);
    if (message == nullptr) return std::string("none");
    EXPECT_EQ(document.indexes_of(*message), indexes);
    return message->full_name;
  };
  EXPECT_EQ(at({0}), "A");
  EXPECT_EQ(at({1}), "E");
  EXPECT_EQ(at({0, 0, 0}), "A.B.C");
  EXPECT_EQ(at({0, 1}), "A.D") << "entries of maps do not count";
  EXPECT_EQ(at({2}), "none");
  EXPECT_EQ(at({-1}), "none");
  EXPECT_EQ(at({1, 0}), "none");
}

}  // namespace
}  // namespace kc::convert
