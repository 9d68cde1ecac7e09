#include "server/catalog/type_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string error_of(const std::string& definition,
                     const wire::TableType::ColumnProperties& properties = {},
                     Release release = Release::v7_2) {
  try {
    read_type(definition, properties, release);
    return "";
  } catch (const base::Error& e) {
    return e.what();
  }
}

// Of a column `x` in a column list, in which ' stands for ".
std::string error_of_column(const std::string& rest, Release release = Release::v7_2) {
  std::string list = "[['x'," + rest + "]]";
  std::ranges::replace(list, '\'', '"');
  return error_of(list, {}, release);
}

TEST(TypeRules, EveryDocumentedTypeAndPropertyIsTaken) {
  for (const char* type : {"int",
                           "long",
                           "float",
                           "double",
                           "string",
                           "bytes",
                           "boolean",
                           "int8",
                           "int16",
                           "timestamp",
                           "ulong",
                           "uuid",
                           "decimal",
                           "decimal(18,4)",
                           "decimal(27,10)",
                           "decimal(5)",
                           "date",
                           "time",
                           "datetime",
                           "char1",
                           "char2",
                           "char4",
                           "char8",
                           "char16",
                           "char32",
                           "char64",
                           "char128",
                           "char256",
                           "ipv4",
                           "json",
                           "array(int)",
                           "array(string,10)",
                           "array(long,-1)",
                           "vector(3)",
                           "wkt"}) {
    for (const char* more : {"", ",'nullable'", ",'data'", ",'store_only'", ",'disk_optimized'",
                             ",'compress(zstd(7))'", ",'default(1)','default_sql(1)'"}) {
      EXPECT_EQ(error_of_column("'" + std::string(type) + "'" + more), "") << type << more;
    }
  }
  for (const char* column :
       {"'char8','dict'", "'int','dict'", "'long','dict'", "'date','dict'",
        "'string','text_search'", "'char64','text_search','nullable'",
        "'timestamp','init_with_now'", "'date','update_with_now'", "'time','init_with_now'",
        "'datetime','init_with_now','update_with_now'", "'uuid','init_with_uuid','primary_key'",
        "'char32','update_with_user'", "'int','primary_key','shard_key'",
        "'int','shard_key','nullable'", "'long','soft_primary_key'"}) {
    EXPECT_EQ(error_of_column(column), "") << column;
  }
}

TEST(TypeRules, WhatCannotBeIsRefusedWithTheColumnAndTheReason) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"'char7'", "`char7` is not a type"},
      {"'int','char7'", "there is no column property `char7`"},
      {"'int','char8'", "property `char8` does not go with the type int"},
      {"'string','timestamp'", "`timestamp` does not go with the type string"},
      {"'char8','char16'", "char8 and char16 exclude each other"},
      {"'date','time'", "date and time exclude each other"},
      {"'int','primary_key','nullable'", "primary_key and nullable exclude each other"},
      {"'bytes','primary_key'", "of type bytes cannot be part of a primary_key"},
      {"'vector(3)','shard_key'", "of type vector(3) cannot be part of a shard_key"},
      {"'json','primary_key'", "of type json cannot be"},
      {"'array(int)','shard_key'", "of type array(int) cannot be"},
      {"'wkt','primary_key'", "of type wkt cannot be"},
      {"'decimal','text_search'", "text_search does not go with decimal"},
      {"'string','dict'", "dict needs a charN"},
      {"'string','init_with_now'", "init_with_now needs a date"},
      {"'long','update_with_now'", "update_with_now needs a date"},
      {"'string','init_with_uuid'", "init_with_uuid needs a uuid column"},
      {"'date','update_with_user'", "update_with_user needs a string"},
      {"'decimal(29,0)'", "precision of 1 to 28"},
      {"'decimal(4,5)'", "precision of 1 to 28"},
      {"'decimal(x)'", "precision of 1 to 28"},
      {"'vector(0)'", "vector(number of floats)"},
      {"'vector'", "lacks what belongs between ()"},
      {"'array(map)'", "array(type)"},
      {"'int','default()'", "lacks what belongs between ()"},
      {"'int','nullable(1)'", "there is no column property `nullable(1)`"},
  };
  for (const auto& [column, reason] : cases) {
    const std::string error = error_of_column(column);
    EXPECT_THAT(error, HasSubstr(reason)) << column;
    EXPECT_THAT(error, HasSubstr("`x`")) << column;
  }
  EXPECT_THAT(error_of(R"([["a","int","primary_key"],["b","int","soft_primary_key"]])"),
              HasSubstr("not both"));
}

TEST(TypeRules, ReleaseLacksWhatCameLater) {
  for (const char* later :
       {"'json'", "'array(int)'", "'vector(2)'", "'decimal(10,2)'", "'int','default(1)'"}) {
    EXPECT_THAT(error_of_column(later, Release::v7_1), HasSubstr("Kinetica 7.1 has no")) << later;
    EXPECT_THAT(error_of_column(later, Release::v7_0), HasSubstr("Kinetica 7.0 has no")) << later;
  }
  for (const char* later : {"'uuid'", "'boolean'"}) {
    EXPECT_EQ(error_of_column(later, Release::v7_1), "") << later;
    EXPECT_THAT(error_of_column(later, Release::v7_0), HasSubstr("Kinetica 7.0 has no")) << later;
  }
  EXPECT_EQ(error_of_column("'decimal'", Release::v7_0), "");
}

TEST(TypeRules, AvroRecordIsKeptAsItIsWritten) {
  const std::string definition =
      R"({ "fields": [{"type":"long","name":"a b"},{"type":["string","null"],"name":"s.t"}],)"
      R"("type":"record","name":"type_name"})";
  const wire::TableType::ColumnProperties properties = {{"a b", {"data", "primary_key"}},
                                                        {"s.t", {"char8", "nullable"}}};
  const auto text = read_type(definition, properties, Release::v7_2);
  EXPECT_EQ(text.definition, definition);
  EXPECT_EQ(text.properties, properties);
  EXPECT_TRUE(text.type.columns()[1].nullable());
}

TEST(TypeRules, NullableNeedsTheUnion) {
  const std::string definition =
      R"({"type":"record","name":"t","fields":[{"name":"a","type":"int"}]})";
  EXPECT_THAT(error_of(definition, {{"a", {"nullable"}}}), HasSubstr(R"(["int", "null"])"));
}

TEST(TypeRules, ColumnListBecomesARecord) {
  const auto text = read_type(
      R"list([["id","int8","primary_key"],["name","char32","nullable"],["d","decimal(10, 2)"]])list",
      {}, Release::v7_2);
  EXPECT_EQ(text.definition,
            R"({"type":"record","name":"type_name","fields":[{"name":"id","type":"int"},)"
            R"({"name":"name","type":["string","null"]},{"name":"d","type":"string"}]})");
  EXPECT_THAT(text.properties.at("id"), ElementsAre("int8", "primary_key"));
  EXPECT_THAT(text.properties.at("name"), ElementsAre("char32", "nullable"));
  EXPECT_THAT(text.properties.at("d"), ElementsAre("decimal(10, 2)"));
}

TEST(TypeRules, HostileDefinitionsAreRefused) {
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("[]"), "");
  EXPECT_NE(error_of("[1]"), "");
  EXPECT_NE(error_of(R"([["x"]])"), "");
  EXPECT_NE(error_of(R"([["","int"]])"), "");
  EXPECT_NE(error_of(R"([["x","int"],["x","int"]])"), "");
  EXPECT_NE(error_of(R"([["x",["int"]]])"), "");
  EXPECT_NE(error_of(R"({"fields":[{"name":"x","type":{"type":{}}}]})"), "");
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("nested"));
  EXPECT_THAT(error_of(std::string(2'000'000, ' ')), HasSubstr("too long"));
  EXPECT_NE(error_of(R"([["x","int"]])", {{"x", {"nullable"}}}), "");
}

TEST(TypeRules, AlterationsWriteTypesInMoreWays) {
  EXPECT_EQ(read_column("x", "byte").type, wire::BaseType::bytes);
  EXPECT_TRUE(read_column("x", "int,null").nullable());
  EXPECT_EQ(read_column("x", "decimal(10,2)").type, wire::BaseType::string);
  EXPECT_THROW(read_column("x", "int,long"), base::Error);
  EXPECT_THROW(read_column("x", "null"), base::Error);
  EXPECT_THROW(read_column("x", ""), base::Error);
  EXPECT_THAT(split_properties("char8, default('a,b)',c) ,dict"),
              ElementsAre("char8", "default('a,b)',c)", "dict"));
}

}  // namespace
}  // namespace kc::server
