// Tokens for librdkafka; that brokers take them is tested on a real one (tests/system).
#include "kafka/oauth_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <thread>

#include "kafka/client.h"
#include "oauth/test_token_endpoint.h"

namespace kc::kafka {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class OAuthLoginTest : public testing::Test {
 protected:
  OAuthLoginTest() {
    ConfHandle conf = make_conf({{"security.protocol", "SASL_PLAINTEXT"},
                                 {"sasl.mechanism", "OAUTHBEARER"},
                                 {"bootstrap.servers", "127.0.0.1:1"}});
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_error_cb(conf.get(), [](rd_kafka_t*, int code, const char* reason, void* me) {
      if (code != RD_KAFKA_RESP_ERR__AUTHENTICATION) return;
      static_cast<OAuthLoginTest*>(me)->failures_.push_back(reason);
    });
    // Asked for by the first poll; the tests do it themselves.
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(),
                                                   [](rd_kafka_t*, const char*, void*) {});
    char reason[512];
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason, sizeof reason));
    if (handle_) conf.release();
  }

  OAuthSettings settings(milliseconds wait_max) const {
    OAuthSettings settings;
    settings.request.url = provider_.url();
    settings.request.client_id = "me";
    settings.request.client_secret = config::Secret("s3cret");
    settings.retry_backoff = milliseconds(1);
    settings.retry_backoff_max = wait_max;
    return settings;
  }
  // What the client hears of a refresh.
  std::vector<std::string> failures_of(OAuthLogin& login) {
    failures_.clear();
    login.refresh(handle_.get());
    rd_kafka_poll(handle_.get(), 0);
    return failures_;
  }
  size_t asked() const { return provider_.requests().size(); }

  oauth::TestTokenEndpoint provider_;
  std::vector<std::string> failures_;
  ClientHandle handle_;
};

TEST_F(OAuthLoginTest, ATokenIsFetchedAndGiven) {
  OAuthSettings given = settings(milliseconds(50));
  given.extensions = {"logicalCluster", "lkc-1"};
  OAuthLogin login(given, "client");
  EXPECT_THAT(failures_of(login), testing::IsEmpty());
  EXPECT_EQ(asked(), 1U);
}

TEST_F(OAuthLoginTest, AProviderThatIsAwayIsAskedAgainForATime) {
  provider_.set_answer(503);
  OAuthLogin login(settings(milliseconds(50)), "client");
  EXPECT_THAT(failures_of(login), testing::ElementsAre(HasSubstr("HTTP status 503")));
  EXPECT_GT(asked(), 2U);
}

TEST_F(OAuthLoginTest, ARefusalIsFinalAtFirst) {
  provider_.set_answer(401, R"({"error":"invalid_client"})");
  OAuthLogin login(settings(milliseconds(10'000)), "client");
  EXPECT_THAT(failures_of(login), testing::ElementsAre(HasSubstr("invalid_client")));
  EXPECT_EQ(asked(), 1U);
}

TEST_F(OAuthLoginTest, WhileTheLastTokenIsGoodARefusalMayPass) {
  OAuthLogin login(settings(milliseconds(1)), "client");
  EXPECT_THAT(failures_of(login), testing::IsEmpty());
  provider_.set_answer(401);
  std::jthread refresh([&] { login.refresh(handle_.get()); });
  while (asked() < 4) std::this_thread::yield();
  provider_.set_answer(200);
  refresh.join();
  rd_kafka_poll(handle_.get(), 0);
  EXPECT_THAT(failures_, testing::IsEmpty());
}

TEST_F(OAuthLoginTest, AStopEndsTheWait) {
  provider_.set_answer(503);
  OAuthLogin login(settings(std::chrono::hours(1)), "client");
  std::jthread refresh([&] { login.refresh(handle_.get()); });
  while (asked() < 2) std::this_thread::yield();
  login.stop();
  refresh.join();
  rd_kafka_poll(handle_.get(), 0);
  EXPECT_THAT(failures_, testing::IsEmpty());
}

}  // namespace
}  // namespace kc::kafka
