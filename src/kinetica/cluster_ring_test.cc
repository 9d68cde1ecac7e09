#include "kinetica/cluster_ring.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace kc::kinetica {
namespace {

using namespace std::chrono_literals;

const ClusterRing::time_point start{};

ClusterRing ring(ClientSettings settings) { return ClusterRing(settings); }

TEST(ClusterRing, ThePrimaryComesFirstThenTheOthersInTheirOrder) {
  auto clusters = ring({.url = "http://a,http://b,http://c", .primary_url = "http://b:9191/"});
  EXPECT_EQ(clusters.size(), 3u);
  EXPECT_EQ(clusters.current().host, "b");
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "a");
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "c");
  EXPECT_EQ(clusters.switches(), 2u);
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "b");
}

TEST(ClusterRing, APrimaryThatIsNotAmongTheUrlsIsAdded) {
  EXPECT_EQ(ring({.url = "http://a", .primary_url = "http://p"}).current().host, "p");
  EXPECT_THROW(ring({.url = "http://a", .primary_url = "p"}), base::Error);
}

TEST(ClusterRing, ChanceOrdersAllButAPrimaryThatWasNamed) {
  std::set<std::string> seconds;
  for (int i = 0; i < 200 && seconds.size() < 3; ++i) {
    auto clusters = ring({.url = "http://a,http://b,http://c,http://d",
                          .primary_url = "http://a",
                          .random_order = true});
    EXPECT_EQ(clusters.current().host, "a");
    clusters.leave_current(start);
    seconds.insert(clusters.current().host);
  }
  EXPECT_EQ(seconds.size(), 3u);
}

TEST(ClusterRing, AClusterThatComesIntoUseIsCheckedFirst) {
  EXPECT_FALSE(ring({.url = "http://a"}).unchecked());
  auto clusters = ring({.url = "http://a,http://b"});
  EXPECT_TRUE(clusters.unchecked());
  clusters.set_checked();
  clusters.leave_current(start);
  EXPECT_TRUE(clusters.unchecked());
}

TEST(ClusterRing, ASingleClusterIsNeverLeft) {
  auto clusters = ring({.url = "http://a"});
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "a");
  EXPECT_EQ(clusters.switches(), 0u);
  EXPECT_FALSE(clusters.unchecked());
}

TEST(ClusterRing, ThePrimaryIsLookedAtAgainAfterEverLongerWaits) {
  auto clusters = ring({.url = "http://a,http://b", .failback_wait = 1000ms});
  EXPECT_EQ(clusters.primary_to_check(start + 1h), nullptr);
  clusters.leave_current(start);
  EXPECT_EQ(clusters.primary_to_check(start + 700ms), nullptr);
  const Url* const primary = clusters.primary_to_check(start + 1000ms);
  ASSERT_NE(primary, nullptr);
  EXPECT_EQ(primary->host, "a");
  clusters.primary_is_away(start + 1000ms);
  EXPECT_EQ(clusters.primary_to_check(start + 2500ms), nullptr);
  EXPECT_NE(clusters.primary_to_check(start + 3000ms), nullptr);
  clusters.primary_is_back();
  EXPECT_EQ(clusters.current().host, "a");
  EXPECT_EQ(clusters.switches(), 2u);
}

TEST(ClusterRing, DiscoveredClustersFollowUnlessTheyAreKnown) {
  auto clusters = ring({.url = "http://a:1"});
  clusters.add_discovered("http://x:1, http://a:1;http://b:1,http://b2:1;;http://c:1");
  EXPECT_EQ(clusters.size(), 4u);
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "b");
  clusters.leave_current(start);
  EXPECT_EQ(clusters.current().host, "b2");
}

}  // namespace
}  // namespace kc::kinetica
