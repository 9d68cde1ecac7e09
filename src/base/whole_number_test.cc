#include "base/whole_number.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kc::base {
namespace {

int32_t read(const char* text) { return whole_number<int32_t>(nlohmann::json::parse(text), "`n`"); }

TEST(WholeNumber, IsReadInItsRange) {
  EXPECT_EQ(read("0"), 0);
  EXPECT_EQ(read("2147483647"), 2147483647);
  EXPECT_EQ(read("-2147483648"), -2147483647 - 1);
  EXPECT_EQ(read("5.0"), 5);
  EXPECT_EQ(read("-1e3"), -1000);
}

TEST(WholeNumber, AnythingElseIsRefused) {
  for (const char* text : {"2147483648", "-2147483649", "18446744073709551615", "1e300", "-1e300",
                           "9223372036854775808.0", "1.5", "true", "\"5\"", "null", "[1]"}) {
    EXPECT_THROW(read(text), Error) << text;
    EXPECT_EQ(as_whole_number<int32_t>(nlohmann::json::parse(text)), std::nullopt) << text;
  }
  EXPECT_THROW(whole_number<size_t>(nlohmann::json(-1), "`rank`"), Error);
}

}  // namespace
}  // namespace kc::base
