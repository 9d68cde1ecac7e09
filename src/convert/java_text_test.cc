#include "convert/java_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "base/arena.h"
#include "base/error.h"
#include "convert/decimal.h"
#include "convert/utf8.h"

namespace kc::convert {
namespace {

std::string text_of(double value) {
  char text[number_text_max];
  return {text, write_double(value, text)};
}

std::string text_of(float value) {
  char text[number_text_max];
  return {text, write_float(value, text)};
}

TEST(JavaText, DoublesAreWrittenAsDoubleToStringDoes) {
  const std::pair<double, const char*> cases[] = {
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {-1.5, "-1.5"},
      {100.0, "100.0"},
      {0.001, "0.001"},
      {9.99e-4, "9.99E-4"},
      {1e-4, "1.0E-4"},
      {9999999.0, "9999999.0"},
      {9999999.999, "9999999.999"},
      {1e7, "1.0E7"},
      {12345678.9, "1.23456789E7"},
      {1e10, "1.0E10"},
      {1e21, "1.0E21"},
      {1e23, "1.0E23"},
      {1.1, "1.1"},
      {0.1 + 0.2, "0.30000000000000004"},
      {123456.789012, "123456.789012"},
      {2.0 / 3, "0.6666666666666666"},
      {4.9e-324, "4.9E-324"},
      {1e-323, "9.9E-324"},
      {2.2250738585072014E-308, "2.2250738585072014E-308"},
      {1.7976931348623157E308, "1.7976931348623157E308"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
      {-std::numeric_limits<double>::infinity(), "-Infinity"},
  };
  for (const auto& [value, text] : cases) EXPECT_EQ(text_of(value), text);
}

TEST(JavaText, FloatsAreWrittenAsFloatToStringDoes) {
  const std::pair<float, const char*> cases[] = {
      {1.1F, "1.1"},
      {1e10F, "1.0E10"},
      {3.4028235e38F, "3.4028235E38"},
      {1.4e-45F, "1.4E-45"},
      {16777216.0F, "1.6777216E7"},
      {0.3F, "0.3"},
      {-0.0F, "-0.0"},
      {std::numeric_limits<float>::infinity(), "Infinity"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(text_of(value), text);
}

TEST(JavaText, DoublesReadBackAsThemselvesAndAreShortest) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    double value = std::bit_cast<double>(random());
    if (i % 2 == 0) value = static_cast<double>(random() % 100'000'000'000) / 1e5;
    if (!std::isfinite(value)) continue;
    const std::string text = text_of(value);
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    char shortest[40];
    const std::string_view other(
        shortest,
        static_cast<size_t>(
            std::to_chars(shortest, shortest + 40, value, std::chars_format::scientific).ptr -
            shortest));
    const auto digits = [](std::string_view from) {
      std::string result;
      for (const char c : from.substr(0, from.find_first_of("eE"))) {
        if (c >= '0' && c <= '9' && !(result.empty() && c == '0')) result += c;
      }
      while (!result.empty() && result.back() == '0') result.pop_back();
      return result;
    };
    EXPECT_EQ(digits(text), digits(other)) << text;
  }
}

TEST(JavaText, DatesAreWrittenInUtc) {
  const auto date = [](int64_t milliseconds) {
    std::string text;
    append_date(milliseconds, text);
    return text;
  };
  EXPECT_EQ(date(86'400'000), "Fri Jan 02 00:00:00 UTC 1970");
  EXPECT_EQ(date(-1), "Wed Dec 31 23:59:59 UTC 1969");
  EXPECT_EQ(date(1'700'000'000'123), "Tue Nov 14 22:13:20 UTC 2023");
  EXPECT_EQ(date(951'782'400'000), "Tue Feb 29 00:00:00 UTC 2000");
  EXPECT_EQ(date(32'503'680'000'000), "Wed Jan 01 00:00:00 UTC 3000");
  EXPECT_FALSE(date(std::numeric_limits<int64_t>::min()).empty());
  EXPECT_FALSE(date(std::numeric_limits<int64_t>::max()).empty());
}

std::string decimal(std::string_view digits, bool negative, int scale) {
  base::Arena arena;
  std::string text;
  append_decimal(unscaled_of_digits(digits, negative, arena), scale, text);
  return text;
}

TEST(Decimal, IsWrittenAsBigDecimalToStringDoes) {
  EXPECT_EQ(decimal("12345", false, 2), "123.45");
  EXPECT_EQ(decimal("12345", true, 5), "-0.12345");
  EXPECT_EQ(decimal("5", false, 7), "5E-7");
  EXPECT_EQ(decimal("5", false, 6), "0.000005");
  EXPECT_EQ(decimal("123", false, -2), "1.23E+4");
  EXPECT_EQ(decimal("0", false, 0), "0");
  EXPECT_EQ(decimal("0", true, 2), "0.00");
  EXPECT_EQ(decimal("0", false, -2), "0E+2");
  EXPECT_EQ(decimal("1", false, -3), "1E+3");
}

TEST(Decimal, UnscaledBytesAreTheShortestTwosComplement) {
  base::Arena arena;
  const auto bytes = [&](std::string_view digits, bool negative) {
    return std::string(unscaled_of_digits(digits, negative, arena));
  };
  EXPECT_EQ(bytes("0", false), std::string(1, '\0'));
  EXPECT_EQ(bytes("127", false), "\x7f");
  EXPECT_EQ(bytes("128", false), std::string("\0\x80", 2));
  EXPECT_EQ(bytes("128", true), "\x80");
  EXPECT_EQ(bytes("129", true), "\xff\x7f");
  EXPECT_EQ(bytes("256", true), std::string("\xff\x00", 2));
  EXPECT_EQ(bytes("12345", false), "\x30\x39");
}

TEST(Decimal, LongNumbersGoThereAndBack) {
  std::string digits;
  for (int i = 1; i <= 300; ++i) {
    digits += static_cast<char>('0' + (i * 7) % 10);
    EXPECT_EQ(decimal(digits, i % 2 == 0, 0), (i % 2 == 0 ? "-" : "") + digits);
  }
  EXPECT_THROW(digits_of_unscaled(std::string(5000, '\x01')), base::Error);
}

TEST(Utf8, MalformedPartsBecomeReplacementCharacters) {
  base::Arena arena;
  // The malformed byte at every place of texts of every length.
  for (size_t size = 1; size <= 70; ++size) {
    EXPECT_EQ(repaired_utf8(std::string(size, 'a'), arena), std::string(size, 'a'));
    for (size_t place = 0; place < size; ++place) {
      std::string text(size, 'a');
      text[place] = '\xff';
      std::string repaired(size, 'a');
      repaired.replace(place, 1, "\uFFFD");
      EXPECT_EQ(repaired_utf8(text, arena), repaired) << size << " " << place;
    }
  }
  EXPECT_EQ(repaired_utf8("aé東😀", arena), "aé東😀");
  EXPECT_EQ(repaired_utf8("a\xff", arena), "a\uFFFD");
  EXPECT_EQ(repaired_utf8("\xe6\x9d", arena), "\uFFFD");
  EXPECT_EQ(repaired_utf8("\xf0\x9f\x98z", arena), "\uFFFDz");
  EXPECT_EQ(repaired_utf8("\xed\xa0\x80", arena), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(repaired_utf8("\xc0\xaf", arena), "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace kc::convert
