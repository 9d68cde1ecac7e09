#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "metrics/exposure.h"
#include "metrics/process_metrics.h"
#include "metrics/registry.h"

namespace kc::metrics {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class HandClock : public base::Clock {
 public:
  steady_time now() const override { return now_; }
  void advance(std::chrono::milliseconds time) { now_ += time; }

 private:
  steady_time now_{1h};
};

// ---- The table ----

TEST(MetricTable, NamesAreUniqueAndPrometheusTakesThem) {
  std::set<std::string> names;
  for (const Declaration& declaration : metric_table()) {
    EXPECT_FALSE(declaration.help.empty()) << declaration.name;
    for (const Exposure& exposure : exposures(declaration)) {
      EXPECT_THAT(exposure.name, testing::MatchesRegex("[a-z_][a-z0-9_]*"));
      for (const auto& label : exposure.labels) {
        EXPECT_THAT(label, testing::MatchesRegex("[a-zA-Z_][a-zA-Z0-9_]*"));
      }
      // Texts of one object share a name and differ in the label.
      if (declaration.kind != Kind::text) {
        const std::string identity = exposure.name + "(" + std::string(declaration.labels);
        EXPECT_TRUE(names.insert(identity).second) << exposure.name;
      }
    }
  }
}

TEST(MetricTable, ConnectMetricsAppearInBothDialects) {
  const auto names = exposures(*find_metric("sink-task-metrics", "sink-record-send-total"));
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].name, "kafka_connect_sink_task_sink_record_send_total");
  EXPECT_EQ(names[1].name, "kafka_connect_sink_task_metrics_sink_record_send_total");
  const auto worker = exposures(*find_metric("connect-worker-metrics", "connector-count"));
  EXPECT_EQ(worker[0].name, "kafka_connect_worker_connector_count");
  EXPECT_EQ(worker[1].name, "kafka_connect_connect_worker_metrics_connector_count");
  EXPECT_EQ(worker[1].fixed_value, "aggregate");
}

// ---- Exposition ----

TEST(Samples, WriteTheTextFormat) {
  Samples samples;
  samples.add("", "kinetica_connect_task_restarts_total", {"b", "0"}, 3);
  samples.add("", "kinetica_connect_task_restarts_total", {"a", "1"}, 2.5);
  samples.add("", "process_threads", {}, 12345678);
  EXPECT_EQ(samples.text(),
            "# HELP kinetica_connect_task_restarts_total Restarts of the task by the worker after "
            "a failure (task.restart.enable)\n"
            "# TYPE kinetica_connect_task_restarts_total counter\n"
            "kinetica_connect_task_restarts_total{connector=\"a\",task=\"1\"} 2.5\n"
            "kinetica_connect_task_restarts_total{connector=\"b\",task=\"0\"} 3\n"
            "# HELP process_threads Threads\n"
            "# TYPE process_threads gauge\n"
            "process_threads 12345678\n");
}

TEST(Samples, TextsBecomeLabelsAndShareAName) {
  Samples samples;
  samples.add("connector-metrics", "status", {"c"}, "running");
  samples.add("connector-metrics", "connector-type", {"c"}, "sink");
  samples.add("connector-task-metrics", "status", {"c", "0"}, "failed");
  const std::string text = samples.text();
  EXPECT_THAT(
      text, HasSubstr("# TYPE kafka_connect_connector_metrics gauge\n"
                      "kafka_connect_connector_metrics{connector=\"c\",connector_type=\"sink\"} 1\n"
                      "kafka_connect_connector_metrics{connector=\"c\",status=\"running\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("kafka_connect_connector_status"
                              "{connector=\"c\",task=\"0\",status=\"failed\"} 1\n"));
}

TEST(Samples, StartTimeIsSecondsForJmxExporter) {
  Samples samples;
  samples.add("app-info", "start-time-ms", {"h:8083"}, 1500);
  EXPECT_THAT(samples.text(), HasSubstr("kafka_connect_start_time_seconds"
                                        "{clientId=\"h:8083\"} 1.5\n"));
}

TEST(Samples, OfTwoWithTheSameLabelsTheLatestCounts) {
  Samples samples;
  samples.add("", "process_threads", {}, 1);
  samples.add("", "process_threads", {}, 2);
  EXPECT_THAT(samples.text(), testing::EndsWith("gauge\nprocess_threads 2\n"));
}

TEST(Samples, LabelsAreEscaped) {
  Samples samples;
  samples.add("", "kinetica_connect_task_restarts_total", {"a\\b\"c\nd", "0"}, 1);
  EXPECT_THAT(samples.text(), HasSubstr("{connector=\"a\\\\b\\\"c\\nd\",task=\"0\"} 1\n"));
}

TEST(Samples, WhatIsNotThereIsNaN) {
  Samples samples;
  samples.add("sink-task-metrics", "put-batch-avg-time-ms", {"c", "0"}, std::nan(""));
  EXPECT_THAT(samples.text(), HasSubstr("{connector=\"c\",task=\"0\"} NaN\n"));
}

TEST(Samples, HistogramsAreCumulative) {
  Histogram histogram;
  histogram.observe(5ms);
  histogram.observe(700ms);
  histogram.observe(1000s);
  Samples samples;
  samples.add("", "kinetica_connect_sink_latency_seconds", {"c", "0"}, histogram);
  const std::string text = samples.text();
  const std::string name = "kinetica_connect_sink_latency_seconds";
  const std::string task = "{connector=\"c\",task=\"0\"";
  EXPECT_THAT(text, HasSubstr("# TYPE " + name + " histogram\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket" + task + ",le=\"0.005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket" + task + ",le=\"0.5\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket" + task + ",le=\"1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket" + task + ",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(name + "_sum" + task + "} 1000.705\n"));
  EXPECT_THAT(text, HasSubstr(name + "_count" + task + "} 3\n"));
}

TEST(Histogram, EachRecordOfABatchIsAnObservation) {
  Instants<std::chrono::milliseconds> begun;
  for (const auto at : {1000ms, 1000ms, 1000ms, 2000ms, 1000ms, 9000ms}) begun.add(at);
  EXPECT_EQ(begun.runs().size(), 4U);
  Histogram histogram;
  histogram.observe_since(begun, 2500ms);
  std::array<uint64_t, Histogram::bounds.size() + 1> expected{};
  expected[0] = 1;  // to come: another machine's clock
  expected[6] = 1;  // 500 ms
  expected[8] = 4;  // 1500 ms
  EXPECT_EQ(histogram.counts(), expected);
  EXPECT_DOUBLE_EQ(histogram.sum(), 4 * 1.5 + 0.5);
  begun.clear();
  histogram.observe_since(begun, 2500ms);
  EXPECT_EQ(histogram.counts(), expected);
}

TEST(Histogram, ATimestampMayBeAnything) {
  Instants<std::chrono::milliseconds> begun;
  begun.add(std::chrono::milliseconds::max());
  begun.add(std::chrono::milliseconds(0));
  Histogram histogram;
  histogram.observe_since(begun, 1'700'000'000s);
  EXPECT_EQ(histogram.counts().front(), 1U);
  EXPECT_EQ(histogram.counts().back(), 1U);
}

TEST(Samples, WhatTheTableDoesNotDeclareCannotBeShown) {
  Samples samples;
  EXPECT_THROW(samples.add("", "unheard_of", {}, 1), std::logic_error);
  EXPECT_THROW(samples.add("", "process_threads", {"label"}, 1), std::logic_error);
  EXPECT_THROW(samples.add("", "process_threads", {}, "text"), std::logic_error);
  EXPECT_THROW(samples.add("", "process_threads", {}, Histogram()), std::logic_error);
}

TEST(Registry, SourcesGoWithTheirRegistration) {
  struct Threads : Source {
    explicit Threads(Registry& registry) : registration(registry, *this) {}
    void collect(Samples& to) const override { to.add("", "process_threads", {}, 7); }
    Registration registration;
  };
  Registry registry;
  std::optional<Threads> threads(registry);
  EXPECT_THAT(registry.text(), HasSubstr("process_threads 7\n"));
  threads.reset();
  EXPECT_EQ(registry.text(), "");
}

TEST(ProcessMetrics, TellAllOfThem) {
  Registry registry;
  const ProcessMetrics process(registry);
  const std::string text = registry.text();
  for (const Declaration& declaration : metric_table()) {
    if (!declaration.name.starts_with("process_")) continue;
    EXPECT_THAT(text, HasSubstr("\n" + std::string(declaration.name) + " "));
    EXPECT_THAT(text, Not(HasSubstr("\n" + std::string(declaration.name) + " 0\n")));
  }
}

// ---- Instruments ----

class SampledStatisticTest : public testing::Test {
 protected:
  HandClock clock_;
  SampledStatistic statistic_{{.length = 30s, .count = 2}, clock_};
};

TEST_F(SampledStatisticTest, NothingIsNaNAndARateOfZero) {
  EXPECT_TRUE(std::isnan(statistic_.average()));
  EXPECT_TRUE(std::isnan(statistic_.max()));
  EXPECT_EQ(statistic_.rate(), 0);
}

TEST_F(SampledStatisticTest, AverageAndMaximumAreOfTheLastWindows) {
  statistic_.record(10);
  clock_.advance(30s);
  statistic_.record(-2);
  statistic_.record(4);
  EXPECT_EQ(statistic_.max(), 10);
  EXPECT_EQ(statistic_.average(), 4);
  clock_.advance(30s);  // the first window is over 60 s old
  EXPECT_EQ(statistic_.max(), 4);
  EXPECT_EQ(statistic_.average(), 1);
  clock_.advance(30s);
  EXPECT_TRUE(std::isnan(statistic_.max()));
}

TEST_F(SampledStatisticTest, MaximumMayBeNegative) {
  statistic_.record(-3);
  EXPECT_EQ(statistic_.max(), -3);
}

// As Kafka's Rate: one full window is assumed before the current one.
TEST_F(SampledStatisticTest, RateDoesNotLeapAtTheBeginning) {
  statistic_.record(300);
  EXPECT_EQ(statistic_.rate(), 10);
  clock_.advance(15s);
  EXPECT_DOUBLE_EQ(statistic_.rate(), 300.0 / 45);
  clock_.advance(20s);
  statistic_.record(700);
  EXPECT_DOUBLE_EQ(statistic_.rate(), 1000.0 / 35);
}

TEST(SampledStatistic, IsReadWhileAnotherThreadRecords) {
  const base::Clock clock;
  SampledStatistic statistic({.length = 1ms, .count = 2}, clock);
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const double max = statistic.max();
      EXPECT_TRUE(std::isnan(max) || max == 5) << max;
    }
  });
  for (int i = 0; i < 100'000; ++i) statistic.record(5);
}

TEST(Counter, CountsFromSeveralThreads) {
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 10'000; ++k) counter.add();
      });
    }
  }
  EXPECT_EQ(counter.value(), 40'000u);
}

}  // namespace
}  // namespace kc::metrics
