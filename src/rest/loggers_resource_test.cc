#include "rest/loggers_resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kc::rest {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class LoggersResource : public testing::Test {
 protected:
  LoggersResource() {
    base::set_log_level(base::LogLevel::info);
    add_loggers_resource(router_, loggers_);
  }
  ~LoggersResource() override {
    loggers_.set("org", base::LogLevel::info, 0);
    loggers_.set("com", base::LogLevel::info, 0);
    loggers_.set("io", base::LogLevel::info, 0);
    base::set_log_level(base::LogLevel::info);
  }

  std::string answer_to(const std::string& method, const std::string& target,
                        const std::string& body = "") {
    http::ServerRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    if (const auto question = target.find("?scope="); question != std::string::npos) {
      request.query.emplace_back("scope", target.substr(question + 7));
    }
    const auto answer = router_.answer(request);
    return std::to_string(answer.status) + " " + answer.body;
  }

  Loggers loggers_;
  Router router_;
};

TEST_F(LoggersResource, LevelsAreShownByName) {
  EXPECT_EQ(answer_to("GET", "/admin/loggers/root"),
            R"(200 {"level":"INFO","last_modified":null})");
  EXPECT_EQ(answer_to("GET", "/admin/loggers/nope"),
            R"(404 {"error_code":404,"message":"Logger nope not found."})");
  EXPECT_THAT(answer_to("GET", "/admin/loggers"),
              HasSubstr(R"("org.apache.kafka.clients":{"level":"INFO","last_modified":null},)"));
}

TEST_F(LoggersResource, ALevelReachesTheLoggersBelowItsName) {
  EXPECT_EQ(
      answer_to("PUT", "/admin/loggers/org.apache.kafka.connect.runtime", R"({"level":"debug"})"),
      R"(200 ["org.apache.kafka.connect.runtime","org.apache.kafka.connect.runtime.rest"])");
  EXPECT_EQ(base::log_level("worker"), base::LogLevel::debug);
  EXPECT_EQ(base::log_level("rest"), base::LogLevel::debug);
  EXPECT_EQ(base::log_level("kafka"), base::LogLevel::info);
  EXPECT_THAT(answer_to("GET", "/admin/loggers/org.apache.kafka.connect.runtime"),
              testing::MatchesRegex(R"(200 \{"level":"DEBUG","last_modified":[0-9]+\})"));
  EXPECT_EQ(
      answer_to("PUT", "/admin/loggers/org.apache.kafka.connect.runtime", R"({"level":"debug"})"),
      "200 []");
}

TEST_F(LoggersResource, UnknownNamesAreKept) {
  EXPECT_EQ(answer_to("PUT", "/admin/loggers/a.b.c", R"({"level":"WARN"})"), R"(200 ["a.b.c"])");
  EXPECT_THAT(answer_to("GET", "/admin/loggers/a.b.c"), HasSubstr(R"("level":"WARN")"));
}

TEST_F(LoggersResource, ScopeOfTheClusterIsThisWorker) {
  EXPECT_EQ(answer_to("PUT", "/admin/loggers/root?scope=cluster", R"({"level":"ERROR"})"), "204 ");
  EXPECT_EQ(base::log_level(), base::LogLevel::error);
  EXPECT_THAT(loggers_.set("root", base::LogLevel::info, 0), Contains("root"));
}

TEST_F(LoggersResource, WrongLevelsAreRefused) {
  EXPECT_EQ(answer_to("PUT", "/admin/loggers/root", R"({"level":"nope"})"),
            R"(404 {"error_code":404,"message":"invalid log level 'nope'."})");
  EXPECT_EQ(answer_to("PUT", "/admin/loggers/root", "{}"),
            R"(400 {"error_code":400,"message":"Desired 'level' parameter was not specified in )"
            R"(request."})");
}

}  // namespace
}  // namespace kc::rest
