#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "base/arena.h"
#include "base/atomic_file.h"
#include "base/backoff.h"
#include "base/base64.h"
#include "base/bounded_queue.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "base/log.h"
#include "base/redaction.h"
#include "base/text.h"
#include "base/wait.h"

namespace kc::base {
namespace {

using namespace std::chrono_literals;

TEST(Text, IsTrimmedOfControlCharactersAndBlanksAlone) {
  EXPECT_EQ(trim("\t\x01 name \r\n"), "name");
  EXPECT_EQ(trim(" \xc3\xa9 "), "\xc3\xa9");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Text, IsSplitWithItsEmptyParts) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(split("a,,b", ','), (Parts{"a", "", "b"}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split("a,", ','), (Parts{"a", ""}));
}

TEST(Arena, AllocationsStayValidWhileTheArenaGrows) {
  Arena arena;
  std::vector<std::string_view> copies;
  for (int i = 0; i < 50000; ++i) copies.push_back(arena.copy("value-" + std::to_string(i)));
  for (int i = 0; i < 50000; ++i)
    ASSERT_EQ(copies[static_cast<size_t>(i)], "value-" + std::to_string(i));
}

TEST(Arena, HonoursAlignment) {
  Arena arena;
  arena.copy("x");
  EXPECT_EQ(reinterpret_cast<uintptr_t>(arena.allocate_array<int64_t>(3)) % alignof(int64_t), 0U);
}

TEST(Arena, ResetReusesChunksAndGivesBackWhatAHugeMessageTook) {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    std::memset(arena.allocate(40 << 20), 1, 40 << 20);
    for (int i = 0; i < 100; ++i) arena.allocate(100000);
    arena.reset();
    EXPECT_LE(arena.reserved_bytes(), Arena::kept_bytes_max);
  }
}

TEST(Arena, ShrinkLatestGivesTheTailToTheNextAllocation) {
  Arena arena;
  auto* first = static_cast<char*>(arena.allocate(1000, 1));
  arena.shrink_latest(first, 10);
  EXPECT_EQ(static_cast<char*>(arena.allocate(1, 1)), first + 10);
}

TEST(BoundedQueue, PushWaitsForRoomAndPopDrainsAfterClose) {
  BoundedQueue<int> queue(1);
  std::jthread producer([&](const std::stop_token& stop) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.push(i, stop));
    queue.close();
  });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(queue.pop(10s), i);
  EXPECT_EQ(queue.pop(10s), std::nullopt);
}

TEST(BoundedQueue, StopEndsAPushThatWaits) {
  BoundedQueue<int> queue(1);
  std::stop_source stop;
  ASSERT_TRUE(queue.push(1, stop.get_token()));
  std::jthread producer([&] { EXPECT_FALSE(queue.push(2, stop.get_token())); });
  stop.request_stop();
}

TEST(WaitUnlessStopped, ReturnsFalseAtOnceWhenStopped) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(wait_unless_stopped(stop.get_token(), 1h));
}

TEST(Backoff, DoublesUpToTheMaximumAndStartsAgainAfterReset) {
  Backoff backoff(100ms, 400ms, 7);
  for (const auto base : {100ms, 200ms, 400ms, 400ms}) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, base * 8 / 10);
    EXPECT_LE(wait, base);
  }
  backoff.reset();
  EXPECT_LE(backoff.next(), 100ms);
}

TEST(Base64, RoundTripsEveryLength) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    const std::string text = base64_encode(bytes);
    std::string back(text.size(), '\0');
    const auto size = base64_decode(text, back.data());
    ASSERT_TRUE(size.has_value());
    EXPECT_EQ(back.substr(0, *size), bytes);
    bytes.push_back(static_cast<char>(i * 37 + 11));
  }
  EXPECT_EQ(base64_encode("\x01\x02\xff"), "AQL/");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  char out[16];
  EXPECT_EQ(base64_decode("!!!!", out), std::nullopt);
  EXPECT_EQ(base64_decode("AQI", out), std::nullopt);
  EXPECT_EQ(base64_decode("A===", out), std::nullopt);
}

TEST(Crc32c, IsThatOfTheStandardHoweverTheBytesAreCut) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720, B.4
  const std::string text = "The quick brown fox jumps over the lazy dog";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32c(text.substr(cut), crc32c(text.substr(0, cut))), crc32c(text)) << cut;
  }
}

TEST(Error, NamesTheConnectExceptionOfItsReaction) {
  const Error error(Reaction::skip_record, "field {} is {}", "x", 5);
  EXPECT_STREQ(error.what(), "field x is 5");
  EXPECT_EQ(error.java_class(), "org.apache.kafka.connect.errors.DataException");
}

TEST(ReplaceFile, PutsTheNewContentInPlaceOfTheOldOrLeavesThat) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("replace-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto content = [&] {
    std::ifstream file(folder / "x");
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_FALSE(replace_file(folder / "x", "old"));
  EXPECT_FALSE(replace_file(folder / "x", std::string(100'000, 'n')));
  EXPECT_EQ(content(), std::string(100'000, 'n'));
  EXPECT_FALSE(std::filesystem::exists(folder / "x.tmp"));
  std::filesystem::create_directory(folder / "x.tmp");
  EXPECT_EQ(replace_file(folder / "x", "newer"), std::errc::is_a_directory);
  EXPECT_EQ(content(), std::string(100'000, 'n'));
  std::filesystem::remove_all(folder);
}

TEST(Redaction, RegisteredTextsAreHiddenTheLongestFirst) {
  EXPECT_EQ(redacted("wonder-one wonder"), "wonder-one wonder");
  redact("wonder");
  redact("wonder-one");
  redact("wonder");
  redact("five5");  // too short
  EXPECT_EQ(redacted("wonder-one wonderwonder five5"), "[hidden] [hidden][hidden] five5");
}

TEST(Redaction, LogLinesGoThroughIt) {
  redact("planted-secret");
  testing::internal::CaptureStderr();
  log_info("the password is {}", "planted-secret");
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::HasSubstr("the password is [hidden]"));
}

TEST(Log, ComponentMayHaveALevelOfItsOwn) {
  const LogLevel before = log_level();
  set_log_level(LogLevel::warn);
  EXPECT_FALSE(log_enabled(LogLevel::info));
  set_log_level("base", LogLevel::debug);
  EXPECT_TRUE(log_enabled(LogLevel::debug));  // this file's component
  EXPECT_EQ(log_level("base"), LogLevel::debug);
  EXPECT_EQ(log_level("kafka"), LogLevel::warn);
  set_log_level("base", std::nullopt);
  EXPECT_FALSE(log_enabled(LogLevel::info));
  set_log_level(before);
}

}  // namespace
}  // namespace kc::base
