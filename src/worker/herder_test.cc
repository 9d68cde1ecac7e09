#include "worker/herder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <algorithm>

#include "worker/request_error.h"
#include "worker/worker_testing.h"

namespace kc::worker {
namespace {

using config::Properties;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

class HerderTest : public testing::Test, private kafka::DeliveryListener {
 protected:
  HerderTest() {
    cluster_.create_topic("t", 1);
    cluster_.create_topic("out", 1);
  }

  void produce(const std::vector<std::string>& values) {
    kafka::Producer producer({{"bootstrap.servers", cluster_.bootstrap_servers()}});
    std::vector<kafka::OutgoingMessage> messages;
    for (const std::string& value : values) {
      messages.push_back({.topic = "t", .partition = 0, .value = value});
    }
    size_t taken = 0;
    producer.produce(messages, taken);
    ASSERT_TRUE(producer.flush(10s, *this));
  }
  void delivered(void*, const base::Error* error) override { ASSERT_EQ(error, nullptr); }

  State state(const std::string& name) { return herder_.connector_status(name)->state; }
  std::vector<State> task_states(const std::string& name) {
    const auto status = herder_.connector_status(name);
    std::vector<State> states;
    for (const auto& task : status->tasks) states.push_back(task.state);
    return states;
  }
  bool becomes(const std::string& name, std::vector<State> states) {
    return eventually([&] { return task_states(name) == states; });
  }
  int64_t published() {
    return kafka::Admin({{"bootstrap.servers", cluster_.bootstrap_servers()}})
        .end_offset("out", 0, 10s);
  }
  static std::string refusal(const std::function<void()>& request, Refusal expected) {
    try {
      request();
    } catch (const RequestError& error) {
      EXPECT_EQ(error.refusal(), expected);
      return error.what();
    }
    return "not refused";
  }

  TestFolder folder_;
  kafka::MockCluster cluster_;
  TaskScript script_;
  const WorkerConfig config_ = worker_config(cluster_.bootstrap_servers(), folder_.path());
  const Plugins plugins_ = scripted_plugins(script_);
  OffsetStore offsets_{config_.offset_file};
  TestMetrics metrics_;
  Herder herder_{config_, plugins_, offsets_, metrics_.metrics};
};

TEST_F(HerderTest, CreatedConnectorRunsItsTasks) {
  const auto info = herder_.create_connector(sink_properties("s", {{"tasks.max", "2"}}));
  EXPECT_EQ(info.tasks.size(), 2U);
  EXPECT_EQ(info.tasks[1].get("task.class"), "test.ScriptedSinkTask");
  EXPECT_TRUE(becomes("s", {State::running, State::running}));
  EXPECT_EQ(state("s"), State::running);
  EXPECT_EQ(herder_.connector_status("s")->version, "7");
  EXPECT_EQ(
      refusal([&] { herder_.create_connector(sink_properties("s")); }, Refusal::already_exists),
      "Connector s already exists");
}

TEST_F(HerderTest, DeletedConnectorIsGoneAndItsNameFree) {
  herder_.create_connector(sink_properties("s"));
  ASSERT_TRUE(becomes("s", {State::running}));
  herder_.delete_connector("s");
  EXPECT_EQ(script_.stopped, 1);
  EXPECT_FALSE(herder_.connector_status("s"));
  EXPECT_EQ(refusal([&] { herder_.delete_connector("s"); }, Refusal::not_found),
            "Connector s not found");
  herder_.create_connector(sink_properties("s"));
  EXPECT_TRUE(becomes("s", {State::running}));
}

TEST_F(HerderTest, RecordsComeOnceAcrossPauseRestartAndReplacement) {
  herder_.create_connector(sink_properties("s"));
  produce({"1", "2"});
  ASSERT_TRUE(eventually([&] { return script_.taken_count() == 2; }));

  herder_.pause_connector("s");
  ASSERT_TRUE(becomes("s", {State::paused}));
  EXPECT_EQ(state("s"), State::paused);
  EXPECT_EQ(script_.stopped, 0);
  produce({"3"});
  herder_.restart_task("s", 0);
  ASSERT_TRUE(becomes("s", {State::paused}));
  EXPECT_EQ(script_.taken_count(), 2U);

  herder_.resume_connector("s");
  ASSERT_TRUE(eventually([&] { return script_.taken_count() == 3; }));
  herder_.restart_task("s", 0);
  produce({"4"});
  ASSERT_TRUE(eventually([&] { return script_.taken_count() == 4; }));
  EXPECT_FALSE(herder_.replace_connector(sink_properties("s", {{"tasks.max", "2"}})).created);
  produce({"5"});
  ASSERT_TRUE(eventually([&] { return script_.taken_count() == 5; }));
  herder_.stop_connector("s");
  EXPECT_THAT(script_.taken.copy(), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(HerderTest, PausedSourceSendsNothingAndGoesOnWhereItWas) {
  script_.to_send = 4;
  herder_.create_connector(source_properties("f"));
  ASSERT_TRUE(eventually([&] { return published() == 4; }));
  herder_.pause_connector("f");
  ASSERT_TRUE(becomes("f", {State::paused}));
  script_.to_send = 7;
  EXPECT_EQ(published(), 4);
  herder_.resume_connector("f");
  ASSERT_TRUE(eventually([&] { return published() == 7; }));
  herder_.restart_task("f", 0);
  herder_.stop_connector("f");
  EXPECT_EQ(published(), 7);
  EXPECT_EQ(offsets_.get("f", R"({"table":"T"})"), R"({"record":6})");
}

TEST_F(HerderTest, StoppedConnectorHasNoTasksUntilItIsResumed) {
  herder_.create_connector(sink_properties("s"), TargetState::stopped);
  EXPECT_EQ(state("s"), State::stopped);
  EXPECT_TRUE(task_states("s").empty());
  herder_.restart_connector("s");
  herder_.replace_connector(sink_properties("s", {{"tasks.max", "3"}}));
  EXPECT_TRUE(task_states("s").empty());
  herder_.resume_connector("s");
  EXPECT_TRUE(becomes("s", {State::running, State::running, State::running}));
  herder_.stop_connector("s");
  EXPECT_EQ(state("s"), State::stopped);
  EXPECT_TRUE(task_states("s").empty());
  EXPECT_TRUE(herder_.connector_info("s")->tasks.empty());
  EXPECT_EQ(script_.stopped, 3);
}

TEST_F(HerderTest, ConnectorThatBeginsPausedMakesItsTasksWhenItIsResumed) {
  herder_.create_connector(sink_properties("s"), TargetState::paused);
  EXPECT_EQ(state("s"), State::paused);
  EXPECT_TRUE(task_states("s").empty());
  herder_.resume_connector("s");
  EXPECT_TRUE(becomes("s", {State::running}));
}

TEST_F(HerderTest, TasksRunOnWhenTheirConfigurationIsWhatItWas) {
  herder_.create_connector(sink_properties("s"));
  ASSERT_TRUE(becomes("s", {State::running}));
  herder_.replace_connector(sink_properties("s"));
  herder_.restart_connector("s");
  EXPECT_EQ(script_.stopped, 0);
  herder_.replace_connector(sink_properties("s", {{"value.converter", "test.PlainConverter"}}));
  EXPECT_EQ(script_.stopped, 1);
}

TEST_F(HerderTest, RestartTellsWhatItRestarts) {
  herder_.create_connector(sink_properties("s"));
  ASSERT_TRUE(becomes("s", {State::running}));
  auto plan = herder_.restart_connector("s", true, true);
  EXPECT_EQ(plan.state, State::running);
  EXPECT_EQ(plan.tasks[0].state, State::running);
  EXPECT_EQ(script_.stopped, 0);
  plan = herder_.restart_connector("s", true, false);
  EXPECT_EQ(plan.state, State::restarting);
  EXPECT_EQ(plan.tasks[0].state, State::restarting);
  EXPECT_TRUE(becomes("s", {State::running}));
  EXPECT_EQ(script_.stopped, 1);
  EXPECT_EQ(refusal([&] { herder_.restart_connector("x", true, false); }, Refusal::not_found),
            "Unknown connector: x");
  EXPECT_EQ(refusal([&] { herder_.restart_connector("x"); }, Refusal::not_found),
            "Connector x not found");
  EXPECT_EQ(refusal([&] { herder_.restart_task("s", 1); }, Refusal::not_found),
            "Task s-1 not found");
}

TEST_F(HerderTest, ConnectorThatCannotMakeItsTasksHasFailedUntilItIsChanged) {
  EXPECT_THROW(herder_.create_connector(sink_properties("s", {{"fails", "true"}})), base::Error);
  EXPECT_EQ(state("s"), State::failed);
  EXPECT_EQ(herder_.connector_status("s")->trace,
            "org.apache.kafka.connect.errors.ConnectException: no tasks today");
  EXPECT_EQ(herder_.restart_connector("s", false, true).state, State::restarting);
  EXPECT_EQ(state("s"), State::failed);
  herder_.replace_connector(sink_properties("s"));
  EXPECT_EQ(state("s"), State::running);
  EXPECT_TRUE(becomes("s", {State::running}));
}

TEST_F(HerderTest, MoreTasksThanAllowedFailTheConnectorUnlessThatIsPermitted) {
  EXPECT_THROW(herder_.create_connector(sink_properties("s", {{"tasks", "2"}})), base::Error);
  EXPECT_THAT(herder_.connector_status("s")->trace,
              StartsWith("org.apache.kafka.connect.runtime.TooManyTasksException: The connector s "
                         "has generated 2 tasks, which is greater than 1, "));
  herder_.replace_connector(sink_properties("s", {{"tasks", "2"}, {"tasks.max.enforce", "false"}}));
  EXPECT_EQ(herder_.connector_info("s")->tasks.size(), 2U);
}

TEST_F(HerderTest, SecretsAreHiddenAndStayWhenTheyComeBackHidden) {
  herder_.create_connector(sink_properties("s", {{"key", "geheim"}}), TargetState::stopped);
  const Properties shown = herder_.connector_info("s")->properties;
  EXPECT_EQ(shown.get("key"), "[hidden]");
  herder_.replace_connector(herder_.check_config({shown, {}}));
  EXPECT_EQ(herder_.stored_config("s")->get("key"), "geheim");
  EXPECT_THAT(refusal(
                  [&] {
                    herder_.check_config({sink_properties("new", {{"key", "[hidden]"}}), {}});
                  },
                  Refusal::bad_request),
              HasSubstr("[hidden] for configuration key: it stands for a secret"));
}

TEST_F(HerderTest, FaultsOfASubmittedConfigurationAreListedAsStockConnectListsThem) {
  EXPECT_EQ(refusal(
                [&] {
                  herder_.check_config({sink_properties("s", {{"tasks.max", "abc"}}), {"file"}});
                },
                Refusal::bad_request),
            "Connector configuration is invalid and contains the following 2 error(s):\n"
            "Invalid value abc for configuration tasks.max: Not a number of type INT\n"
            "Null value can not be supplied as the configuration value.\n"
            "You can also find the above list of errors at the endpoint "
            "`/connector-plugins/{connectorType}/config/validate`");
  EXPECT_EQ(refusal(
                [&] {
                  herder_.check_config({{{"name", "s"}, {"password", "x"}}, {}});
                },
                Refusal::bad_request),
            "Connector config {name=s, password=[hidden]} contains no connector type");
  EXPECT_THAT(refusal(
                  [&] {
                    herder_.check_config({{{"connector.class", "Nope"}}, {}});
                  },
                  Refusal::bad_request),
              StartsWith("Failed to find any class that implements Connector and which name "
                         "matches Nope, available connectors are: PluginDesc{klass=class test."));
}

TEST_F(HerderTest, TopicsInUseAreKnownUntilTheyAreReset) {
  herder_.create_connector(sink_properties("s"));
  EXPECT_TRUE(herder_.active_topics("s").empty());
  produce({"1"});
  EXPECT_TRUE(eventually([&] { return herder_.active_topics("s").contains("t"); }));
  herder_.reset_active_topics("s");
  EXPECT_TRUE(herder_.active_topics("s").empty());
  produce({"2"});
  EXPECT_TRUE(eventually([&] { return herder_.active_topics("s").contains("t"); }));
  script_.to_send = 1;
  herder_.create_connector(source_properties("f"));
  EXPECT_TRUE(eventually([&] { return herder_.active_topics("f").contains("out"); }));
  EXPECT_TRUE(herder_.active_topics("x").empty());
}

TEST_F(HerderTest, TaskThatDoesNotEndInTimeIsAbandonedAndCommitsNothing) {
  const auto impatient = worker_config(
      cluster_.bootstrap_servers(), folder_.path(),
      {{"task.shutdown.graceful.timeout.ms", "20"}, {"offset.flush.interval.ms", "3600000"}});
  Herder herder(impatient, plugins_, offsets_, metrics_.metrics);
  herder.create_connector(sink_properties("s"));
  script_.hangs = true;
  produce({"1"});
  herder.stop_connector("s");
  EXPECT_EQ(herder.connector_status("s")->state, State::stopped);
  EXPECT_EQ(script_.stopped, 0);
  script_.hangs = false;
  ASSERT_TRUE(eventually([&] { return script_.stopped == 1; }));
  const size_t taken = script_.taken_count();
  herder.resume_connector("s");
  EXPECT_TRUE(eventually([&] { return script_.taken_count() == taken + 1; }));
  EXPECT_TRUE(herder.stop(60s));
}

TEST_F(HerderTest, WorkerThatIsStoppingBeginsNoTaskAgain) {
  herder_.create_connector(source_properties("f"));
  ASSERT_TRUE(becomes("f", {State::running}));
  ASSERT_TRUE(herder_.stop(60s));
  EXPECT_THROW(herder_.restart_task("f", 0), base::Error);
  EXPECT_THROW(herder_.restart_connector("f", true, false), base::Error);
  EXPECT_TRUE(herder_.stop(60s));
  EXPECT_EQ(script_.started, 1);
}

TEST_F(HerderTest, ManyRequestsAtOnceLeaveAConnectorThatWorks) {
  const auto ask = [this](int what) {
    switch (what) {
      case 0:
      case 1:
        herder_.replace_connector(
            source_properties("f", {{"tasks.max", std::to_string(1 + 2 * what)}}));
        return;
      case 2:
        return herder_.pause_connector("f");
      case 3:
        return herder_.resume_connector("f");
      case 4:
        return herder_.stop_connector("f");
      case 5:
        herder_.restart_connector("f", true, false);
        return;
      case 6:
        return herder_.restart_task("f", 0);
      case 7:
        return herder_.reset_active_topics("f");
      case 8:
        return herder_.delete_connector("f");
      default:
        herder_.connector_status("f");
        metrics_.registry.text();
        herder_.unhealthy_tasks();
    }
  };
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&ask, thread] {
      for (int i = 0; i < 10; ++i) {  // every request, in another order
        try {
          ask((i * 7 + thread) % 10);
        } catch (const RequestError&) {  // there is no such connector or task just now
        }
      }
    });
  }
  threads.clear();
  script_.to_send = 5;
  herder_.replace_connector(source_properties("f"));
  herder_.resume_connector("f");
  EXPECT_TRUE(becomes("f", {State::running}));
  EXPECT_TRUE(eventually([&] { return published() >= 5; }));
  EXPECT_TRUE(herder_.stop(60s));
}

// Where no thread begins, as where a container's limit of processes is reached.
class NoThreads {
 public:
  NoThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t none = before_;
    pthread_attr_setstacksize(&none, size_t{1} << 46);
    pthread_setattr_default_np(&none);
  }
  ~NoThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

TEST_F(HerderTest, TaskThatGetsNoThreadHasFailedAndCanBeRestarted) {
  {
    const NoThreads none;
    herder_.create_connector(source_properties("f"));
    EXPECT_EQ(task_states("f"), std::vector{State::failed});
    EXPECT_THAT(herder_.connector_status("f")->tasks.at(0).trace, HasSubstr("limit of threads"));
    herder_.pause_connector("f");
    herder_.resume_connector("f");
  }
  EXPECT_EQ(script_.started, 0);
  herder_.restart_task("f", 0);
  EXPECT_TRUE(becomes("f", {State::running}));
  EXPECT_TRUE(herder_.stop(60s));
}

class RestartingHerderTest : public HerderTest {
 protected:
  bool shows(const std::string& series, int value) const {
    return metrics_.registry.text().find(
               fmt::format("kinetica_connect_task_{}}} {}\n", series, value)) != std::string::npos;
  }

  const WorkerConfig restarting_config_ =
      worker_config(cluster_.bootstrap_servers(), folder_.path(),
                    {{"task.restart.enable", "true"}, {"task.restart.backoff.ms", "1"}});
  Herder restarting_{restarting_config_, plugins_, offsets_, metrics_.metrics};
};

TEST_F(RestartingHerderTest, FailedTaskIsBegunAgainUntilItRuns) {
  script_.fail_starts = 3;
  restarting_.create_connector(sink_properties("s"));
  EXPECT_TRUE(eventually(
      [&] { return restarting_.connector_status("s")->tasks.at(0).state == State::running; }));
  EXPECT_EQ(script_.started, 4);
  EXPECT_TRUE(shows("restarts_total{connector=\"s\",task=\"0\"", 3));
  EXPECT_TRUE(shows("state{connector=\"s\",task=\"0\",state=\"running\"", 1));
}

TEST_F(RestartingHerderTest, TaskThatGetsNoThreadIsBegunAgainUntilItGetsOne) {
  {
    const NoThreads none;
    restarting_.create_connector(source_properties("f"));
    const std::string series = "restarts_total{connector=\"f\",task=\"0\"} ";
    EXPECT_TRUE(eventually([&] {
      const std::string text = metrics_.registry.text();
      return text.find(series) != std::string::npos && text.find(series + "0") == std::string::npos;
    }));
    EXPECT_EQ(script_.started, 0);
  }
  EXPECT_TRUE(eventually(
      [&] { return restarting_.connector_status("f")->tasks.at(0).state == State::running; }));
}

TEST_F(RestartingHerderTest, TaskWithAWrongConfigurationStaysFailed) {
  script_.fail_starts = 1;
  script_.failure = base::Reaction::fix_config;
  restarting_.create_connector(sink_properties("s"));
  EXPECT_TRUE(eventually(
      [&] { return restarting_.connector_status("s")->tasks.at(0).state == State::failed; }));
  EXPECT_TRUE(shows("state{connector=\"s\",task=\"0\",state=\"failed\"", 1));
}

TEST_F(RestartingHerderTest, ByDefaultAFailedTaskStaysFailed) {
  script_.fail_starts = 1;
  herder_.create_connector(sink_properties("s"));
  EXPECT_TRUE(becomes("s", {State::failed}));
  EXPECT_TRUE(shows("state{connector=\"s\",task=\"0\",state=\"failed\"", 1));
  herder_.restart_task("s", 0);
  EXPECT_TRUE(becomes("s", {State::running}));
}

TEST_F(HerderTest, WhoWaitsTooLongIsToldWhatTheWorkerDoes) {
  EXPECT_EQ(herder_.stage_summary(), "");
  herder_.create_connector(sink_properties("s"), TargetState::stopped);
  EXPECT_THAT(herder_.stage_summary(),
              testing::MatchesRegex("The last operation the worker completed was starting "
                                    "connector s, which began at .*Z and completed at .*Z\\."));
  EXPECT_NO_THROW(herder_.check(60s));
}

}  // namespace
}  // namespace kc::worker
