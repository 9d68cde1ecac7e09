#include "source/source_offset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kc::source {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SourceOffset, ARecordsNumberIsAWholeOneThatMayBeFollowed) {
  EXPECT_EQ(parse_source_offset(R"({"record":0})")->record, 0);
  EXPECT_EQ(parse_source_offset(R"({"record":9223372036854775806})")->record, 9223372036854775806);
  for (const char* offset :
       {R"({"record":9223372036854775807})", R"({"record":18446744073709551615})",
        R"({"record":-1})", R"({"record":1.5})", R"({"record":"1"})", R"({"record":null})",
        R"({"records":1})", "{}", "[]", "null", "7", "{", ""}) {
    EXPECT_FALSE(parse_source_offset(offset)) << offset;
  }
}

TEST(SourceOffset, TheGreatestValueIsAWholeNumberOrTheTextOfOne) {
  const auto incrementing = [](const std::string& value) {
    const auto offset = parse_source_offset(R"({"record":1,"incrementing":)" + value + "}");
    return offset ? offset->incrementing : std::nullopt;
  };
  EXPECT_EQ(parse_source_offset(R"({"record":1})")->incrementing, std::nullopt);
  EXPECT_EQ(incrementing("1234"), "1234");
  EXPECT_EQ(incrementing("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(incrementing("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(incrementing(R"("18446744073709551615")"), "18446744073709551615");
  for (const char* value : {"1.5", "null", "true", R"("")", R"("1.5")", R"("12x")", R"("\"1\"")",
                            "18446744073709551616", "[1]"}) {
    EXPECT_EQ(incrementing(value), std::nullopt) << value;
  }
}

TEST(SourceOffset, ASnapshotIsUnfinishedOrNot) {
  EXPECT_FALSE(parse_source_offset(R"({"record":1})")->snapshot);
  EXPECT_TRUE(parse_source_offset(R"({"record":1,"snapshot":true})")->snapshot);
  EXPECT_FALSE(parse_source_offset(R"({"record":1,"snapshot":1})"));
}

TEST(SourceOffset, WhatNoTaskWouldGoOnFromIsAFault) {
  const SourceConfig config{{}, {{"T", "T", 1}, {"TEST.U", "TEST.U", 1}}};
  const std::string offset = R"({"record":41})";
  EXPECT_EQ(offset_fault(config, source_partition("T"), offset), std::nullopt);
  EXPECT_EQ(offset_fault(config, R"({ "table" : "TEST.U" })", offset), std::nullopt);
  for (const char* partition : {R"({"Table":"T"})", R"({"table":"T","n":1})", R"({"table":null})",
                                R"({"table":7})", "{}", "null"}) {
    EXPECT_THAT(offset_fault(config, partition, offset).value_or(""),
                AllOf(HasSubstr(partition), HasSubstr("one of T, TEST.U")));
  }
  EXPECT_THAT(offset_fault(config, source_partition("U"), offset).value_or(""),
              AllOf(HasSubstr("table U would never be used"),
                    HasSubstr("kinetica.table_names has T, TEST.U")));
  EXPECT_THAT(offset_fault(config, source_partition("T"), R"({"position":1})").value_or(""),
              AllOf(HasSubstr(R"({"position":1} of table T)"), HasSubstr("{\"record\": NUMBER}")));
  EXPECT_EQ(offset_fault(config, source_partition("T"), R"({"record":41,"incrementing":7})"),
            std::nullopt);
  EXPECT_THAT(offset_fault(config, source_partition("T"), R"({"record":41,"incrementing":"x"})")
                  .value_or(""),
              AllOf(HasSubstr(R"("incrementing":"x"} of table T)"),
                    HasSubstr("kinetica.incrementing_column")));
}

}  // namespace
}  // namespace kc::source
