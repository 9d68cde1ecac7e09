#include "kinetica/rank_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kc::kinetica {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Properties = std::map<std::string, std::string>;

const Url head = parse_urls("https://h").front();

Properties enabled(Properties more) {
  more["conf.enable_worker_http_servers"] = "TRUE";
  return more;
}

TEST(RankMap, WorkersAreTheFirstAddressesAfterTheHead) {
  EXPECT_THAT(worker_urls(enabled({{"conf.worker_http_server_urls",
                                    "http://h:9191;http://w1:9192,http://10.0.0.1:9192;;"
                                    "https://p:8082/gpudb-3/"}}),
                          head),
              ElementsAre("http://w1:9192", "", "https://p:8082/gpudb-3"));
}

TEST(RankMap, AddressesAndPortsStandInForUrls) {
  EXPECT_THAT(worker_urls(enabled({{"conf.worker_http_server_ips", "h;w1;;w3"},
                                   {"conf.worker_http_server_ports", "9191;9192;9193;9194"}}),
                          head),
              ElementsAre("https://w1:9192", "", "https://w3:9194"));
  EXPECT_THAT(worker_urls(enabled({{"conf.worker_http_server_ips", "h;w1"},
                                   {"conf.worker_http_server_ports", "9191"}}),
                          head),
              IsEmpty());
}

TEST(RankMap, ThereAreNoWorkersUnlessTheDatabaseEnablesThem) {
  const Properties urls{{"conf.worker_http_server_urls", "http://h:9191;http://w:9192"}};
  EXPECT_THAT(worker_urls(urls, head), IsEmpty());
  auto disabled = enabled(urls);
  disabled["conf.enable_worker_http_servers"] = "FALSE";
  EXPECT_THAT(worker_urls(disabled, head), IsEmpty());
  EXPECT_THAT(worker_urls(enabled({}), head), IsEmpty());
  EXPECT_THAT(worker_urls(enabled({{"conf.worker_http_server_urls", "http://h:1;nonsense"}}), head),
              ElementsAre(""));
}

TEST(RankMap, AShardWhoseRankHasNoAddressIsTheHeads) {
  const RankMap map{.worker_urls = {"http://a", ""}, .shards = {1, 2, 3, 0}, .version = 1};
  EXPECT_EQ(map.rank_of(0), 1u);
  EXPECT_EQ(map.rank_of(-1), 0u);
  EXPECT_EQ(map.rank_of(2), 0u);
  EXPECT_EQ(map.rank_of(3), 0u);
  EXPECT_EQ(map.rank_of(INT64_MIN), 1u);
}

}  // namespace
}  // namespace kc::kinetica
