#include "convert/header/simple_header_converter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"
#include "convert/java_text.h"
#include "convert/json/json_converter.h"
#include "convert/string_converter.h"

namespace kc::convert {
namespace {

using connect::ConverterRole;
using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::Type;
using data::Value;

std::string decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
    } else {
      decoded += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return decoded;
}

std::string encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7E || c == '%') {
      encoded += fmt::format("%{:02X}", byte);
    } else {
      encoded += c;
    }
  }
  return encoded;
}

std::string print_schema(const Schema* schema) {
  if (schema == nullptr) return "null";
  std::string text(data::type_name(schema->type()));
  if (schema->optional()) text += '?';
  if (schema->name()) text += ':' + schema->name()->substr(schema->name()->rfind('.') + 1);
  if (schema->logical() == data::Logical::decimal) text += fmt::format("({})", schema->scale());
  if (schema->type() == Type::array) text += '<' + print_schema(schema->value_schema().get()) + '>';
  if (schema->type() == Type::map) {
    text += '<' + print_schema(schema->key_schema().get()) + ',' +
            print_schema(schema->value_schema().get()) + '>';
  }
  return text;
}

// As the recording has values.
std::string print(const Value& value) {
  std::string text;
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::array:
      for (const Value& item : value.items()) text += print(item) + ';';
      return '[' + text + ']';
    case Kind::map:
      for (size_t i = 0; i < value.entries().size(); ++i) {
        text += print(value.entries()[i]) + (i % 2 == 0 ? '=' : ';');
      }
      return '{' + text + '}';
    case Kind::date:
      return fmt::format("Date:{}", value.as_integer() * 86'400'000);
    case Kind::time:
    case Kind::timestamp:
      return fmt::format("Date:{}", value.as_integer());
    case Kind::bytes:
      return "byte[]:" + encode(value.as_text());
    default:
      break;
  }
  append_java_string(nullptr, value, text);
  const std::string_view name = java_class(value.kind());
  return fmt::format("{}:{}", name.substr(name.rfind('.') + 1), encode(text));
}

// A recorded line for `text`, the text encoded.
std::string line_for(const std::string& encoded) {
  const std::string text = decode(encoded);
  SimpleHeaderConverter converter;
  data::RecordBatch batch;
  const auto read = converter.to_connect("t", text, batch);
  if (read.schema == nullptr && read.value.is_null()) return encoded + "\t(null)\t(null)";
  std::string written;
  EXPECT_TRUE(converter.from_connect("t", read.schema, read.value, written));
  return fmt::format("{}\t{}\t{}\t{}", encoded, print_schema(read.schema), print(read.value),
                     encode(written));
}

TEST(SimpleHeaderConverter, ReadsAndWritesWhatKafkaReadsAndWrites) {
  std::ifstream file(std::filesystem::path(KC_VECTORS_DIR) / "connect" /
                     "simple-header-converter.txt");
  int checked = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    EXPECT_EQ(line_for(line.substr(0, line.find('\t'))), line);
    ++checked;
  }
  EXPECT_GT(checked, 400);
}

TEST(SimpleHeaderConverter, ReadsWhatItCannotHoldAsNumbersAsText) {
  const std::string digits(HeaderTextReader::digits_max + 1, '9');
  for (const std::string& text : {digits, std::string("1e40000"), "1e-" + digits}) {
    EXPECT_EQ(line_for(text), text + "\tSTRING\tString:" + text + '\t' + text);
  }
  const std::string most(HeaderTextReader::digits_max, '9');
  EXPECT_EQ(line_for(most), most + "\tBYTES:Decimal(0)\tBigDecimal:" + most + '\t' + most);
}

TEST(SimpleHeaderConverter, ListsNestedTooDeeplyAreBytes) {
  const std::string text = std::string(10'000, '[') + std::string(10'000, ']');
  EXPECT_EQ(line_for(text).substr(text.size()).substr(0, 14), "\tBYTES\tbyte[]:");
  const std::string mixed(1'000'000, '{');
  EXPECT_EQ(line_for(mixed).substr(mixed.size()).substr(0, 14), "\tBYTES\tbyte[]:");
}

std::string written(const Schema* schema, const Value& value) {
  std::string out;
  EXPECT_TRUE(SimpleHeaderConverter().from_connect("t", schema, value, out));
  return out;
}

TEST(SimpleHeaderConverter, WritesStructsWithAllFieldsAndDefaults) {
  const auto schema =
      SchemaBuilder(Type::structure)
          .field("a", SchemaBuilder(Type::int32).optional().build())
          .field("b\"", SchemaBuilder(Type::string).default_value(Value::string("x\\")).build())
          .field("c", SchemaBuilder(Type::bytes).build())
          .field("d", SchemaBuilder::timestamp().build())
          .build();
  const Value fields[] = {Value(), Value(), Value::bytes("\x01\x02"), Value::timestamp(1)};
  EXPECT_EQ(written(schema.get(), Value::structure(fields)),
            R"({"a":null,"b\"":"x\\","c":"AQI=","d":00:00:00.001Z})");
  std::string out;
  try {
    SimpleHeaderConverter().from_connect("t", nullptr, Value::structure(fields), out);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
  }
}

TEST(SimpleHeaderConverter, WritesTextAndBytesAsTheyAreOutsideOfLists) {
  EXPECT_EQ(written(nullptr, Value::string("a\"b")), "a\"b");
  EXPECT_EQ(written(nullptr, Value::bytes("\x01\x02")), "AQI=");
  EXPECT_EQ(written(nullptr, Value::decimal("\x30\x39", 2)), "123.45");
  EXPECT_EQ(written(nullptr, Value::date(-1)), "00:00:00.000Z");
  EXPECT_EQ(written(nullptr, Value::timestamp(253'402'300'800'000)), "10000-01-01");
}

TEST(SimpleHeaderConverter, NullStaysNull) {
  data::RecordBatch batch;
  const auto read = SimpleHeaderConverter().to_connect("t", std::nullopt, batch);
  EXPECT_EQ(read.schema, nullptr);
  EXPECT_TRUE(read.value.is_null());
  std::string out = "x";
  EXPECT_FALSE(SimpleHeaderConverter().from_connect("t", nullptr, Value(), out));
  EXPECT_EQ(out, "x");
}

// JsonConverter writes the schema of a list of several types as Kafka's does.
TEST(SimpleHeaderConverter, ListsOfSeveralTypesGoOnToJson) {
  data::RecordBatch batch;
  const auto read = SimpleHeaderConverter().to_connect("t", R"({"a":1,"b":["x",2]})", batch);
  std::string out;
  JsonConverter::create({}, ConverterRole::header)->from_connect("t", read.schema, read.value, out);
  EXPECT_EQ(out,
            R"({"schema":{"type":"map","keys":{"type":"string","optional":false},"values":null,)"
            R"("optional":false},"payload":{"a":1,"b":["x",2]}})");
}

TEST(SimpleHeaderConverter, RefusesKeysAndValues) {
  EXPECT_NE(SimpleHeaderConverter::create({}, ConverterRole::header), nullptr);
  for (const ConverterRole role : {ConverterRole::key, ConverterRole::value}) {
    try {
      SimpleHeaderConverter::create({}, role);
      FAIL();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
      EXPECT_THAT(error.what(),
                  testing::HasSubstr(std::string(connect::role_name(role)) + ".converter"));
    }
  }
}

}  // namespace
}  // namespace kc::convert
