#include "wire/column_property.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::wire {
namespace {

using testing::HasSubstr;

std::string fault(BaseType type, std::vector<std::string> properties) {
  try {
    check_column({"c", type, std::move(properties)});
    return "";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("`c`"));
    return error.what();
  }
}

TEST(ColumnProperty, EveryPropertyOfTheDocumentationIsKnown) {
  for (const char* property :
       {"int8", "int16", "boolean", "primary_key", "soft_primary_key", "shard_key", "nullable",
        "dict", "data", "store_only", "disk_optimized", "compress(lz4)", "default(1)",
        "default_sql(a + 1)"}) {
    EXPECT_TRUE(property_role(BaseType::int_, property)) << property;
  }
  for (const char* property : {"char1",
                               "char2",
                               "char4",
                               "char8",
                               "char16",
                               "char32",
                               "char64",
                               "char128",
                               "char256",
                               "date",
                               "time",
                               "datetime",
                               "decimal",
                               "decimal(10,2)",
                               "decimal(27, 10)",
                               "ipv4",
                               "ulong",
                               "uuid",
                               "json",
                               "array(int)",
                               "array(string,3)",
                               "wkt",
                               "text_search",
                               "init_with_now",
                               "update_with_now",
                               "init_with_uuid",
                               "update_with_user"}) {
    EXPECT_TRUE(property_role(BaseType::string, property)) << property;
  }
  EXPECT_EQ(property_role(BaseType::long_, "timestamp"), PropertyRole::format);
  EXPECT_EQ(property_role(BaseType::bytes, "vector(3)"), PropertyRole::format);
  EXPECT_EQ(property_role(BaseType::bytes, "wkt"), PropertyRole::format);
}

TEST(ColumnProperty, WhatIsUnknownOrOfAnotherTypeIsNot) {
  EXPECT_FALSE(property_role(BaseType::string, "char3"));
  EXPECT_FALSE(property_role(BaseType::string, "decimal("));
  EXPECT_FALSE(property_role(BaseType::string, "string"));
  EXPECT_FALSE(property_role(BaseType::int_, "char16"));
  EXPECT_FALSE(property_role(BaseType::string, "timestamp"));
  EXPECT_FALSE(property_role(BaseType::double_, "init_with_now"));
  EXPECT_FALSE(property_role(BaseType::bytes, "text_search"));
}

TEST(ColumnProperty, PropertiesThatContradictEachOtherAreRefused) {
  EXPECT_EQ(fault(BaseType::string, {"char16", "shard_key", "nullable", "dict"}), "");
  EXPECT_EQ(fault(BaseType::string, {"uuid", "init_with_uuid", "primary_key"}), "");
  EXPECT_EQ(fault(BaseType::long_, {"timestamp", "init_with_now"}), "");
  EXPECT_THAT(fault(BaseType::string, {"char16", "date"}), HasSubstr("already a char16"));
  EXPECT_THAT(fault(BaseType::int_, {"primary_key", "nullable"}), HasSubstr("no nulls"));
  EXPECT_THAT(fault(BaseType::bytes, {"shard_key"}), HasSubstr("no keys"));
  EXPECT_THAT(fault(BaseType::string, {"json", "primary_key"}), HasSubstr("no keys"));
  EXPECT_THAT(fault(BaseType::string, {"char16", "init_with_now"}), HasSubstr("hold the time"));
  EXPECT_THAT(fault(BaseType::string, {"init_with_uuid"}), HasSubstr("uuid"));
  EXPECT_THAT(fault(BaseType::string, {"chat16"}), HasSubstr("chat16"));
}

}  // namespace
}  // namespace kc::wire
