#include "source/row_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "wire/row_codec.h"

namespace kc::source {
namespace {

using data::Kind;
using data::Value;
using nlohmann::json;
using wire::BaseType;

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

json read_json(const std::string& name) {
  std::ifstream file(std::string(KC_VECTORS_DIR "/kinetica/") + name);
  return json::parse(file);
}

// Whether `value` is what the official client's `expected` became.
void expect_same(const Value& value, const json& expected, const std::string& where) {
  if (expected.is_null()) {
    EXPECT_TRUE(value.is_null()) << where;
  } else if (value.is_integer()) {
    EXPECT_EQ(value.as_integer(), expected.get<int64_t>()) << where;
  } else if (value.kind() == Kind::float64) {
    if (expected.is_number()) {
      EXPECT_EQ(value.as_real(), expected.get<double>()) << where;
    }
  } else if (value.kind() == Kind::float32) {
    if (expected.is_number()) {
      EXPECT_EQ(static_cast<float>(value.as_real()), expected.get<float>()) << where;
    }
  } else if (value.kind() == Kind::string && expected.is_string()) {
    EXPECT_EQ(value.as_text(), expected.get<std::string>()) << where;
  }
}

TEST(RowReader, ReadsTheRecordsOfTheOfficialClient) {
  size_t rows = 0;
  const json records = read_json("records.json");
  for (const json& vector : records["vectors"]) {
    const auto type =
        wire::TableType::parse(vector["type_schema"].dump(),
                               vector["properties"].get<wire::TableType::ColumnProperties>());
    const RowReader reader(type, "T", 1);
    const std::string row = from_hex(vector["avro_hex"]);
    std::vector<Value> values(reader.columns());
    reader.read(row, values.data());
    ASSERT_EQ(values.size(), vector["values"].size());
    for (size_t i = 0; i < values.size(); ++i) {
      expect_same(values[i], vector["values"][i], vector["name"].get<std::string>());
      if (!values[i].is_null()) {
        EXPECT_EQ(values[i].kind(), reader.schema()->fields()[i].schema->value_kind());
      }
    }
    ++rows;
  }
  EXPECT_GT(rows, 20u);
}

TEST(RowReader, ReadsTheFramesOfARecordedMonitorSession) {
  const json session = read_json("monitor_frames.json")["insert"];
  const RowReader reader(wire::TableType::parse(session["type_schema"].dump(), {}), "T", 1);
  for (size_t i = 1; i < session["frames_hex"].size(); ++i) {
    const std::string row = from_hex(session["frames_hex"][i]);
    std::vector<Value> values(reader.columns());
    reader.read(row, values.data());
    const json& expected = session["decoded"][i - 1];
    for (size_t column = 0; column < values.size(); ++column) {
      const std::string& name = reader.schema()->fields()[column].name;
      expect_same(values[column], expected[name], name);
    }
  }
}

TEST(RowReader, SchemaHasOneFieldAColumnAndOptionalForNullable) {
  const RowReader reader(wire::TableType({{"i", BaseType::int_, {}},
                                          {"l", BaseType::long_, {"timestamp"}},
                                          {"f", BaseType::float_, {}},
                                          {"d", BaseType::double_, {}},
                                          {"s", BaseType::string, {"char8", "nullable"}},
                                          {"b", BaseType::bytes, {}}}),
                         "some.table", 3);
  using data::SchemaBuilder;
  using data::Type;
  const auto expected = SchemaBuilder(Type::structure)
                            .name("some.table")
                            .version(3)
                            .field("i", SchemaBuilder(Type::int32).build())
                            .field("l", SchemaBuilder(Type::int64).build())
                            .field("f", SchemaBuilder(Type::float32).build())
                            .field("d", SchemaBuilder(Type::float64).build())
                            .field("s", SchemaBuilder(Type::string).optional().build())
                            .field("b", SchemaBuilder(Type::bytes).build())
                            .build();
  EXPECT_EQ(*reader.schema(), *expected);
}

TEST(RowReader, EveryTruncationAndEveryTailIsRefused) {
  const wire::TableType type({{"l", BaseType::long_, {}},
                              {"s", BaseType::string, {"nullable"}},
                              {"d", BaseType::double_, {}}});
  std::string row;
  const Value values[] = {Value::int64(1'700'000'000'000), Value::string("text"),
                          Value::float64(0.5)};
  wire::encode_row(type, values, row);
  const RowReader reader(type, "T", 1);
  std::vector<Value> read(reader.columns());
  reader.read(row, read.data());
  for (size_t size = 0; size < row.size(); ++size) {
    EXPECT_THROW(reader.read(std::string_view(row).substr(0, size), read.data()), base::Error);
  }
  EXPECT_THROW(reader.read(row + "x", read.data()), base::Error);
}

TEST(RowReader, AUnionBranchThatDoesNotExistIsRefusedWithItsPosition) {
  const RowReader reader(wire::TableType({{"s", BaseType::string, {"nullable"}}}), "T", 1);
  Value value;
  try {
    reader.read("\x04", &value);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("byte 1"));
  }
}

}  // namespace
}  // namespace kc::source
