#include "sink/alteration_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

namespace kc::sink {
namespace {

using namespace std::chrono_literals;
using Entry = AlterationGate::Entry;
using Closure = AlterationGate::Closure;

TEST(AlterationGate, ManyAreInsideAtOnceAndNobodyWhileItIsClosed) {
  AlterationGate gate;
  const std::stop_token none;
  {
    const Entry one(gate, none);
    const Entry two(gate, none);
    EXPECT_TRUE(one);
    EXPECT_TRUE(two);
    EXPECT_FALSE(Closure(gate, 1ms));
  }
  std::optional<Closure> closed(std::in_place, gate, 1ms);
  EXPECT_TRUE(*closed);
  EXPECT_FALSE(Closure(gate, 1ms));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(Entry(gate, stop.get_token()));
  closed.reset();
  EXPECT_TRUE(Entry(gate, none));
}

TEST(AlterationGate, StopEndsTheWaitBeforeIt) {
  AlterationGate gate;
  const Closure closed(gate, 1ms);
  std::stop_source stop;
  std::jthread waiting([&] { EXPECT_FALSE(Entry(gate, stop.get_token())); });
  stop.request_stop();
}

TEST(AlterationGate, ThoseWhoComeInAllTheTimeDoNotKeepItOpen) {
  AlterationGate gate;
  std::atomic<int> inside = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        const Entry entry(gate, stop);
        if (!entry) return;
        ++inside;
        std::this_thread::yield();
        --inside;
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    const Closure closed(gate, 20s);
    ASSERT_TRUE(closed);
    EXPECT_EQ(inside, 0);
  }
}

}  // namespace
}  // namespace kc::sink
