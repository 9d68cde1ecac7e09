#include "worker/worker_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "metrics/exposure.h"
#include "worker/task_metrics.h"

namespace kc::worker {
namespace {

using connect::ConnectorType;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

class HandClock : public base::Clock {
 public:
  steady_time now() const override { return now_; }
  void advance(std::chrono::milliseconds time) { now_ += time; }

 private:
  steady_time now_{1h};
};

class WorkerMetricsTest : public testing::Test {
 protected:
  WorkerMetricsTest() {
    worker_.connector_added("c", {"com.example.Sink", ConnectorType::sink, "7.2"});
    worker_.connector_changed("c", State::running);
    worker_.connector_startup(true);
  }

  // Whether the line stands in the exposition.
  bool shows(const std::string& line) const {
    return registry_.text().find("\n" + line + "\n") != std::string::npos;
  }
  std::string state() const {
    const std::string text = registry_.text();
    std::string found;
    for (const char* one : {"starting", "waiting", "running", "stalled", "paused", "failed",
                            "restarting", "stopped"}) {
      const std::string series =
          std::string("kinetica_connect_task_state{connector=\"c\",task=\"0\",state=\"") + one;
      if (text.find(series + "\"} 1\n") != std::string::npos) found += one;
    }
    return found;
  }

  HandClock clock_;
  metrics::Registry registry_;
  WorkerMetrics worker_{registry_, {.windows = {}, .stall_timeout = 1min}, clock_};
  TaskMetrics task_{worker_, "c", 0, ConnectorType::sink};
};

TEST_F(WorkerMetricsTest, EveryDeclaredMetricIsShown) {
  const TaskMetrics source(worker_, "s", 0, ConnectorType::source);
  const std::string text = registry_.text();
  for (const metrics::Declaration& declaration : metrics::metric_table()) {
    const bool ours = declaration.name.starts_with("kinetica_connect_task_") ||
                      declaration.group.starts_with("connect") ||
                      declaration.group.find("task-") != std::string_view::npos;
    if (!ours) continue;
    for (const auto& exposure : metrics::exposures(declaration)) {
      EXPECT_NE(text.find("# TYPE " + exposure.name + " "), std::string::npos) << exposure.name;
    }
  }
}

TEST_F(WorkerMetricsTest, ConnectorsAndTasksAreCounted) {
  const TaskMetrics other(worker_, "c", 1, ConnectorType::sink);
  task_.state_changed(State::running, "");
  EXPECT_TRUE(shows("kafka_connect_worker_connector_count 1"));
  EXPECT_TRUE(shows("kafka_connect_worker_task_count 2"));
  EXPECT_TRUE(shows("kafka_connect_worker_connector_startup_success_total 1"));
  EXPECT_TRUE(shows("kafka_connect_worker_connector_total_task_count{connector=\"c\"} 2"));
  EXPECT_TRUE(shows("kafka_connect_worker_connector_running_task_count{connector=\"c\"} 1"));
  EXPECT_TRUE(shows("kafka_connect_worker_connector_unassigned_task_count{connector=\"c\"} 1"));
  EXPECT_TRUE(
      shows("kafka_connect_connector_metrics{connector=\"c\",connector_version=\"7.2\"} 1"));
  worker_.connector_removed("c");
  EXPECT_TRUE(shows("kafka_connect_worker_connector_count 0"));
}

TEST_F(WorkerMetricsTest, ATaskStartsOnce) {
  task_.state_changed(State::unassigned, "Kinetica is away");
  EXPECT_TRUE(shows("kafka_connect_worker_task_startup_attempts_total 0"));
  task_.state_changed(State::running, "");
  task_.state_changed(State::failed, "Kinetica is away");
  EXPECT_TRUE(shows("kafka_connect_worker_task_startup_attempts_total 1"));
  EXPECT_TRUE(shows("kafka_connect_worker_task_startup_success_percentage 1"));
}

TEST_F(WorkerMetricsTest, OfATaskAndItsSuccessorTheLatterIsShown) {
  task_.state_changed(State::failed, "Kinetica is away");
  const TaskMetrics successor(worker_, "c", 0, ConnectorType::sink);
  EXPECT_EQ(state(), "starting");
  EXPECT_TRUE(shows("kafka_connect_worker_task_count 1"));
}

TEST_F(WorkerMetricsTest, RatiosAreOfTheTasksLife) {
  clock_.advance(10s);
  task_.state_changed(State::running, "");
  clock_.advance(20s);
  task_.state_changed(State::paused, "");
  clock_.advance(10s);
  EXPECT_TRUE(shows("kafka_connect_connector_task_running_ratio{connector=\"c\",task=\"0\"} 0.5"));
  EXPECT_TRUE(shows("kafka_connect_connector_task_pause_ratio{connector=\"c\",task=\"0\"} 0.25"));
}

TEST_F(WorkerMetricsTest, AStateForWaiting) {
  EXPECT_EQ(state(), "starting");
  task_.state_changed(State::unassigned, "Kinetica is away");
  EXPECT_EQ(state(), "waiting");
  task_.state_changed(State::running, "");
  EXPECT_EQ(state(), "running");
  task_.state_changed(State::running, "Kinetica is away");
  EXPECT_EQ(state(), "waiting") << "for a broker, with nothing to do";
  task_.has_work(true);
  EXPECT_EQ(state(), "running") << "a busy database makes a task wait for moments";
  clock_.advance(10s);
  EXPECT_EQ(state(), "waiting");
}

TEST_F(WorkerMetricsTest, WorkWithoutProgressIsUnhealthy) {
  task_.state_changed(State::running, "");
  clock_.advance(2min);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty()) << "nothing to do";
  task_.has_work(true);
  clock_.advance(59s);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  task_.progressed();
  clock_.advance(59s);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  clock_.advance(2s);
  EXPECT_THAT(worker_.unhealthy_tasks(),
              ElementsAre("Task c-0 has work and has made no progress for 61000 ms"));
  EXPECT_EQ(state(), "stalled");
  EXPECT_TRUE(shows("kinetica_connect_task_unhealthy{connector=\"c\",task=\"0\"} 1"));
  task_.state_changed(State::paused, "");
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty()) << "as it was told to";
  clock_.advance(2min);
  task_.state_changed(State::running, "");
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  clock_.advance(2min);
  EXPECT_FALSE(worker_.unhealthy_tasks().empty());
  task_.has_work(false);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
}

TEST_F(WorkerMetricsTest, ATaskThatDoesNotGetStartedIsUnhealthy) {
  clock_.advance(61s);
  EXPECT_THAT(worker_.unhealthy_tasks(), ElementsAre("Task c-0 has been starting for 61000 ms"));
  task_.state_changed(State::unassigned, "Kinetica is away");
  task_.state_changed(State::unassigned, "Kinetica has no table t (yet)");
  EXPECT_THAT(worker_.unhealthy_tasks(),
              ElementsAre("Task c-0 has been waiting for 61000 ms: Kinetica has no table t (yet)"));
  EXPECT_EQ(state(), "waiting");
  EXPECT_TRUE(shows("kinetica_connect_task_unhealthy{connector=\"c\",task=\"0\"} 1"));
  EXPECT_TRUE(shows("kinetica_connect_task_seconds_since_progress{connector=\"c\",task=\"0\"} 61"));
  task_.state_changed(State::running, "");
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  EXPECT_TRUE(shows("kinetica_connect_task_unhealthy{connector=\"c\",task=\"0\"} 0"));
}

TEST_F(WorkerMetricsTest, ARunningTaskThatWaitsForLongIsUnhealthy) {
  task_.state_changed(State::running, "");
  clock_.advance(1h);
  task_.state_changed(State::running, "Kafka is away");
  clock_.advance(59s);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  clock_.advance(1s);
  EXPECT_THAT(worker_.unhealthy_tasks(),
              ElementsAre("Task c-0 has been waiting for 60000 ms: Kafka is away"));
  EXPECT_EQ(state(), "waiting");
  task_.has_work(true);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty()) << "work has only now come up";
  clock_.advance(1min);
  EXPECT_THAT(
      worker_.unhealthy_tasks(),
      ElementsAre("Task c-0 has work and has made no progress for 60000 ms: Kafka is away"));
  EXPECT_EQ(state(), "stalled");
}

TEST_F(WorkerMetricsTest, APausedTaskMayWaitForEver) {
  task_.state_changed(State::paused, "");
  clock_.advance(1h);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty());
  task_.state_changed(State::unassigned, "");
  clock_.advance(59s);
  EXPECT_THAT(worker_.unhealthy_tasks(), IsEmpty()) << "the pause does not count";
}

TEST_F(WorkerMetricsTest, ATaskThatBeginsAgainByItselfIsNotJustFailed) {
  task_.state_changed(State::failed, "Kinetica is away");
  EXPECT_EQ(state(), "failed");
  task_.set_restart_pending();
  EXPECT_EQ(state(), "restarting");
  EXPECT_TRUE(shows("kafka_connect_worker_connector_failed_task_count{connector=\"c\"} 1"));
}

TEST_F(WorkerMetricsTest, RestartsOutliveTheTask) {
  worker_.task_restarted("c", 0);
  const TaskMetrics successor(worker_, "c", 0, ConnectorType::sink);
  EXPECT_TRUE(shows("kinetica_connect_task_restarts_total{connector=\"c\",task=\"0\"} 1"));
}

TEST_F(WorkerMetricsTest, CommitsTellTimeAndOutcome) {
  const std::string group = "kafka_connect_connector_task_offset_commit_";
  EXPECT_TRUE(shows(group + "success_percentage{connector=\"c\",task=\"0\"} 0"));
  EXPECT_TRUE(shows(group + "max_time_ms{connector=\"c\",task=\"0\"} NaN"));
  task_.commit_ended(20ms, true);
  task_.commit_ended(40ms, false);
  EXPECT_TRUE(shows(group + "failure_percentage{connector=\"c\",task=\"0\"} 0.5"));
  EXPECT_TRUE(shows(group + "max_time_ms{connector=\"c\",task=\"0\"} 40"));
  EXPECT_TRUE(shows(
      "kafka_connect_sink_task_offset_commit_completion_total{connector=\"c\",task=\"0\"} 1"));
}

}  // namespace
}  // namespace kc::worker
