#include "rest/rest_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "http/test_socket.h"
#include "rest/route_table.h"
#include "worker/worker_testing.h"

namespace kc::rest {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// A worker without Kafka, and its REST API.
class RestApi : public testing::Test {
 protected:
  explicit RestApi(config::Properties worker = {})
      : config_(worker::worker_config("127.0.0.1:1", folder_.path(), std::move(worker))) {}

  static RestOptions options() {
    RestOptions options;
    options.listeners = {{"127.0.0.1", 0}};
    options.info = {"3.8.0", "771b", [] { return std::nullopt; }};
    options.advertised_host = "h";
    options.advertised_port = 8083;
    options.metrics = [] { return std::string(); };
    return options;
  }

  std::string exchange(std::string_view line, std::string_view headers = "",
                       std::string_view body = "") {
    http::TestSocket socket(port());
    socket.send(fmt::format("{} HTTP/1.0\r\nHost: worker:1\r\n{}{}\r\n{}", line, headers,
                            body.empty() ? ""
                                         : fmt::format("Content-Type: application/json\r\n"
                                                       "Content-Length: {}\r\n",
                                                       body.size()),
                            body));
    return socket.read_to_end();
  }
  // Status and body: "200 [...]".
  std::string answer_to(std::string_view line, std::string_view body = "",
                        std::string_view headers = "") {
    const auto answer = exchange(line, headers, body);
    const auto begin = answer.find("\r\n\r\n");
    return answer.substr(9, 3) + " " + answer.substr(std::min(answer.size(), begin + 4));
  }
  uint16_t port() const {
    return static_cast<uint16_t>(std::stoi(server_->url().substr(server_->url().rfind(':') + 1)));
  }
  static std::string error(int status, std::string_view message) {
    return fmt::format(R"({} {{"error_code":{},"message":"{}"}})", status, status, message);
  }

  void create_stopped(const std::string& name) {
    herder_.create_connector({{"connector.class", "ScriptedSink"}, {"topics", "t"}, {"name", name}},
                             worker::TargetState::stopped);
  }

  worker::TestFolder folder_;
  worker::TaskScript script_;
  const worker::WorkerConfig config_;
  const worker::Plugins plugins_ = worker::scripted_plugins(script_);
  worker::OffsetStore offsets_{config_.offset_file};
  worker::TestMetrics metrics_;
  worker::Herder herder_{config_, plugins_, offsets_, metrics_.metrics};
  std::optional<RestServer> server_{std::in_place, options(), herder_};
};

TEST_F(RestApi, RootTellsTheWorker) {
  EXPECT_EQ(answer_to("GET /"),
            R"(200 {"version":"3.8.0","commit":"771b","kafka_cluster_id":null})");
}

TEST_F(RestApi, HealthTellsWhetherTheWorkerHasStarted) {
  EXPECT_THAT(answer_to("GET /health"), StartsWith(R"(503 {"status":"starting","message":)"));
  herder_.set_ready();
  EXPECT_EQ(answer_to("GET /health"),
            R"(200 {"status":"healthy","message":"Worker has completed startup and is ready to )"
            R"(handle requests."})");
}

TEST_F(RestApi, ConnectorsAreListedByName) {
  EXPECT_EQ(answer_to("GET /connectors"), "200 []");
  create_stopped("k");
  create_stopped("a/b c");
  EXPECT_EQ(answer_to("GET /connectors"), R"(200 ["a/b c","k"])");
  EXPECT_EQ(answer_to("GET /connectors/"), R"(200 ["a/b c","k"])");
  EXPECT_EQ(answer_to("GET /connectors?expand=other"), R"(200 {"a/b c":{},"k":{}})");
  EXPECT_THAT(answer_to("GET /connectors?expand=status&expand=info"),
              StartsWith(R"(200 {"a/b c":{"info":{"name":"a/b c","config":{"connector.class":)"));
}

TEST_F(RestApi, ConnectorIsCreatedWithItsPlace) {
  const auto answer = exchange(
      "POST /connectors", "",
      R"({"name":" s x ","config":{"connector.class":"ScriptedSource","tasks.max":2,"key":"p"}})");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201"));
  EXPECT_THAT(answer, HasSubstr("Location: http://worker:1/connectors/s%20x\r\n"));
  EXPECT_THAT(answer, EndsWith(R"({"name":"s x","config":{"connector.class":"ScriptedSource",)"
                               R"("tasks.max":"2","key":"[hidden]","name":"s x"},"tasks":[)"
                               R"({"connector":"s x","task":0},{"connector":"s x","task":1}],)"
                               R"("type":"source"})"));
  EXPECT_THAT(answer_to("GET /connectors/s%20x/tasks"),
              HasSubstr(R"({"id":{"connector":"s x","task":1},"config":{)"));
  EXPECT_EQ(answer_to("POST /connectors",
                      R"({"name":"s x","config":{"connector.class":"ScriptedSource"}})"),
            error(409, "Connector s x already exists"));
}

TEST_F(RestApi, RefusedCreationsSayWhy) {
  const auto create = [&](std::string_view body) { return answer_to("POST /connectors", body); };
  EXPECT_THAT(create("{"), StartsWith(R"(500 {"error_code":500,"message":"The body is not JSON)"));
  EXPECT_THAT(create("[]"), StartsWith("500 "));
  EXPECT_THAT(create(R"({"name":"a"})"), HasSubstr("has no \\\"config\\\""));
  EXPECT_THAT(create(R"({"config":{},"other":1})"), HasSubstr("Unrecognized field"));
  EXPECT_THAT(create(R"({"name":"a","config":{"tasks.max":{"password":"x"}}})"),
              StartsWith(R"(500 {"error_code":500,"message":"Cannot deserialize the value of )"));
  EXPECT_THAT(create(R"({"name":"a","config":{},"initial_state":"no"})"), StartsWith("500 "));
  EXPECT_EQ(create(R"({"name":"a","config":{"topics":"t"}})"),
            error(400, "Connector config {topics=t, name=a} contains no connector type"));
  EXPECT_EQ(
      create(R"({"name":"a","config":{"connector.class":"ScriptedSink","name":"b"}})"),
      error(400, "Connector name configuration (b) doesn't match connector name in the URL (a)"));
  EXPECT_THAT(create(R"({"name":"","config":{"connector.class":"ScriptedSource"}})"),
              HasSubstr("Connector configuration is invalid and contains the following 1 "
                        "error(s):\\nInvalid value  for configuration name: "));
  EXPECT_THAT(create("[" + std::string(2000, '[')), HasSubstr("nested deeper than 1000"));
  EXPECT_EQ(answer_to("GET /connectors"), "200 []");
}

TEST_F(RestApi, ConfigurationIsReplacedAndPatched) {
  EXPECT_THAT(answer_to("PUT /connectors/s/config",
                        R"({"connector.class":"ScriptedSource","tasks.max":"2","key":"p"})"),
              StartsWith("201 "));
  EXPECT_EQ(answer_to("GET /connectors/s/config"),
            R"(200 {"connector.class":"ScriptedSource","tasks.max":"2","key":"[hidden]",)"
            R"("name":"s"})");
  EXPECT_THAT(answer_to("PATCH /connectors/s/config", R"({"tasks.max":null,"fails":false})"),
              StartsWith(R"(200 {"name":"s","config":{"connector.class":"ScriptedSource",)"
                         R"("key":"[hidden]","name":"s","fails":"false"})"));
  EXPECT_EQ(herder_.stored_config("s")->get("key"), "p");
  EXPECT_EQ(answer_to("PATCH /connectors/x/config", "{}"), error(404, "Connector x not found"));
  EXPECT_THAT(
      answer_to("PUT /connectors/s/config", R"({"connector.class":"ScriptedSource","key":null})"),
      HasSubstr("Null value can not be supplied as the configuration value."));
}

TEST_F(RestApi, TargetStatesAreReached) {
  herder_.create_connector({{"connector.class", "ScriptedSource"}, {"name", "s"}});
  EXPECT_EQ(answer_to("PUT /connectors/s/pause"), "202 ");
  EXPECT_THAT(answer_to("GET /connectors/s/status"),
              StartsWith(R"(200 {"name":"s","connector":{"state":"PAUSED","worker_id":"h:8083",)"
                         R"("version":"7"},"tasks":[{"id":0,"state":)"));
  EXPECT_EQ(answer_to("PUT /connectors/s/resume"), "202 ");
  EXPECT_EQ(answer_to("PUT /connectors/s/stop"), "204 ");
  EXPECT_EQ(answer_to("GET /connectors/s/status"),
            R"(200 {"name":"s","connector":{"state":"STOPPED","worker_id":"h:8083",)"
            R"("version":"7"},"tasks":[],"type":"source"})");
  for (const auto* verb : {"pause", "resume", "stop"}) {
    EXPECT_EQ(answer_to(fmt::format("PUT /connectors/x/{}", verb)),
              error(404, "Unknown connector x"));
  }
  EXPECT_EQ(answer_to("DELETE /connectors/s"), "204 ");
  EXPECT_EQ(answer_to("DELETE /connectors/s"), error(404, "Connector s not found"));
}

TEST_F(RestApi, RestartsIgnoreTheirBodies) {
  herder_.create_connector({{"connector.class", "ScriptedSource"}, {"name", "s"}});
  EXPECT_EQ(answer_to("POST /connectors/s/restart", R"({"params":{}})"), "204 ");
  EXPECT_EQ(answer_to("POST /connectors/s/restart?includeTasks=x"), "204 ");
  EXPECT_EQ(answer_to("POST /connectors/s/tasks/0/restart"), "204 ");
  const auto plan = answer_to("POST /connectors/s/restart?includeTasks=true");
  EXPECT_THAT(plan, StartsWith(R"(202 {"name":"s","connector":{"state":"RESTARTING")"));
  EXPECT_THAT(plan, HasSubstr(R"("tasks":[{"id":0,"state":"RESTARTING")"));
  EXPECT_EQ(answer_to("POST /connectors/s/tasks/7/restart"), error(404, "Task s-7 not found"));
}

TEST_F(RestApi, OffsetsAreShownAndChangedWhileTheConnectorIsStopped) {
  herder_.create_connector({{"connector.class", "ScriptedSource"}, {"name", "f"}});
  offsets_.put("f", {{R"({"table":"T"})", R"({"record":4})"}});
  EXPECT_EQ(answer_to("GET /connectors/f/offsets"),
            R"(200 {"offsets":[{"partition":{"table":"T"},"offset":{"record":4}}]})");
  const std::string change = R"({"offsets":[{"partition":{"table":"T"},"offset":{"record":9}}]})";
  EXPECT_EQ(answer_to("PATCH /connectors/f/offsets", change),
            error(400,
                  "Connectors must be in the STOPPED state before their offsets can be modified. "
                  "This can be done for the specified connector by issuing a 'PUT' request to the "
                  "'/connectors/f/stop' endpoint"));
  EXPECT_EQ(answer_to("PUT /connectors/f/stop"), "204 ");
  EXPECT_EQ(answer_to("PATCH /connectors/f/offsets", change),
            R"(200 {"message":"The offsets for this connector have been altered successfully"})");
  EXPECT_EQ(offsets_.get("f", R"({"table":"T"})"), R"({"record":9})");
  EXPECT_EQ(answer_to("DELETE /connectors/f/offsets"),
            R"(200 {"message":"The offsets for this connector have been reset successfully"})");
  EXPECT_EQ(answer_to("GET /connectors/f/offsets"), R"(200 {"offsets":[]})");
  EXPECT_EQ(answer_to("PATCH /connectors/f/offsets", R"({"offsets":[]})"),
            error(400, "Partitions / offsets need to be provided for an alter offsets request"));
  EXPECT_THAT(answer_to("PATCH /connectors/f/offsets", R"({"offsets":[1]})"), StartsWith("500 "));
  EXPECT_EQ(answer_to("DELETE /connectors/x/offsets"), error(404, "Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/offsets"), error(404, "Connector x not found"));
}

TEST_F(RestApi, TopicsInUseAreShown) {
  EXPECT_EQ(answer_to("GET /connectors/x/topics"), R"(200 {"x":{"topics":[]}})");
  EXPECT_EQ(answer_to("PUT /connectors/x/topics/reset"), "202 ");
}

TEST_F(RestApi, TopicTrackingMayBeDisabled) {
  auto disabled = options();
  disabled.topic_tracking = {true, false};
  disabled.admin_listeners = {{"127.0.0.1", 0}};
  disabled.response_headers = ResponseHeaders("set X-Frame-Options: DENY");
  server_.emplace(disabled, herder_);
  EXPECT_EQ(answer_to("PUT /connectors/x/topics/reset"),
            error(403, "Topic tracking reset is disabled."));
  // The admin resources have a listener of their own.
  EXPECT_EQ(answer_to("GET /admin/loggers"), error(404, "HTTP 404 Not Found"));
  EXPECT_THAT(exchange("GET /"), HasSubstr("X-Frame-Options: DENY\r\n"));
  disabled.topic_tracking = {false, true};
  server_.emplace(disabled, herder_);
  EXPECT_EQ(answer_to("GET /connectors/x/topics"), error(403, "Topic tracking is disabled."));
}

TEST_F(RestApi, WhatIsSaidBetweenWorkersIsRefused) {
  EXPECT_EQ(answer_to("POST /connectors/s/tasks", "[]"),
            error(500,
                  "Kafka Connect in standalone mode does not support externally setting task "
                  "configurations."));
  EXPECT_THAT(answer_to("PUT /connectors/s/fence"), StartsWith("500 "));
}

TEST_F(RestApi, NamesAreDecoded) {
  create_stopped("a/b c");
  EXPECT_THAT(answer_to("GET /connectors/a%2Fb%20c"), StartsWith(R"(200 {"name":"a/b c",)"));
  EXPECT_EQ(answer_to("GET /connectors/a%2Fb%20c/tasks"), "200 []");
}

TEST_F(RestApi, UnknownConnectorsAreNotFound) {
  create_stopped("k");
  EXPECT_EQ(answer_to("GET /connectors/x"), error(404, "Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/config"), error(404, "Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/tasks"), error(404, "Connector x not found"));
  EXPECT_EQ(answer_to("GET /connectors/x/status"), error(404, "No status found for connector x"));
  EXPECT_EQ(answer_to("GET /connectors/k/tasks/7/status"),
            error(404, "No status found for task k-7"));
}

TEST_F(RestApi, UnknownPathsAreNotFound) {
  for (const auto* path : {"/x", "/connectors/k/x", "/connectors/k/tasks/0", "//connectors",
                           "/connectors/k/tasks/x/status", "/connectors/k/config/x",
                           "/connectors/k/tasks/9999999999/status"}) {
    EXPECT_EQ(answer_to(std::string("GET ") + path), error(404, "HTTP 404 Not Found")) << path;
  }
}

TEST_F(RestApi, OtherMethodsAreRefusedWithTheAllowedOnes) {
  EXPECT_EQ(answer_to("DELETE /connectors"), error(405, "HTTP 405 Method Not Allowed"));
  EXPECT_THAT(exchange("DELETE /connectors"), HasSubstr("Allow: HEAD,GET,POST,OPTIONS\r\n"));
  const auto options = exchange("OPTIONS /connectors/k/pause");
  EXPECT_THAT(options, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(options, HasSubstr("Allow: PUT,OPTIONS\r\n"));
}

TEST_F(RestApi, WhatIsDeclaredIsAnswered) {
  for (const RouteDeclaration& route : route_table()) {
    std::string path(route.path);
    for (size_t open; (open = path.find('{')) != std::string::npos;) {
      path.replace(open, path.find('}') - open + 1, "0");
    }
    const auto options = exchange("OPTIONS " + path);
    const size_t allow = options.find("Allow: ");
    EXPECT_THAT(options.substr(std::min(allow, options.size())), HasSubstr(route.method))
        << route.method << " " << path;
  }
}

TEST_F(RestApi, HeadIsGetWithoutItsBody) {
  const auto answer = exchange("HEAD /connectors");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(RestApi, OnlyJsonIsSpoken) {
  EXPECT_EQ(answer_to("GET /", "", "Accept: text/html\r\n"), error(406, "HTTP 406 Not Acceptable"));
  EXPECT_THAT(answer_to("GET /", "", "Accept: text/html, */*;q=0.1\r\n"), StartsWith("200"));
  EXPECT_THAT(answer_to("GET /", "", "Accept: Application/JSON\r\n"), StartsWith("200"));
  EXPECT_THAT(answer_to("GET /", "", "Content-Type: text/plain\r\n"), StartsWith("200"));
  EXPECT_THAT(exchange("GET /"), HasSubstr("Content-Type: application/json\r\n"));
  http::TestSocket socket(port());
  socket.send("GET / HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_THAT(socket.read_to_end(),
              EndsWith(R"({"error_code":415,"message":"HTTP 415 Unsupported Media Type"})"));
}

TEST_F(RestApi, FailureIsAnsweredWith500AndLeavesAConnectorThatHasFailed) {
  EXPECT_EQ(
      answer_to("PUT /connectors/s/config", R"({"connector.class":"ScriptedSource","fails":true})"),
      error(500, "no tasks today"));
  EXPECT_THAT(answer_to("GET /connectors/s/status"),
              HasSubstr(R"("connector":{"state":"FAILED","worker_id":"h:8083","version":"7",)"
                        R"("trace":"org.apache.kafka.connect.errors.ConnectException: no tasks)"));
}

class RestServerTest : public RestApi {};

TEST_F(RestServerTest, WorkerIdIsTheListenersAddressUnlessAdvertised) {
  RestOptions options;
  options.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", 0}};
  const RestServer server(options, herder_);
  EXPECT_EQ("http://" + server.worker_id(), server.url());
}

TEST_F(RestServerTest, WorkerIdOfAllInterfacesIsNotTheWildcard) {
  RestOptions options;
  options.listeners = {{"", 0}};
  const RestServer server(options, herder_);
  EXPECT_THAT(server.worker_id(), testing::Not(StartsWith("0.0.0.0")));
  EXPECT_THAT(server.worker_id(), testing::Not(StartsWith(":")));
}

TEST_F(RestServerTest, TakenPortIsAConfigurationError) {
  RestOptions options;
  options.listeners = {{"127.0.0.1", 0}, {"127.0.0.1", port()}};
  EXPECT_THROW(RestServer(options, herder_), base::Error);
}

TEST(Listeners, AreParsed) {
  EXPECT_EQ(parse_listener("http://:8083"), (Listener{"", 8083}));
  EXPECT_EQ(parse_listener(" HTTP://my-host.example:0 "), (Listener{"my-host.example", 0}));
  EXPECT_EQ(parse_listener("http://[::1]:9000"), (Listener{"::1", 9000}));
  EXPECT_EQ(parse_listener("HTTPS://:8443"), (Listener{"", 8443, true}));
}

TEST(RestOptionsOfAWorker, ComeFromItsProperties) {
  const auto options = rest_options_of({{"listeners", "http://a:1"},
                                        {"admin.listeners", ""},
                                        {"access.control.allow.origin", "http://x, http://y"}});
  EXPECT_TRUE(options.admin_listeners && options.admin_listeners->empty());
  EXPECT_EQ(options.cross_origin.origins.size(), 2U);
  EXPECT_EQ(options.cross_origin.methods.size(), 3U);
  EXPECT_FALSE(rest_options_of({{"listeners", "http://a:1"}}).admin_listeners);
  EXPECT_THROW(rest_options_of({{"response.http.headers.config", "x"}}), base::Error);
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
