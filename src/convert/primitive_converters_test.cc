// The results and the texts of Apache Kafka 4.3.1's classes.
#include "convert/primitive_converters.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace kc::convert {
namespace {

using base::Error;
using connect::ConverterRole;
using data::SchemaBuilder;
using data::Type;
using data::Value;
using std::string_view_literals::operator""sv;

std::unique_ptr<connect::Converter> make(std::string_view name) {
  for (const auto& plugin : primitive_converters()) {
    if (plugin.class_name.ends_with("." + std::string(name))) {
      return plugin.create({}, ConverterRole::header);
    }
  }
  return nullptr;
}

std::string failure(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.java_class(), "org.apache.kafka.connect.errors.DataException");
    return error.what();
  }
  return "no error";
}

struct Case {
  std::string_view name;
  Type type;
  Value value;
  std::string_view bytes;
};

const Case cases[] = {
    {"ShortConverter", Type::int16, Value::int16(-2), "\xff\xfe"},
    {"IntegerConverter", Type::int32, Value::int32(0x01020304), "\1\2\3\4"},
    {"LongConverter", Type::int64, Value::int64(72623859790382856), "\1\2\3\4\5\6\7\x8"},
    {"FloatConverter", Type::float32, Value::float32(1.5F), "\x3f\xc0\0\0"sv},
    {"DoubleConverter", Type::float64, Value::float64(-1.5), "\xbf\xf8\0\0\0\0\0\0"sv},
    {"BooleanConverter", Type::boolean, Value::boolean(true), "\1"},
};

TEST(PrimitiveConverters, WriteAndReadBigEndianBytes) {
  for (const Case& one : cases) {
    const auto converter = make(one.name);
    ASSERT_NE(converter, nullptr) << one.name;
    std::string out = "x";
    EXPECT_TRUE(converter->from_connect("t", nullptr, one.value, out));
    EXPECT_EQ(out.substr(1), one.bytes) << one.name;
    data::RecordBatch batch;
    const auto read = converter->to_connect("t", one.bytes, batch);
    EXPECT_EQ(read.value, one.value) << one.name;
    ASSERT_NE(read.schema, nullptr);
    EXPECT_EQ(read.schema->type(), one.type);
    EXPECT_TRUE(read.schema->optional());
  }
}

TEST(PrimitiveConverters, NullIsNull) {
  for (const Case& one : cases) {
    data::RecordBatch batch;
    const auto read = make(one.name)->to_connect("t", std::nullopt, batch);
    EXPECT_TRUE(read.value.is_null());
    EXPECT_EQ(read.schema->type(), one.type);
    std::string out;
    EXPECT_FALSE(make(one.name)->from_connect("t", read.schema, Value(), out));
    EXPECT_EQ(out, "");
  }
}

TEST(PrimitiveConverters, OtherLengthsAreRefused) {
  const auto refusal = [](std::string_view name, std::string_view bytes) {
    return failure([&] {
      data::RecordBatch batch;
      make(name)->to_connect("t", bytes, batch);
    });
  };
  for (const std::string_view bytes : {""sv, "\1\2\3"sv, "\1\2\3\4\5\6\7\1\1"sv}) {
    EXPECT_EQ(refusal("ShortConverter", bytes),
              "Failed to deserialize short: Size of data received by ShortDeserializer is not 2");
    EXPECT_EQ(
        refusal("IntegerConverter", bytes),
        "Failed to deserialize integer: Size of data received by IntegerDeserializer is not 4");
    EXPECT_EQ(refusal("LongConverter", bytes),
              "Failed to deserialize long: Size of data received by LongDeserializer is not 8");
    EXPECT_EQ(refusal("FloatConverter", bytes),
              "Failed to deserialize float: Size of data received by Deserializer is not 4");
    EXPECT_EQ(refusal("DoubleConverter", bytes),
              "Failed to deserialize double: Size of data received by Deserializer is not 8");
    EXPECT_EQ(
        refusal("BooleanConverter", bytes),
        "Failed to deserialize boolean: Size of data received by BooleanDeserializer is not 1");
  }
  EXPECT_EQ(refusal("BooleanConverter", "\xfe"),
            "Failed to deserialize boolean: Unexpected byte received by BooleanDeserializer: -2");
}

TEST(PrimitiveConverters, OtherTypesAreRefused) {
  const auto refusal = [](std::string_view name, const data::Schema* schema, const Value& value) {
    return failure([&] {
      std::string out;
      make(name)->from_connect("t", schema, value, out);
    });
  };
  EXPECT_EQ(refusal("ShortConverter", nullptr, Value::int32(1)),
            "Failed to serialize to short (was class java.lang.Integer): ");
  EXPECT_EQ(refusal("LongConverter", nullptr, Value::string("1")),
            "Failed to serialize to long (was class java.lang.String): ");
  EXPECT_EQ(refusal("FloatConverter", nullptr, Value::float64(1)),
            "Failed to serialize to float (was class java.lang.Double): ");
  EXPECT_EQ(refusal("BooleanConverter", nullptr, Value::int32(1)),
            "BooleanConverter is not compatible with objects of type class java.lang.Integer");
  const auto text = SchemaBuilder(Type::string).build();
  EXPECT_EQ(refusal("BooleanConverter", text.get(), Value()),
            "Invalid schema type for BooleanConverter: STRING");
  // Only BooleanConverter looks at the schema.
  EXPECT_EQ(refusal("ShortConverter", text.get(), Value::int16(1)), "no error");
}

}  // namespace
}  // namespace kc::convert
