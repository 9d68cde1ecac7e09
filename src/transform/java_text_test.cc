// The pieces of Java that the transformations need: dates, expressions, numbers, field paths.
#include "transform/field_path.h"
#include "transform/java_calendar.h"
#include "transform/java_date_format.h"
#include "transform/java_number.h"
#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

constexpr int64_t november = 1'700'000'000'123;  // Tue Nov 14 22:13:20.123 UTC 2023

std::string format(std::string_view pattern, int64_t milliseconds) {
  std::string out;
  JavaDateFormat(pattern).format(milliseconds, out);
  return out;
}

int64_t parse(std::string_view pattern, std::string_view text) {
  return JavaDateFormat(pattern, november).parse(text).value_or(-1);
}

TEST(JavaDateFormat, WritesEveryLetter) {
  EXPECT_EQ(format("G yyyy yy y YYYY M MM MMM MMMM LL", november),
            "AD 2023 23 2023 2023 11 11 Nov November 11");
  EXPECT_EQ(format("w W D d F E EEEE u", november), "46 3 318 14 2 Tue Tuesday 2");
  EXPECT_EQ(format("a H HH k K h m s S SSSSS", november), "PM 22 22 22 10 10 13 20 123 00123");
  EXPECT_EQ(format("z zzzz Z X XX XXX", november), "UTC Coordinated Universal Time +0000 Z Z Z");
  EXPECT_EQ(format("'T'''yyyy''", november), "T'2023'");
  EXPECT_EQ(format("k h", 0), "24 12");
}

TEST(JavaDateFormat, WritesDaysBeforeTheEpochAndTheReform) {
  EXPECT_EQ(format("yyyy-MM-dd HH:mm:ss.SSS", -1), "1969-12-31 23:59:59.999");
  EXPECT_EQ(format("yyyy-MM-dd", -141'427 * day_milliseconds), "1582-10-15");
  EXPECT_EQ(format("yyyy-MM-dd", -141'428 * day_milliseconds), "1582-10-04");
  EXPECT_EQ(format("yyyy-MM-dd G", -719'164 * day_milliseconds), "0001-01-01 AD");
  EXPECT_EQ(format("yyyy-MM-dd G", -719'165 * day_milliseconds), "0001-12-31 BC");
}

TEST(JavaDateFormat, ReadsWhatItWrites) {
  for (const char* pattern :
       {"yyyy-MM-dd'T'HH:mm:ss.SSSX", "yyyyMMddHHmmssSSS", "EEE MMM dd hh:mm:ss.SSS a z yyyy",
        "yyyy-DDD HH:mm:ss.SSS", "YYYY-'W'ww-u HH:mm:ss.SSS", "dd/MMMM/yyyy kk:mm:ss,SSS Z"}) {
    EXPECT_EQ(parse(pattern, format(pattern, november)), november) << pattern;
  }
}

TEST(JavaDateFormat, ReadsLeniently) {
  EXPECT_EQ(parse("yyyy-MM-dd", "1970-01-32 and more"), 31 * day_milliseconds);
  EXPECT_EQ(parse("yyyy-MM-dd", "1970-13-01"), 365 * day_milliseconds);
  EXPECT_EQ(parse("S", "1500"), 1500);
  EXPECT_EQ(parse("H:m", "25:61"), day_milliseconds + 3'600'000 + 61 * 60'000);
  EXPECT_EQ(parse("yyyy MMM", "1970 FEBRUARY"), 31 * day_milliseconds);
  EXPECT_EQ(parse("H:mm XXX", "1:00 +02:00"), -3'600'000);
  EXPECT_EQ(parse("H:mm Z", "1:00 -0130"), 9'000'000);
  EXPECT_EQ(parse("H:mm z", "1:00 GMT+1:00"), 0);
}

// Read by Java 17.
TEST(JavaDateFormat, ReadsWeeksAndHalfDaysAsJava) {
  EXPECT_EQ(parse("E", "Tue"), 432000000);
  EXPECT_EQ(parse("yyyy ww", "2020 10"), 1583020800000);
  EXPECT_EQ(parse("yyyy W", "2020 2"), 1578182400000);
  EXPECT_EQ(parse("EEE, dd MMM yyyy", "Mon, 31 Dec 2019"), 1577750400000);
  EXPECT_EQ(parse("yyyy-MM-dd a", "2020-01-01 PM"), 1577880000000);
  EXPECT_EQ(parse("HH a", "13 AM"), 46800000);
  EXPECT_EQ(parse("KK a", "11 PM"), 82800000);
  EXPECT_EQ(parse("yyyyMM-dd", "-20201-02"), -68541897600000);
  EXPECT_EQ(parse("yyyy-MM-dd", "2020--1-02"), 1572652800000);
  EXPECT_EQ(parse("yyyy", "99999999999"), 1471883220702496768);
  EXPECT_EQ(parse("yyyy-MM-dd HH:mm:ss.SSS", "2020-01-02 03:04:05.123456"), 1577934368456);
}

TEST(JavaDateFormat, ReadsTwoDigitYearsWithinACentury) {
  EXPECT_EQ(format("yyyy", parse("yy", "43")), "2043");
  EXPECT_EQ(format("yyyy", parse("yy", "44")), "1944");
  EXPECT_EQ(format("yyyy", parse("yyyy", "44")), "0044");
}

TEST(JavaDateFormat, RefusesWhatDoesNotFit) {
  for (const auto& [pattern, text] :
       std::vector<std::pair<const char*, const char*>>{{"yyyy-MM-dd", "2023/01/01"},
                                                        {"yyyy-MM-dd", ""},
                                                        {"MMM", "Foo"},
                                                        {"z", "PST"},
                                                        {"Z", "Z"},
                                                        {"HH", "x"},
                                                        {"X", "+1"},
                                                        {"yyyyMMdd", "202301"}}) {
    EXPECT_FALSE(JavaDateFormat(pattern).parse(text)) << pattern << " " << text;
  }
  EXPECT_THROW(JavaDateFormat("yyyy-bb"), base::Error);
  EXPECT_THROW(JavaDateFormat("'T"), base::Error);
  EXPECT_THROW(JavaDateFormat("XXXX"), base::Error);
}

TEST(JavaCalendar, DaysAndPartsAgree) {
  for (int64_t day = -800'000; day < 800'000; day += 97) {
    const CalendarDay parts = calendar_day(day);
    ASSERT_EQ(days_of(parts.year, parts.month, parts.day), day);
    const WeekOfYear week = week_of(day);
    ASSERT_EQ(week_start(week.year, week.week) + weekday_of(day), day);
  }
}

TEST(BigNumber, ReadsAsBigDecimal) {
  EXPECT_EQ(BigNumber::parse("1e2")->long_value(), 100);
  EXPECT_EQ(BigNumber::parse("-1.9")->long_value(), -1);
  EXPECT_EQ(BigNumber::parse("+.5")->double_value(), 0.5);
  EXPECT_EQ(BigNumber::parse("18446744073709551617")->long_value(), 1);
  base::Arena arena;
  EXPECT_EQ(BigNumber::parse("1.50")->decimal(arena).scale(), 2);
  for (const char* text : {"", ".", "1f", " 1", "NaN", "1e", "1e99999999999"}) {
    EXPECT_FALSE(BigNumber::parse(text)) << text;
  }
}

TEST(FieldPath, ReadsBothSyntaxes) {
  using Names = std::vector<std::string>;
  const auto v2 = [](std::string_view text) {
    return FieldPath(text, FieldPath::Syntax::v2).names();
  };
  EXPECT_EQ(FieldPath("a.b", FieldPath::Syntax::v1).names(), Names({"a.b"}));
  EXPECT_EQ(v2("a.b"), Names({"a", "b"}));
  EXPECT_EQ(v2("`a.b`.c"), Names({"a.b", "c"}));
  EXPECT_EQ(v2("`a`b`"), Names({"a`b"}));
  EXPECT_EQ(v2("`a\\`.b`"), Names({"a`.b"}));
  EXPECT_EQ(v2("a."), Names({"a", ""}));
  EXPECT_THROW(v2("`a"), base::Error);
  EXPECT_THROW(v2("`a\\`"), base::Error);
}

}  // namespace
}  // namespace kc::transform
