#include "http/client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include "base/error.h"
#include "http/server.h"

namespace kc::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

ServerResponse echo(const ServerRequest& request) { return {200, "text/plain", request.body, {}}; }

ClientResponse post(Client& client, const std::string& url,
                    const std::vector<std::string_view>& parts) {
  return client.post(url, "application/octet-stream", parts);
}

// The error that `call` throws.
base::Error failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& e) {
    return e;
  }
  ADD_FAILURE() << "nothing was thrown";
  return base::Error(base::Reaction::fail_task, "none");
}

// A port that nobody listens on.
std::string refused_url() {
  const Server server({}, echo);
  return server.url();
}

TEST(Client, GetsAndPosts) {
  std::string seen;
  const Server server({}, [&](const ServerRequest& request) {
    seen = request.method + " " + request.path + " " +
           (request.header("Content-Type") ? *request.header("Content-Type") : "-") + " " +
           (request.header("Expect") ? "expect" : "-");
    return ServerResponse{202, "a/b; c=d", "body", {}};
  });
  Client client({});
  const auto got = client.get(server.url() + "/x");
  EXPECT_EQ(got.status, 202);
  EXPECT_EQ(got.content_type, "a/b; c=d");
  EXPECT_EQ(got.body, "body");
  EXPECT_EQ(seen, "GET /x - -");
  post(client, server.url() + "/y", {"abc"});
  EXPECT_EQ(seen, "POST /y application/octet-stream -");
  client.put(server.url() + "/y", "application/json", "{}");
  EXPECT_EQ(seen, "PUT /y application/json -");
  client.get(server.url() + "/z");
  EXPECT_EQ(seen, "GET /z - -");
}

TEST(Client, AnyStatusIsAnAnswer) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{503, "text/plain", "busy", {}};
  });
  Client client({});
  EXPECT_EQ(client.get(server.url()).status, 503);
  EXPECT_EQ(post(client, server.url(), {"x"}).body, "busy");
}

TEST(Client, SendsPartsOneAfterTheOther) {
  const Server server({}, echo);
  Client client({});
  EXPECT_EQ(post(client, server.url(), {}).body, "");
  EXPECT_EQ(post(client, server.url(), {""}).body, "");
  EXPECT_EQ(post(client, server.url(), {"one"}).body, "one");
  EXPECT_EQ(post(client, server.url(), {"one", "", "two", "three"}).body, "onetwothree");
  EXPECT_EQ(post(client, server.url(), {"one"}).body, "one");
}

TEST(Client, KeepsOneConnectionForBigBodies) {
  std::mutex mutex;
  std::vector<std::thread::id> threads;  // one a connection while it is open
  const Server server({}, [&](const ServerRequest& request) {
    const std::lock_guard lock(mutex);
    threads.push_back(std::this_thread::get_id());
    return echo(request);
  });
  Client client({});
  std::string rows(3 << 20, 'x');
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<char>(i * 31 % 251);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(post(client, server.url(), {"head", rows}).body, "head" + rows);
    EXPECT_EQ(post(client, server.url(), {rows}).body, rows);
  }
  EXPECT_THAT(threads, testing::Each(threads.front()));
}

TEST(Client, TakesBodiesOfManyMegabytes) {
  const Server server({}, [](const ServerRequest& request) {
    return ServerResponse{200, "text/plain", std::to_string(request.body.size()), {}};
  });
  Client client({});
  const std::string rows(40 << 20, 'x');
  EXPECT_EQ(post(client, server.url(), {rows}).body, std::to_string(rows.size()));
}

TEST(Client, SendsAgainWhenTheServerClosedTheKeptConnection) {
  ServerOptions options;
  std::optional<Server> server(std::in_place, options, echo);
  options.port = server->port();
  Client client({});
  const auto url = server->url();
  EXPECT_EQ(post(client, url, {"a", "b"}).body, "ab");
  server.reset();
  server.emplace(options, echo);
  EXPECT_EQ(post(client, url, {"c", "d"}).body, "cd");
}

TEST(Client, SendsCredentialsAndUserAgent) {
  std::string seen;
  const Server server({}, [&](const ServerRequest& request) {
    seen = *request.header("Authorization") + " " + *request.header("User-Agent");
    return ServerResponse{};
  });
  ClientOptions options;
  options.username = "user";
  options.password = "p:w";
  options.user_agent = "kc/1";
  Client(options).get(server.url());
  EXPECT_EQ(seen, "Basic dXNlcjpwOnc= kc/1");
}

TEST(Client, RefusedConnectionIsNotInDoubtAndNamesTheAddress) {
  const auto url = refused_url();
  Client client({});
  const auto error = failure([&] { post(client, "http://me:geheim@" + url.substr(7), {"x"}); });
  EXPECT_EQ(error.reaction(), base::Reaction::retry);
  EXPECT_FALSE(error.in_doubt());
  EXPECT_THAT(error.what(), HasSubstr(url.substr(7)));
  EXPECT_THAT(error.what(), Not(HasSubstr("geheim")));
}

TEST(Client, TimeoutAfterSendingIsInDoubt) {
  std::latch leave(1);
  const Server server({}, [&](const ServerRequest& request) {
    leave.wait();
    return echo(request);
  });
  ClientOptions options;
  options.timeout = milliseconds(500);
  Client client(options);
  const auto error = failure([&] { post(client, server.url(), {"x"}); });
  leave.count_down();
  EXPECT_EQ(error.reaction(), base::Reaction::retry);
  EXPECT_TRUE(error.in_doubt());
}

// A server of one connection at a time: answers the first request on it, and closes it after the
// second one has arrived in full, without an answer.
class ForgetfulServer {
 public:
  ForgetfulServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 4);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ForgetfulServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int requests() const { return requests_; }

 private:
  void serve() {
    for (int socket; (socket = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(socket)) {
      if (!read_request(socket)) continue;
      const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
      ::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
      read_request(socket);
    }
  }
  bool read_request(int socket) {
    std::string text;
    for (char c = 0; !text.ends_with("body");) {
      if (::recv(socket, &c, 1, 0) != 1) return false;
      text.push_back(c);
    }
    ++requests_;
    return true;
  }

  int listener_;
  uint16_t port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

TEST(Client, WhatMayHaveBeenAppliedIsNotSentAgainUnlessThatIsHarmless) {
  ForgetfulServer server;
  Client client({});
  EXPECT_EQ(post(client, server.url(), {"bo", "dy"}).body, "ok");
  for (const std::vector<std::string_view>& parts :
       {std::vector<std::string_view>{"bo", "dy"}, {"body"}}) {
    const int before = server.requests();
    const auto error = failure([&] { post(client, server.url(), parts); });
    EXPECT_EQ(error.reaction(), base::Reaction::retry);
    EXPECT_TRUE(error.in_doubt());
    EXPECT_EQ(server.requests(), before + 1);
    EXPECT_EQ(post(client, server.url(), parts).body, "ok");
  }
  const std::vector<std::string_view> parts{"bo", "dy"};
  const int before = server.requests();
  EXPECT_EQ(client.post(server.url(), "text/plain", parts, Repeat::harmless).body, "ok");
  EXPECT_EQ(server.requests(), before + 2);
}

TEST(Client, SendsManyRequestsAtOnceAndTellsTheirEndsApart) {
  std::latch both(2);
  const auto meet = [&](const ServerRequest& request) {
    both.arrive_and_wait();  // neither is answered before the other has come
    return echo(request);
  };
  const Server first({}, meet);
  const Server second({}, meet);
  const auto nobody = refused_url();
  Client client({});
  const std::array<std::string_view, 1> a{"a"};
  const std::array<std::string_view, 2> b{"b", "c"};
  const std::array requests{PostRequest{first.url(), "text/plain", a},
                            PostRequest{nobody, "text/plain", a},
                            PostRequest{second.url(), "text/plain", b}};
  const auto results = client.post_all(requests);
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].response.body, "a");
  EXPECT_EQ(results[2].response.body, "bc");
  ASSERT_TRUE(results[1].error.has_value());
  EXPECT_FALSE(results[1].error->in_doubt());
  EXPECT_THAT(results[1].error->what(), HasSubstr(nobody.substr(7)));
  client.abort();
  const auto aborted = client.post_all(requests);
  EXPECT_FALSE(aborted[0].error->in_doubt());
}

TEST(Client, ABearerTokenGoesInsteadOfNameAndPassword) {
  std::string seen;
  const Server server({}, [&](const ServerRequest& request) {
    seen = *request.header("Authorization");
    return ServerResponse{};
  });
  ClientOptions options;
  options.username = "user";
  options.password = "pw";
  options.bearer_token = "to.ken";
  Client(options).get(server.url());
  EXPECT_EQ(seen, "Bearer to.ken");
}

TEST(Client, WrongUrlIsAConfigurationError) {
  Client client({});
  EXPECT_EQ(failure([&] { client.get("ftp://h/"); }).reaction(), base::Reaction::fix_config);
  EXPECT_EQ(failure([&] { client.get("http://h:x/"); }).reaction(), base::Reaction::fix_config);
}

TEST(Client, AnswerBeyondTheLimitIsAnError) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{200, "text/plain", std::string(1000, 'x'), {}};
  });
  ClientOptions options;
  options.response_bytes_max = 999;
  Client client(options);
  EXPECT_THAT(failure([&] { client.get(server.url()); }).what(), HasSubstr("longer than 999"));
}

TEST(Client, AbortEndsARunningCallAtOnceAndEveryLaterOne) {
  std::latch entered(1), leave(1);
  const Server server({}, [&](const ServerRequest& request) {
    entered.count_down();
    leave.wait();
    return echo(request);
  });
  Client client({});
  auto call = std::async(std::launch::async,
                         [&] { return failure([&] { post(client, server.url(), {"x"}); }); });
  entered.wait();
  const auto start = std::chrono::steady_clock::now();
  client.abort();
  const auto error = call.get();
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(900));
  leave.count_down();
  EXPECT_EQ(error.reaction(), base::Reaction::retry);
  EXPECT_TRUE(error.in_doubt());
  const auto later = failure([&] { client.get(server.url()); });
  EXPECT_THAT(later.what(), HasSubstr("aborted before"));
  EXPECT_FALSE(later.in_doubt());
}

TEST(Client, ManyClientsAtOnce) {
  std::atomic<int> count = 0;
  const Server server({}, [&](const ServerRequest& request) {
    ++count;
    return echo(request);
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, body = std::string(100000, static_cast<char>('a' + i))] {
      Client client({});
      for (int j = 0; j < 20; ++j) EXPECT_EQ(post(client, server.url(), {body}).body, body);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count, 240);
}

}  // namespace
}  // namespace kc::http
