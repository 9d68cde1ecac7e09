#include "sink/primary_key.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/row_codec.h"

namespace kc::sink {
namespace {

using data::Value;
using wire::BaseType;

const wire::TableType orders({{"note", BaseType::string, {"nullable"}},
                              {"price", BaseType::string, {"decimal(9,2)", "primary_key"}},
                              {"region", BaseType::string, {"char8", "primary_key", "shard_key"}},
                              {"id", BaseType::long_, {"primary_key", "nullable"}}});

std::string encoded(const wire::TableType& type, const std::vector<Value>& values) {
  std::string row;
  wire::encode_row(type, values, row);
  return row;
}

TEST(PrimaryKey, HasItsColumnsInTheTablesOrder) {
  const PrimaryKey key(orders);
  EXPECT_EQ(key.column_names(), "price, region, id");
  for (const wire::Column& column : key.type().columns()) EXPECT_FALSE(column.nullable());
}

TEST(PrimaryKey, HashesKeysAsTheRowsThatHaveThem) {
  const PrimaryKey key(orders);
  std::string memory;
  const auto of_row = [&](const char* price, const char* region, int64_t id) {
    return key.hash_of_row(encoded(orders, {Value::string("n"), Value::string(price),
                                            Value::string(region), Value::int64(id)}),
                           memory);
  };
  const int64_t hash = key.hash_of_key(
      encoded(key.type(), {Value::string("1.50"), Value::string("x"), Value::int64(7)}), memory);
  EXPECT_EQ(of_row("1.50", "x", 7), hash);
  EXPECT_EQ(of_row("1.5", "x", 7), hash);
  // The shard key's column alone would be the same.
  EXPECT_NE(of_row("1.50", "x", 8), hash);
  EXPECT_NE(of_row("1.51", "x", 7), hash);
  EXPECT_NE(of_row("1.50", "y", 7), hash);
}

TEST(PrimaryKey, SelectsItsRow) {
  const PrimaryKey key(orders);
  EXPECT_EQ(key.expression(encoded(
                key.type(), {Value::string("1.50"), Value::string("a\"b"), Value::int64(-7)})),
            R"((price = "1.50") and (region = "a""b") and (id = -7))");
}

}  // namespace
}  // namespace kc::sink
