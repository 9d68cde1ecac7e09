#include "kinetica/table_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zmq.h>

#include <stdexcept>

#include "base/error.h"

namespace kc::kinetica {
namespace {

using namespace std::chrono_literals;

// The database's side: what is published is sent when the subscription is known to be there.
class Publisher {
 public:
  Publisher() : context_(zmq_ctx_new()) { open("tcp://127.0.0.1:*"); }
  ~Publisher() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  const std::string& endpoint() const { return endpoint_; }

  // Waits for the next subscription ('\1' and its topic) or its end ('\0').
  std::string next_subscription() {
    char frame[256];
    const int size = zmq_recv(socket_, frame, sizeof frame, 0);
    if (size < 0) throw std::runtime_error("no subscription came");
    return {frame, static_cast<size_t>(size)};
  }

  void publish(const std::vector<std::string>& frames) {
    for (size_t i = 0; i < frames.size(); ++i) {
      zmq_send(socket_, frames[i].data(), frames[i].size(),
               i + 1 < frames.size() ? ZMQ_SNDMORE : 0);
    }
  }

  void cut_and_listen_again() {
    zmq_close(socket_);
    open(endpoint_);
  }

 private:
  void open(const std::string& endpoint) {
    socket_ = zmq_socket(context_, ZMQ_XPUB);
    const int none = 0;
    const int timeout_ms = 20000;
    zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket_, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    // The closed socket gives its port back from a thread of ZeroMQ's.
    while (zmq_bind(socket_, endpoint.c_str()) != 0) {
      if (zmq_errno() != EADDRINUSE) throw std::runtime_error(zmq_strerror(zmq_errno()));
    }
    char actual[64];
    size_t size = sizeof actual;
    zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, actual, &size);
    endpoint_ = actual;
  }

  void* context_;
  void* socket_ = nullptr;
  std::string endpoint_;
};

TEST(MonitorSubscription, DeliversTheFramesOfAMessageAsRows) {
  Publisher publisher;
  MonitorSubscription subscription(publisher.endpoint());
  subscription.subscribe("topic");
  EXPECT_TRUE(subscription.wait_connected(20s));
  EXPECT_EQ(publisher.next_subscription(), "\1topic");
  publisher.publish({"other", "x"});
  const std::string long_row(100'000, 'y');
  publisher.publish({"topic", "a", "", long_row});
  MonitorMessage message;
  while (!subscription.receive(message, 1s)) {
  }
  EXPECT_EQ(message.topic_id, "topic");
  EXPECT_THAT(message.rows, testing::ElementsAre("a", "", long_row));
  EXPECT_EQ(subscription.disconnects(), 0u);
}

TEST(MonitorSubscription, AMessageOfVeryManyRowsComesInPieces) {
  Publisher publisher;
  MonitorSubscription subscription(publisher.endpoint());
  subscription.subscribe("topic");
  publisher.next_subscription();
  std::vector<std::string> frames{"topic"};
  const size_t rows = 2 * MonitorSubscription::rows_max + 3;
  for (size_t i = 0; i < rows; ++i) frames.push_back(std::to_string(i));
  publisher.publish(frames);
  publisher.publish({"topic", "next"});
  MonitorMessage message;
  size_t seen = 0;
  while (seen < rows) {
    if (!subscription.receive(message, 1s)) continue;
    EXPECT_EQ(message.topic_id, "topic");
    EXPECT_LE(message.rows.size(), MonitorSubscription::rows_max);
    for (const auto row : message.rows) EXPECT_EQ(row, std::to_string(seen++));
  }
  EXPECT_EQ(seen, rows);
  while (!subscription.receive(message, 1s)) {
  }
  EXPECT_THAT(message.rows, testing::ElementsAre("next"));
}

TEST(MonitorSubscription, SaysWhenTheConnectionWasLostAndConnectsAgain) {
  Publisher publisher;
  MonitorSubscription subscription(publisher.endpoint());
  subscription.subscribe("topic");
  ASSERT_TRUE(subscription.wait_connected(20s));
  publisher.next_subscription();
  publisher.cut_and_listen_again();
  MonitorMessage message;
  while (subscription.disconnects() == 0) subscription.receive(message, 1s);
  EXPECT_TRUE(subscription.wait_connected(20s));
  EXPECT_EQ(subscription.disconnects(), 1u);
  EXPECT_EQ(publisher.next_subscription(), "\1topic");
}

TEST(MonitorSubscription, UnsubscribeEndsATopic) {
  Publisher publisher;
  MonitorSubscription subscription(publisher.endpoint());
  subscription.subscribe("topic");
  EXPECT_EQ(publisher.next_subscription(), "\1topic");
  subscription.unsubscribe("topic");
  EXPECT_EQ(publisher.next_subscription(), std::string("\0topic", 6));
}

TEST(MonitorSubscription, WithoutADatabaseThereIsNoConnection) {
  std::string endpoint;
  {
    const Publisher gone;
    endpoint = gone.endpoint();
  }
  MonitorSubscription subscription(endpoint);
  EXPECT_FALSE(subscription.wait_connected(10ms));
  EXPECT_EQ(subscription.disconnects(), 0u);
}

TEST(MonitorSubscription, AnEndpointThatIsNoneIsAConfigurationError) {
  try {
    const MonitorSubscription subscription("tcp://127.0.0.1:port");
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
  }
}

}  // namespace
}  // namespace kc::kinetica
