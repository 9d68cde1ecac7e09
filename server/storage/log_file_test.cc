#include "server/storage/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LogFileTest : public testing::Test {
 protected:
  LogFileTest() { std::filesystem::create_directories(folder_); }
  ~LogFileTest() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> payloads() {
    std::vector<std::string> found;
    LogFile::open(path_, false,
                  [&](const LogFile::Frame& frame) { found.emplace_back(frame.payload); });
    return found;
  }
  std::string bytes() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void write(std::string_view text) const {
    std::ofstream(path_, std::ios::binary).write(text.data(), static_cast<long>(text.size()));
  }

  const std::string folder_ = testing::TempDir() + "log_file_test_" + std::to_string(getpid());
  const std::string path_ = folder_ + "/x.log";
};

TEST_F(LogFileTest, FramesComeBackInOrderAndMoreFollow) {
  const std::string large(20'000'000, 'x');
  LogFile::create(path_, false).append(1, "one");
  const std::vector<std::string> before = payloads();
  auto file = LogFile::open(path_, true, [](const auto&) {});
  file.append(7, "");
  file.append(7, large);
  EXPECT_THAT(before, ElementsAre("one"));
  EXPECT_THAT(payloads(), ElementsAre("one", "", large));
  EXPECT_EQ(file.bytes(), bytes().size());
}

TEST_F(LogFileTest, UnfinishedLastFrameIsCutOffWhereverItEnds) {
  {
    auto file = LogFile::create(path_, false);
    file.append(1, "one");
    file.append(2, "two");
  }
  const std::string whole = bytes();
  const size_t second = whole.size() / 2;  // both have the same size
  for (size_t size = 0; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    if (size < second) {
      EXPECT_THAT(payloads(), IsEmpty()) << size;
      EXPECT_EQ(bytes().size(), 0u);
    } else {
      EXPECT_THAT(payloads(), ElementsAre("one")) << size;
      EXPECT_EQ(bytes().size(), second);
    }
  }
  LogFile::open(path_, false, [](const auto&) {}).append(3, "three");
  EXPECT_THAT(payloads(), ElementsAre("one", "three"));
}

TEST_F(LogFileTest, ZerosAtTheEndAreCutOff) {
  LogFile::create(path_, false).append(1, "one");
  write(bytes() + std::string(5000, '\0'));
  EXPECT_THAT(payloads(), ElementsAre("one"));
  EXPECT_THAT(payloads(), ElementsAre("one"));
}

TEST_F(LogFileTest, AnyChangedBitIsAnErrorThatNamesFilePlaceAndRemedy) {
  {
    auto file = LogFile::create(path_, false);
    file.append(1, "one");
    file.append(2, "two");
  }
  const std::string whole = bytes();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    write(damaged);
    try {
      payloads();
      ADD_FAILURE() << "bit " << bit;
    } catch (const base::Error& e) {
      const size_t frame = bit / 8 < whole.size() / 2 ? 0 : whole.size() / 2;
      EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
      EXPECT_THAT(e.what(), HasSubstr(path_ + " is damaged at byte " + std::to_string(frame)));
      EXPECT_THAT(e.what(), HasSubstr("truncate -s " + std::to_string(frame)));
    }
    EXPECT_EQ(bytes(), damaged);  // nothing is lost by trying
  }
}

TEST_F(LogFileTest, FullDiskLeavesTheFileAsItWas) {
  auto file = LogFile::create(path_, false);
  file.append(1, "one");
  // A limit on file sizes cuts a write short, as a full disk does.
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{100'000, before.rlim_max};
  const auto handler = signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_THROW(file.append(2, std::string(200'000, 'x')), base::Error);
  file.append(3, "three");
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  EXPECT_THAT(payloads(), ElementsAre("one", "three"));
}

}  // namespace
}  // namespace kc::server
