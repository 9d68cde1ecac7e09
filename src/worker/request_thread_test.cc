#include "worker/request_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

namespace kc::worker {
namespace {

using namespace std::chrono_literals;

TEST(RequestThread, AnswersInTurnAndHandsOnWhatIsThrown) {
  RequestThread thread([] { return 1h; });
  int count = 0;
  thread.post([&] { ++count; });
  EXPECT_EQ(thread.ask([&] { return ++count; }), 2);
  EXPECT_THROW(thread.ask([] { throw base::Error(base::Reaction::fix_config, "no"); }),
               base::Error);
  EXPECT_EQ(thread.stage_summary(), "");
}

TEST(RequestThread, WhoWaitsTooLongIsToldWhatItIsBusyWith) {
  RequestThread thread([] { return 1h; });
  std::latch begun(1);
  std::latch may_end(1);
  thread.post([&] {
    thread.at_stage("stopping connector c", [&] {
      begun.count_down();
      may_end.wait();
    });
  });
  begun.wait();
  try {
    thread.ask([] {}, 10ms);
    ADD_FAILURE() << "it was answered";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::retry);
    EXPECT_THAT(error.what(),
                testing::MatchesRegex("Request timed out\\. The worker is currently stopping "
                                      "connector c, which began at [0-9T:.-]*Z\\."));
  }
  may_end.count_down();
  thread.ask([] {});
  EXPECT_THAT(thread.stage_summary(), testing::HasSubstr("the worker completed was stopping"));
}

TEST(RequestThread, WhenTooManyWaitTheNextIsRefusedAtOnce) {
  RequestThread thread([] { return 1h; });
  std::latch begun(1);
  std::latch may_end(1);
  thread.post([&] {
    begun.count_down();
    may_end.wait();
  });
  begun.wait();
  size_t done = 0;
  for (size_t i = 0; i < RequestThread::requests_max; ++i) thread.post([&] { ++done; });
  EXPECT_THROW(thread.ask([] {}), base::Error);
  may_end.count_down();
  std::latch all_done(1);
  thread.post([&] { all_done.count_down(); });
  all_done.wait();
  EXPECT_EQ(done, RequestThread::requests_max);
}

TEST(RequestThread, AfterItsEndNobodyIsKeptWaiting) {
  RequestThread thread([] { return 1h; });
  thread.stop();
  thread.post([] {});
  EXPECT_THROW(thread.ask([] {}), base::Error);
}

}  // namespace
}  // namespace kc::worker
