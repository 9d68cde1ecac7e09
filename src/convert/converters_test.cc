#include "convert/converters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/lru_cache.h"
#include "convert/map_keys.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::SchemaBuilder;
using data::Type;
using data::Value;
using testing::StartsWith;

std::unique_ptr<connect::Converter> make(std::string_view name,
                                         const config::Properties& settings = {}) {
  for (const auto& plugin : built_in_converters()) {
    if (plugin.class_name == name) return plugin.create(settings, connect::ConverterRole::value);
  }
  return nullptr;
}

constexpr std::string_view json = "org.apache.kafka.connect.json.JsonConverter";
constexpr std::string_view string = "org.apache.kafka.connect.storage.StringConverter";
constexpr std::string_view byte_array = "org.apache.kafka.connect.converters.ByteArrayConverter";

std::string refusal(connect::Converter& converter, const data::Schema* schema, const Value& value) {
  std::string out;
  try {
    converter.from_connect("t", schema, value, out);
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::skip_record);
    return error.what();
  }
  return "not refused: " + out;
}

TEST(Converters, AllGiveBackNullForNullAndKeepOutUnchanged) {
  for (const std::string_view name : {json, string, byte_array}) {
    const auto converter = make(name);
    ASSERT_NE(converter, nullptr) << name;
    data::RecordBatch batch;
    EXPECT_TRUE(converter->to_connect("t", std::nullopt, batch).value.is_null());
    std::string out = "x";
    EXPECT_FALSE(converter->from_connect("t", nullptr, {}, out));
    EXPECT_EQ(out, "x");
  }
}

TEST(StringConverter, ReadsTextWithAnOptionalSchema) {
  data::RecordBatch batch;
  const auto read = make(string)->to_connect("t", "a\xff", batch);
  EXPECT_EQ(read.value, Value::string("a\uFFFD"));
  ASSERT_NE(read.schema, nullptr);
  EXPECT_EQ(read.schema->type(), Type::string);
  EXPECT_TRUE(read.schema->optional());
  EXPECT_EQ(make(string)->to_connect("t", "", batch).value, Value::string(""));
}

TEST(StringConverter, WritesNullsInListsAndMapsButNotInStructs) {
  const auto schema = SchemaBuilder(Type::structure)
                          .field("a", SchemaBuilder(Type::int32).optional().build())
                          .field("b", SchemaBuilder(Type::float64).build())
                          .build();
  const Value fields[] = {Value(), Value::float64(1e10)};
  const Value entries[] = {Value::string("k"), Value()};
  const Value items[] = {Value::map(entries), Value(), Value::bytes("\x01\x02")};
  std::string out;
  make(string)->from_connect("t", schema.get(), Value::structure(fields), out);
  EXPECT_EQ(out, "Struct{b=1.0E10}");
  out.clear();
  make(string)->from_connect("t", nullptr, Value::array(items), out);
  EXPECT_EQ(out, "[{k=null}, null, AQI=]");
  EXPECT_THAT(refusal(*make(string), nullptr, Value::structure(fields)), StartsWith("Mismatching"));
}

TEST(StringConverter, KnowsUtf8Only) {
  EXPECT_NE(make(string, {{"converter.encoding", "UTF8"}}), nullptr);
  try {
    make(string, {{"converter.encoding", "UTF-16"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    EXPECT_THAT(error.what(), testing::HasSubstr("converter.encoding"));
  }
}

TEST(ByteArrayConverter, PassesBytesOnly) {
  const auto converter = make(byte_array);
  data::RecordBatch batch;
  const auto read = converter->to_connect("t", "\x01\xff", batch);
  EXPECT_EQ(read.schema->type(), Type::bytes);
  EXPECT_TRUE(read.schema->optional());
  std::string out;
  EXPECT_TRUE(converter->from_connect("t", read.schema, read.value, out));
  EXPECT_EQ(out, "\x01\xff");
  const auto int32 = SchemaBuilder(Type::int32).build();
  EXPECT_EQ(refusal(*converter, int32.get(), Value::int32(1)),
            "Invalid schema type for ByteArrayConverter: INT32");
  EXPECT_EQ(refusal(*converter, nullptr, Value::int32(1)),
            "ByteArrayConverter is not compatible with objects of type class java.lang.Integer");
}

TEST(LruCache, ForgetsWhatWasNotAskedForLongest) {
  base::LruCache<int, int> cache(2);
  cache.insert(1, 10);
  cache.insert(2, 20);
  ASSERT_NE(cache.find(1), nullptr);
  cache.insert(3, 30);
  EXPECT_EQ(cache.find(2), nullptr);
  EXPECT_EQ(*cache.find(1), 10);
  EXPECT_EQ(*cache.find(3), 30);
  EXPECT_EQ(cache.size(), 2U);
}

TEST(MapKeys, TheFirstPlaceAndTheLastValueStay) {
  Value entries[] = {Value::int32(1), Value::string("a"), Value(),         Value::string("b"),
                     Value::int32(1), Value::string("c"), Value::int64(1), Value::string("d"),
                     Value(),         Value::string("e")};
  ASSERT_EQ(drop_duplicate_keys(entries, 5), 3U);
  EXPECT_EQ(entries[1], Value::string("c"));
  EXPECT_EQ(entries[3], Value::string("e"));
  EXPECT_EQ(entries[4], Value::int64(1));
}

}  // namespace
}  // namespace kc::convert
