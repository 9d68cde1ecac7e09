#include "rest/rest_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <stdexcept>

#include "base/error.h"
#include "http/test_socket.h"

namespace kc::rest {
namespace {

using config::Properties;
using connect::ConnectorType;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using worker::State;

// Answers from maps; fails on demand.
class FakeQueries final : public ConnectorQueries {
 public:
  std::map<std::string, worker::ConnectorInfo> infos;
  std::map<std::string, worker::ConnectorStatus> statuses;
  bool failing = false;

  std::vector<std::string> names() override {
    if (failing) throw base::Error(base::Reaction::retry, "Request timed out");
    std::vector<std::string> names;
    for (const auto& [name, info] : infos) names.push_back(name);
    return names;
  }
  std::optional<worker::ConnectorInfo> info(const std::string& name) override {
    const auto found = infos.find(name);
    return found == infos.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<worker::ConnectorStatus> status(const std::string& name) override {
    const auto found = statuses.find(name);
    return found == statuses.end() ? std::nullopt : std::optional(found->second);
  }
};

class RestApi : public testing::Test {
 protected:
  RestApi() {
    queries_.infos["k"] = {"k",
                           ConnectorType::sink,
                           {{"connector.class", "KineticaSink"},
                            {"topics", "t"},
                            {"kinetica.password", "[hidden]"},
                            {"name", "k"}},
                           {{{"topics", "t"}}, {{"topics", "u"}}}};
    queries_.statuses["k"] = {"k",
                              ConnectorType::sink,
                              State::running,
                              "",
                              {{0, State::running, ""}, {1, State::failed, "a.B: \"c\"\n"}}};
    queries_.infos["a/b c"] = {"a/b c", ConnectorType::source, {{"name", "a/b c"}}, {}};
  }

  static RestOptions options() {
    RestOptions options;
    options.listeners = {{"127.0.0.1", 0}};
    options.info = {"3.8.0", "771b", [] { return std::nullopt; }};
    options.advertised_host = "h";
    options.advertised_port = 8083;
    return options;
  }

  std::string exchange(std::string_view line, std::string_view headers = "") {
    http::TestSocket socket(port());
    socket.send(std::string(line) + " HTTP/1.0\r\n" + std::string(headers) + "\r\n");
    return socket.read_to_end();
  }
  // Status and body: "200 [...]".
  std::string answer_to(std::string_view line, std::string_view headers = "") {
    const auto answer = exchange(line, headers);
    const auto body = answer.find("\r\n\r\n");
    return answer.substr(9, 3) + " " + answer.substr(std::min(answer.size(), body + 4));
  }
  uint16_t port() const {
    return static_cast<uint16_t>(std::stoi(server_.url().substr(server_.url().rfind(':') + 1)));
  }

  FakeQueries queries_;
  RestServer server_{options(), queries_};
};

TEST_F(RestApi, RootTellsTheWorker) {
  EXPECT_EQ(answer_to("GET /"),
            R"(200 {"version":"3.8.0","commit":"771b","kafka_cluster_id":null})");
}

TEST_F(RestApi, ConnectorsAreListedByName) {
  EXPECT_EQ(answer_to("GET /connectors"), R"(200 ["a/b c","k"])");
  EXPECT_EQ(answer_to("GET /connectors/"), R"(200 ["a/b c","k"])");
}

TEST_F(RestApi, ExpandedListLeavesOutConnectorsThatWentMeanwhile) {
  EXPECT_THAT(answer_to("GET /connectors?expand=info"), StartsWith(R"(200 {"a/b c":{"info":{)"));
  const auto both = answer_to("GET /connectors?expand=status&expand=info");
  EXPECT_THAT(both, StartsWith(R"(200 {"k":{"info":{"name":"k","config":{)"));
  EXPECT_THAT(both, HasSubstr(R"(},"status":{"name":"k","connector":{)"));
  EXPECT_EQ(answer_to("GET /connectors?expand=other"), R"(200 {"a/b c":{},"k":{}})");
}

TEST_F(RestApi, ConnectorHasConfigTasksAndType) {
  EXPECT_EQ(answer_to("GET /connectors/k"),
            R"(200 {"name":"k","config":{"connector.class":"KineticaSink","topics":"t",)"
            R"("kinetica.password":"[hidden]","name":"k"},)"
            R"("tasks":[{"connector":"k","task":0},{"connector":"k","task":1}],"type":"sink"})");
}

TEST_F(RestApi, ConfigIsAFlatObject) {
  EXPECT_EQ(answer_to("GET /connectors/k/config/"),
            R"(200 {"connector.class":"KineticaSink","topics":"t",)"
            R"("kinetica.password":"[hidden]","name":"k"})");
}

TEST_F(RestApi, StatusNamesTheWorkerAndTracesOfFailures) {
  EXPECT_EQ(answer_to("GET /connectors/k/status"),
            R"(200 {"name":"k","connector":{"state":"RUNNING","worker_id":"h:8083"},"tasks":[)"
            R"({"id":0,"state":"RUNNING","worker_id":"h:8083"},)"
            R"({"id":1,"state":"FAILED","worker_id":"h:8083","trace":"a.B: \"c\"\n"}],)"
            R"("type":"sink"})");
  EXPECT_EQ(answer_to("GET /connectors/k/tasks/0/status"),
            R"(200 {"id":0,"state":"RUNNING","worker_id":"h:8083"})");
}

TEST_F(RestApi, TasksHaveTheirConfigs) {
  EXPECT_EQ(answer_to("GET /connectors/k/tasks"),
            R"(200 [{"id":{"connector":"k","task":0},"config":{"topics":"t"}},)"
            R"({"id":{"connector":"k","task":1},"config":{"topics":"u"}}])");
  EXPECT_EQ(answer_to("GET /connectors/a%2Fb%20c/tasks"), "200 []");
}

TEST_F(RestApi, NamesAreDecoded) {
  EXPECT_EQ(answer_to("GET /connectors/a%2Fb%20c"),
            R"(200 {"name":"a/b c","config":{"name":"a/b c"},"tasks":[],"type":"source"})");
}

TEST_F(RestApi, UnknownConnectorsAreNotFound) {
  const auto error = [](std::string message) {
    return R"(404 {"error_code":404,"message":")" + message + R"("})";
  };
  EXPECT_EQ(answer_to("GET /connectors/x"), error("Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/config"), error("Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/tasks"), error("Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/status"), error("No status found for connector x"));
  EXPECT_EQ(answer_to("GET /connectors/k/tasks/7/status"), error("No status found for task k-7"));
}

TEST_F(RestApi, UnknownPathsAreNotFound) {
  constexpr auto not_found = R"(404 {"error_code":404,"message":"HTTP 404 Not Found"})";
  for (const auto* path : {"/x", "/connectors/k/x", "/connectors/k/tasks/0", "//connectors",
                           "/connectors/k/tasks/x/status", "/connectors/k/config/x"}) {
    EXPECT_EQ(answer_to(std::string("GET ") + path), not_found) << path;
  }
}

TEST_F(RestApi, OtherMethodsAreRefusedWithTheAllowedOnes) {
  EXPECT_EQ(answer_to("DELETE /connectors/k"),
            R"(405 {"error_code":405,"message":"HTTP 405 Method Not Allowed"})");
  EXPECT_THAT(exchange("DELETE /connectors/k"), HasSubstr("Allow: GET,HEAD,OPTIONS\r\n"));
  EXPECT_THAT(exchange("OPTIONS /connectors/k"), StartsWith("HTTP/1.1 200"));
}

TEST_F(RestApi, HeadIsGetWithoutItsBody) {
  const auto answer = exchange("HEAD /connectors");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 13\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(RestApi, OnlyJsonIsSpoken) {
  EXPECT_EQ(answer_to("GET /", "Accept: text/html\r\n"),
            R"(406 {"error_code":406,"message":"HTTP 406 Not Acceptable"})");
  EXPECT_THAT(answer_to("GET /", "Accept: text/html, */*;q=0.1\r\n"), StartsWith("200"));
  EXPECT_THAT(answer_to("GET /", "Accept: Application/JSON\r\n"), StartsWith("200"));
  EXPECT_THAT(answer_to("GET /", "Content-Type: text/plain\r\n"), StartsWith("200"));
  EXPECT_THAT(exchange("GET /"), HasSubstr("Content-Type: application/json\r\n"));
  http::TestSocket socket(port());
  socket.send("GET / HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(socket.read_to_end(),
              EndsWith(R"({"error_code":415,"message":"HTTP 415 Unsupported Media Type"})"));
}

TEST_F(RestApi, FailedQueryIsAnsweredWith500) {
  queries_.failing = true;
  EXPECT_EQ(answer_to("GET /connectors"),
            R"(500 {"error_code":500,"message":"Request timed out"})");
}

TEST(RestServer, WorkerIdIsTheListenersAddressUnlessAdvertised) {
  FakeQueries queries;
  RestOptions options;
  options.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
  const RestServer server(options, queries);
  EXPECT_EQ("http://" + server.worker_id(), server.url());
}

TEST(RestServer, WorkerIdOfAllInterfacesIsNotTheWildcard) {
  FakeQueries queries;
  RestOptions options;
  options.listeners = {{"", 0}};
  const RestServer server(options, queries);
  EXPECT_THAT(server.worker_id(), testing::Not(StartsWith("0.0.0.0")));
  EXPECT_THAT(server.worker_id(), testing::Not(StartsWith(":")));
}

TEST(RestServer, TakenPortIsAConfigurationError) {
  FakeQueries queries;
  RestOptions options;
  options.listeners = {{"127.0.0.1", 0}};
  const RestServer first(options, queries);
  const auto port = std::stoi(first.url().substr(first.url().rfind(':') + 1));
  options.listeners.push_back({"127.0.0.1", static_cast<uint16_t>(port)});
  EXPECT_THROW(RestServer(options, queries), base::Error);
}

TEST(Listeners, AreParsed) {
  EXPECT_EQ(parse_listener("http://:8083"), (Listener{"", 8083}));
  EXPECT_EQ(parse_listener(" HTTP://my-host.example:0 "), (Listener{"my-host.example", 0}));
  EXPECT_EQ(parse_listener("http://[::1]:9000"), (Listener{"::1", 9000}));
}

TEST(Listeners, AreRefusedWithAReason) {
  const auto reason = [](std::string_view text) -> std::string {
    try {
      parse_listener(text);
    } catch (const base::Error& e) {
      EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(reason("localhost:8083"), HasSubstr("right format (protocol://hostname:port)"));
  EXPECT_THAT(reason("http://a_b/:8083"), HasSubstr("right format"));
  EXPECT_THAT(reason("https://:8443"), HasSubstr("not supported"));
  EXPECT_THAT(reason("ftp://:21"), HasSubstr("protocol ftp"));
  EXPECT_THAT(reason("http://:65536"), HasSubstr("port 65536"));
  EXPECT_THAT(reason("http://:-1"), HasSubstr("port -1"));
  EXPECT_THAT(reason(std::string(100000, 'a')), HasSubstr("right format"));
}

TEST(Listeners, ComeFromListenersThenRestPortThenTheDefault) {
  EXPECT_THAT(listeners_of({{"listeners", "http://a:1 , http://b:2"}, {"rest.port", "3"}}),
              ElementsAre(Listener{"a", 1}, Listener{"b", 2}));
  EXPECT_THAT(listeners_of({{"rest.host.name", "h"}, {"rest.port", " 8089 "}}),
              ElementsAre(Listener{"h", 8089}));
  EXPECT_THAT(listeners_of({{"rest.host.name", "h"}}), ElementsAre(Listener{"h", 8083}));
  EXPECT_THAT(listeners_of({{"listeners", " "}}), ElementsAre(Listener{"", 8083}));
}

}  // namespace
}  // namespace kc::rest
