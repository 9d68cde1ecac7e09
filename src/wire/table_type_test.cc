#include "wire/table_type.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::wire {
namespace {

TEST(TableType, DefinitionAndPropertiesComeBackAsTheyWere) {
  const TableType type({{"id", BaseType::long_, {"primary_key"}},
                        {"name", BaseType::string, {"char32", "nullable"}},
                        {"raw", BaseType::bytes, {}}});
  EXPECT_EQ(type.definition(),
            R"({"type":"record","name":"type_name","fields":[{"name":"id","type":"long"},)"
            R"({"name":"name","type":["string","null"]},{"name":"raw","type":"bytes"}]})");
  EXPECT_EQ(type.properties(), (TableType::ColumnProperties{{"id", {"primary_key"}},
                                                            {"name", {"char32", "nullable"}}}));
  EXPECT_EQ(TableType::parse(type.definition(), type.properties()), type);
}

TEST(TableType, UnionAloneMakesAColumnNullable) {
  const auto type = TableType::parse(
      R"({"fields":[{"type":["int","null"],"name":"a b.c"}],"name":"x","type":"record"})", {});
  EXPECT_TRUE(type.columns()[0].nullable());
  EXPECT_EQ(type.find("a b.c"), 0u);
  EXPECT_EQ(type.find("a"), std::nullopt);
}

TEST(TableType, WhatIsNotUnderstoodIsRefused) {
  const auto parse = [](std::string_view fields) {
    return TableType::parse("{\"fields\":" + std::string(fields) + "}", {});
  };
  EXPECT_THROW(parse("[]"), base::Error);
  EXPECT_THROW(parse("7"), base::Error);
  EXPECT_THROW(parse(R"([{"name":"a"}])"), base::Error);
  EXPECT_THROW(parse(R"([{"name":"a","type":"boolean"}])"), base::Error);
  EXPECT_THROW(parse(R"([{"name":"a","type":["null","int"]}])"), base::Error);
  EXPECT_THROW(parse(R"([{"name":"a","type":"int"},{"name":"a","type":"int"}])"), base::Error);
  EXPECT_THROW(TableType::parse("not json", {}), base::Error);
  EXPECT_THROW(TableType::parse(R"({"fields":[{"name":"a","type":"int"}]})", {{"b", {"data"}}}),
               base::Error);
}

TEST(TableType, KeysAreSeen) {
  EXPECT_TRUE(TableType({{"a", BaseType::int_, {"primary_key"}}}).has_primary_key());
  EXPECT_FALSE(TableType({{"a", BaseType::int_, {"shard_key"}}}).has_primary_key());
}

}  // namespace
}  // namespace kc::wire
