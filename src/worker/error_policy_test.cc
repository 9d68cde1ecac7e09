#include "worker/error_policy.h"

#include <gmock/gmock.h>

namespace kc::worker {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using testing::ElementsAre;

// The waits of an operation that fails so many times, with the clock moved by each.
std::vector<int64_t> waits(milliseconds timeout, int failures) {
  ErrorPolicy policy;
  policy.retry_timeout = timeout;
  ErrorRetries retries(policy);
  std::vector<int64_t> result;
  ErrorRetries::steady_time now{};
  for (int i = 0; i < failures; ++i) {
    const auto wait = retries.next(now);
    if (!wait) break;
    result.push_back(wait->count());
    now += *wait;
  }
  return result;
}

// RetryWithToleranceOperatorTest of Kafka.
TEST(ErrorRetries, WaitsDoubleUntilTheTimeIsOver) {
  EXPECT_THAT(waits(6000ms, 3), ElementsAre(300, 600, 1200));
  EXPECT_THAT(waits(6000ms, 6), ElementsAre(300, 600, 1200, 2400, 1500));
  EXPECT_THAT(waits(-1ms, 8), ElementsAre(300, 600, 1200, 2400, 4800, 9600, 19200, 38400));
  EXPECT_THAT(waits(0ms, 3), ElementsAre());
}

TEST(ErrorPolicy, IsReadFromTheConnector) {
  const config::Properties connector{{"name", "c"},
                                     {"connector.class", "KineticaSink"},
                                     {"topics", "t"},
                                     {"errors.tolerance", "all"},
                                     {"errors.retry.timeout", "-1"},
                                     {"errors.log.enable", "true"},
                                     {"errors.deadletterqueue.topic.name", "dead"},
                                     {"errors.deadletterqueue.topic.replication.factor", "1"}};
  const ErrorPolicy policy = ErrorPolicy::of(connector, true);
  EXPECT_TRUE(policy.tolerate_all);
  EXPECT_LT(policy.retry_timeout, 0ms);
  EXPECT_EQ(policy.retry_delay_max, 60s);
  EXPECT_TRUE(policy.log);
  EXPECT_FALSE(policy.log_messages);
  EXPECT_EQ(policy.dead_letter_topic, "dead");
  EXPECT_EQ(policy.dead_letter_replication, 1);
  EXPECT_FALSE(policy.dead_letter_headers);
}

TEST(ErrorPolicy, AnOutageIsWaitedForUnlessATimeIsSet) {
  config::Properties connector{{"name", "c"}, {"connector.class", "KineticaSink"}, {"topics", "t"}};
  EXPECT_LT(ErrorPolicy::of(connector, true).retry_timeout, 0ms);
  connector.set("errors.retry.timeout", "0");
  EXPECT_EQ(ErrorPolicy::of(connector, true).retry_timeout, 0ms);
}

}  // namespace
}  // namespace kc::worker
