#include "source/source_offset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kc::source {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SourceOffset, ARecordsNumberIsAWholeOneThatMayBeFollowed) {
  EXPECT_EQ(record_number(R"({"record":0})"), 0);
  EXPECT_EQ(record_number(R"({"record":9223372036854775806})"), 9223372036854775806);
  for (const char* offset :
       {R"({"record":9223372036854775807})", R"({"record":18446744073709551615})",
        R"({"record":-1})", R"({"record":1.5})", R"({"record":"1"})", R"({"record":null})",
        R"({"records":1})", "{}", "[]", "null", "7", "{", ""}) {
    EXPECT_EQ(record_number(offset), std::nullopt) << offset;
  }
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
}

}  // namespace
}  // namespace kc::source
