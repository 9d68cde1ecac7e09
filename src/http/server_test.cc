#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <latch>
#include <optional>
#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "http/test_socket.h"

namespace kc::http {
namespace {

using std::chrono::steady_clock;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Tells the request.
ServerResponse echo(const ServerRequest& request) {
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) text += "|" + name + "=" + value;
  if (!request.body.empty()) text += "|" + request.body;
  return {200, "text/plain", text, {}};
}

ServerOptions small(size_t body_bytes_max) {
  ServerOptions options;
  options.body_bytes_max = body_bytes_max;
  return options;
}

std::string answer_to(const Server& server, std::string_view request) {
  TestSocket socket(server.port());
  socket.send(request);
  return socket.read_to_end();
}

TEST(Server, EveryMethodAndPathGoesToTheHandler) {
  const Server server({}, echo);
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    EXPECT_THAT(answer_to(server, method + " /a/b HTTP/1.0\r\n\r\n"),
                EndsWith("\r\n\r\n" + method + " /a/b"));
  }
}

TEST(Server, PathAndQueryAreDecodedAndTheTargetIsKept) {
  std::string target;
  const Server server({}, [&](const ServerRequest& request) {
    target = request.target;
    return echo(request);
  });
  EXPECT_THAT(answer_to(server, "GET /a%2Fb%20c?x=1%262&y HTTP/1.0\r\n\r\n"),
              EndsWith("GET /a/b c|x=1&2|y="));
  EXPECT_EQ(target, "/a%2Fb%20c?x=1%262&y");
}

TEST(Server, HeadersAreFoundInAnyCase) {
  std::optional<std::string> found;
  const Server server({}, [&](const ServerRequest& request) {
    if (const auto* value = request.header("content-TYPE")) found = *value;
    EXPECT_EQ(request.header("x-absent"), nullptr);
    return ServerResponse{};
  });
  answer_to(server, "GET / HTTP/1.0\r\nContent-Type: a/b\r\n\r\n");
  EXPECT_EQ(found, "a/b");
}

TEST(Server, KeepsTheConnectionOfHttp11AndSendsContentLength) {
  const Server server({}, echo);
  TestSocket socket(server.port());
  for (int i = 0; i < 20; ++i) {
    socket.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_THAT(socket.read_until("\r\n\r\n"), HasSubstr("\r\nContent-Length: 11\r\n"));
    EXPECT_EQ(socket.read_until("abc"), "POST /x|abc");
  }
}

TEST(Server, AnswersRequestsThatCameTogetherInOrder) {
  const Server server({}, echo);
  EXPECT_THAT(answer_to(server,
                        "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\na"
                        "GET /2 HTTP/1.1\r\nConnection: close\r\n\r\n"),
              testing::ContainsRegex("POST /1\\|aHTTP/1.1 200 OK(.|\r|\n)*GET /2$"));
}

TEST(Server, ClosesAfterAnAnswerToHttp10) {
  const Server server({}, echo);
  const auto answer = answer_to(server, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  const Server server({}, echo);
  EXPECT_THAT(answer_to(server, "GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"), EndsWith("GET /"));
}

TEST(Server, HeadHasTheLengthButNoBody) {
  const Server server({}, echo);
  const auto answer = answer_to(server, "HEAD /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST(Server, EmptyAnswerHasLengthZeroAndNoType) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{201, "a/b", "", {{"Location", "/there"}}};
  });
  const auto answer = answer_to(server, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(answer, HasSubstr("Location: /there\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Type")));
}

TEST(Server, NeverCompresses) {
  const Server server({}, [](const ServerRequest&) {
    return ServerResponse{200, "application/json", std::string(5000, 'x'), {}};
  });
  const auto answer = answer_to(server, "GET / HTTP/1.0\r\nAccept-Encoding: gzip, br\r\n\r\n");
  EXPECT_THAT(answer, Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5000\r\n"));
}

TEST(Server, ReadsChunkedBodies) {
  const Server server({}, echo);
  EXPECT_THAT(answer_to(server,
                        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"),
              EndsWith("POST /|abc0123456789"));
}

TEST(Server, RefusesBodiesThatItCannotRead) {
  const Server server(small(10), echo);
  const auto status = [&](std::string_view rest) {
    return answer_to(server, "POST / HTTP/1.1\r\n" + std::string(rest)).substr(0, 12);
  };
  EXPECT_EQ(status("Content-Length: 11\r\n\r\n01234567890"), "HTTP/1.1 413");
  EXPECT_EQ(status("Content-Length: 99999999999999999999999\r\n\r\n"), "HTTP/1.1 413");
  EXPECT_EQ(status("Content-Length: -1\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("Content-Length: 1x\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "HTTP/1.1 400");
  EXPECT_EQ(status("Transfer-Encoding: gzip\r\n\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "HTTP/1.1 400");
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"), "HTTP/1.1 413");
  EXPECT_EQ(status("Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\n"), "HTTP/1.1 413");
}

TEST(Server, RefusesWhatIsNotHttp) {
  const Server server({}, echo);
  EXPECT_THAT(answer_to(server, "hello\r\n\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(answer_to(server, "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 414"));
}

TEST(Server, AnswersContinueBeforeItReadsTheBody) {
  const Server server({}, echo);
  TestSocket socket(server.port());
  socket.send("POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(socket.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  socket.send("abc");
  EXPECT_EQ(socket.read_until("\r\n\r\n").substr(0, 12), "HTTP/1.1 200");
  EXPECT_EQ(socket.read_until("abc"), "POST /|abc");
}

TEST(Server, HandlerThatThrowsIsAnsweredWith500) {
  const Server server(
      {}, [](const ServerRequest&) -> ServerResponse { throw std::runtime_error("boom"); });
  const auto answer = answer_to(server, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("boom")));
}

TEST(Server, TakenPortIsAConfigurationErrorWithItsAddress) {
  const Server server({}, echo);
  ServerOptions same;
  same.port = server.port();
  try {
    const Server second(same, echo);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(e.what(), HasSubstr("127.0.0.1:" + std::to_string(server.port())));
    EXPECT_THAT(e.what(), HasSubstr("in use"));
  }
}

TEST(Server, PortIsFreeAgainAfterwards) {
  ServerOptions options;
  {
    const Server server({}, echo);
    options.port = server.port();
    answer_to(server, "GET / HTTP/1.0\r\n\r\n");
  }
  const Server again(options, echo);
  EXPECT_EQ(again.port(), options.port);
  EXPECT_EQ(again.url(), "http://127.0.0.1:" + std::to_string(options.port));
}

TEST(Server, EmptyHostListensOnAllInterfaces) {
  ServerOptions options;
  options.host = "";
  const Server server(options, echo);
  EXPECT_THAT(answer_to(server, "GET / HTTP/1.0\r\n\r\n"), EndsWith("GET /"));
  EXPECT_THAT(server.url(), StartsWith("http://127.0.0.1:"));
}

TEST(Server, StopsAtOnceWithIdleAndHalfSentRequests) {
  std::optional<Server> server(std::in_place, ServerOptions{}, echo);
  TestSocket idle(server->port()), half(server->port()), body(server->port());
  idle.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(idle.read_until("GET /"), EndsWith("GET /"));
  half.send("GET / HT");
  body.send("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nabc");
  const auto start = steady_clock::now();
  server.reset();
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST(Server, AcceptsAgainAfterAShortageOfDescriptors) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{200, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  const Server server({}, echo);
  std::vector<int> fillers;
  for (int filler; (filler = ::dup(0)) >= 0;) fillers.push_back(filler);
  ::close(fillers.back());  // for the client
  TestSocket socket(server.port());
  EXPECT_TRUE(socket.connected());
  socket.send("GET /later HTTP/1.0\r\n\r\n");
  EXPECT_LT(::dup(0), 0);  // none was left for the server
  fillers.pop_back();
  for (const int filler : fillers) ::close(filler);
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(socket.read_to_end(), EndsWith("GET /later"));
}

TEST(Server, WaitsForARunningHandlerWhenItStops) {
  std::latch entered(1), leave(1);
  std::optional<Server> server(std::in_place, ServerOptions{}, [&](const ServerRequest& request) {
    entered.count_down();
    leave.wait();
    return echo(request);
  });
  TestSocket socket(server->port());
  socket.send("GET /last HTTP/1.1\r\n\r\n");
  entered.wait();
  auto stopped = std::async(std::launch::async, [&] { server.reset(); });
  leave.count_down();
  EXPECT_THAT(socket.read_to_end(), EndsWith("GET /last"));
  stopped.get();
}

TEST(Server, IdleConnectionYieldsItsThreadToAWaitingOne) {
  ServerOptions options;
  options.threads = 1;
  const Server server(options, echo);
  TestSocket idle(server.port());
  idle.send("GET / HTTP/1.1\r\n\r\n");
  idle.read_until("GET /");
  EXPECT_THAT(answer_to(server, "GET /second HTTP/1.0\r\n\r\n"), EndsWith("GET /second"));
}

TEST(Server, RefusesHeadsThatAreTooLongOrEndTooEarly) {
  const Server server({}, echo);
  std::string many = "GET / HTTP/1.1\r\n";
  while (many.size() < (64u << 10) + 100) many += "X-Header: " + std::string(100, 'x') + "\r\n";
  EXPECT_THAT(answer_to(server, many), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(answer_to(server, "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x')),
              StartsWith("HTTP/1.1 431"));
  TestSocket truncated(server.port());
  truncated.send("POST /x HTTP/1.1\r\nContent-Len");
  truncated.finish();
  EXPECT_THAT(truncated.read_to_end(),
              testing::AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("ended too early")));
}

TEST(Server, RefusalsAreFormattedByTheOwner) {
  ServerOptions options = small(10);
  options.refusal = [](int status, const std::string& reason) {
    return ServerResponse{status, "a/b", "refused: " + reason, {}};
  };
  const Server server(options, echo);
  for (const char* request : {"hello\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 11\r\n\r\n"}) {
    EXPECT_THAT(answer_to(server, request), HasSubstr("\r\n\r\nrefused: ")) << request;
  }
}

TEST(Server, BodiesHaveALimitTogether) {
  ServerOptions options;
  options.bodies_bytes_max = size_t{1} << 20;
  const Server server(options, echo);
  for (int i = 0; i < 2; ++i) {  // what is refused or answered gives its room back
    EXPECT_THAT(answer_to(server, "POST / HTTP/1.0\r\nContent-Length: 2000000\r\n\r\n"),
                StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(answer_to(server, "POST / HTTP/1.0\r\nContent-Length: 1000000\r\n\r\n" +
                                      std::string(1'000'000, 'x')),
                StartsWith("HTTP/1.1 200"));
  }
}

TEST(Server, SlowHeadsYieldTheirThreadToWaitingConnections) {
  ServerOptions options;
  options.threads = 1;
  const Server server(options, echo);
  TestSocket slow(server.port());
  slow.send("GET / HT");
  EXPECT_THAT(answer_to(server, "GET /second HTTP/1.0\r\n\r\n"), EndsWith("GET /second"));
  EXPECT_THAT(slow.read_to_end(), StartsWith("HTTP/1.1 408"));
}

}  // namespace
}  // namespace kc::http
