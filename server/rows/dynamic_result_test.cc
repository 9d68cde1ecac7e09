#include "server/rows/dynamic_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::server {
namespace {

using data::Value;
using wire::BaseType;

const std::vector<ResultColumn> columns = {{"id", BaseType::long_, false, "long"},
                                           {"name", BaseType::string, true, "char32"}};

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    hex += digits[static_cast<uint8_t>(c) >> 4];
    hex += digits[static_cast<uint8_t>(c) & 15];
  }
  return hex;
}

// The bytes and the schema that the official clients were seen to read.
TEST(DynamicResult, BinaryIsColumnAfterColumnAsRecorded) {
  DynamicResult result(columns, ResultEncoding::binary);
  for (int64_t i = 0; i < 5; ++i) {
    const std::string name = "n" + std::to_string(i);
    const Value row[] = {Value::int64(i), Value::string(name)};
    result.add_row(row);
  }
  EXPECT_EQ(to_hex(result.binary()),
            "0a0002040608000a00046e3000046e3100046e3200046e3300046e340004046964086e616d650004086c6f"
            "6e670c63686172333200");
  EXPECT_EQ(result.schema(),
            R"({"type": "record", "name": "generic_response", "fields": [)"
            R"({"name": "column_1", "type": {"type": "array", "items": "long"}}, )"
            R"({"name": "column_2", "type": {"type": "array", "items": ["string", "null"]}}, )"
            R"({"name": "column_headers", "type": {"type": "array", "items": "string"}}, )"
            R"({"name": "column_datatypes", "type": {"type": "array", "items": "string"}}]})");
  EXPECT_EQ(result.json(), "");
}

TEST(DynamicResult, JsonIsTheSameAsAnObject) {
  DynamicResult result(columns, ResultEncoding::json);
  const Value first[] = {Value::int64(1), Value::string("B\"ob")};
  const Value second[] = {Value::int64(2), Value()};
  result.add_row(first);
  result.add_row(second);
  EXPECT_EQ(result.json(), R"({"column_1": [1, 2], "column_2": ["B\"ob", null], )"
                           R"("column_headers": ["id", "name"], )"
                           R"("column_datatypes": ["long", "char32"]})");
  EXPECT_EQ(result.binary(), "");
}

TEST(DynamicResult, NoRowsAreEmptyArrays) {
  EXPECT_EQ(to_hex(DynamicResult({columns[0]}, ResultEncoding::binary).binary()),
            "000204696400"
            "02086c6f6e6700");
  EXPECT_THAT(DynamicResult({columns[0]}, ResultEncoding::json).json(),
              testing::StartsWith(R"({"column_1": [], )"));
}

TEST(DynamicResult, NullWhereNoneIsAllowedIsAnError) {
  DynamicResult result(columns, ResultEncoding::binary);
  const Value row[] = {Value(), Value()};
  EXPECT_THROW(result.add_row(row), base::Error);
  EXPECT_THROW(result_encoding("arrow"), base::Error);
}

}  // namespace
}  // namespace kc::server
