#include "worker/task_restarts.h"

#include <gtest/gtest.h>

namespace kc::worker {
namespace {

using namespace std::chrono_literals;

class TaskRestartsTest : public testing::Test {
 protected:
  // The wait after a failure, the jitter of up to 20 % made up for.
  void expect_wait(std::chrono::milliseconds wait) {
    const auto actual = restarts_.failed(now_, true);
    ASSERT_TRUE(actual);
    EXPECT_LE(*actual, wait);
    EXPECT_GE(*actual, wait * 8 / 10 - 1ms);
    EXPECT_EQ(restarts_.due(), now_ + *actual);
    now_ += *actual;
    restarts_.begun(now_);
    EXPECT_EQ(restarts_.due(), std::nullopt);
  }

  TaskRestarts::steady_time now_{1h};
  TaskRestarts restarts_{{.enabled = true, .backoff = 10s, .backoff_max = 60s}};
};

TEST_F(TaskRestartsTest, WaitsDoubleUpToTheLargest) {
  restarts_.begun(now_);
  for (const auto wait : {10s, 20s, 40s, 60s, 60s}) expect_wait(wait);
}

TEST_F(TaskRestartsTest, ATaskThatRanLongBeginsAnew) {
  restarts_.begun(now_);
  expect_wait(10s);
  expect_wait(20s);
  now_ += 60s;
  expect_wait(10s);
}

TEST_F(TaskRestartsTest, WhoIsRestartedByHandBeginsAnew) {
  restarts_.begun(now_);
  expect_wait(10s);
  restarts_.failed(now_, true);
  restarts_.reset();
  EXPECT_EQ(restarts_.due(), std::nullopt);
  expect_wait(10s);
}

TEST_F(TaskRestartsTest, AWrongConfigurationIsNotTriedAgain) {
  EXPECT_EQ(restarts_.failed(now_, false), std::nullopt);
  EXPECT_EQ(restarts_.due(), std::nullopt);
}

TEST(TaskRestarts, AreOffByDefault) {
  TaskRestarts restarts(RestartPolicy{});
  EXPECT_EQ(restarts.failed({}, true), std::nullopt);
}

}  // namespace
}  // namespace kc::worker
