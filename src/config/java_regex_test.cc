#include "config/java_regex.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace kc::config {
namespace {

TEST(JavaRegex, MatchesTheWholeText) {
  EXPECT_TRUE(JavaRegex("a|ab").matches("ab"));
  EXPECT_FALSE(JavaRegex("topic").matches("my.topic"));
  EXPECT_TRUE(JavaRegex("\\Qa.b\\E\\d+").matches("a.b12"));
  EXPECT_TRUE(JavaRegex("(?u)\\p{Lower}+[\\p{Upper}_]").matches("abC"));
  EXPECT_TRUE(JavaRegex("\\u0041\\p{IsLatin}").matches("Aé"));
}

TEST(JavaRegex, ReplacesGroups) {
  EXPECT_EQ(JavaRegex("(.*)-(\\d+)").replace_first("orders-17", "$2_$1"), "17_orders");
  EXPECT_EQ(JavaRegex("(?<name>.*)\\.(x)?b").replace_first("a.b", "${name}$2\\$1"), "a$1");
  EXPECT_EQ(JavaRegex("(a)b").replace_first("ab", "$12"), "a2");
  // What is found first need not be what matches as a whole.
  EXPECT_EQ(JavaRegex("a|ab").replace_first("ab", "x"), "xb");
  for (const char* replacement : {"$3", "$", "${no}", "$x", "\\"}) {
    EXPECT_THROW(JavaRegex("(a)b").replace_first("ab", replacement), base::Error) << replacement;
  }
}

TEST(JavaRegex, RefusesWhatItCannotDo) {
  for (const char* pattern :
       {"(", "[a-z&&[^b]]", "[a[b]]", "\\p{javaLowerCase}", "(?U)a", "[a", "\\u00"}) {
    EXPECT_THROW(JavaRegex{pattern}, base::Error) << pattern;
  }
}

TEST(JavaRegex, GivesUpOnEndlessBacktracking) {
  const JavaRegex regex("(a+)+[bc]");
  EXPECT_THROW(regex.matches(std::string(64, 'a')), base::Error);
  EXPECT_THROW(regex.matches("\xff"), base::Error);
}

}  // namespace
}  // namespace kc::config
