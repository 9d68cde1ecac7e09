// The system test of the product document in one process: datapump -> table -> source -> topic ->
// sink -> table, on librdkafka's mock cluster and the embedded server, with the very files that a
// user would write.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/log.h"
#include "base/wait.h"
#include "config/properties.h"
#include "kafka/admin.h"
#include "kafka/mock_cluster.h"
#include "main/commands.h"
#include "main/datapump.h"
#include "main/signals.h"
#include "main/standalone_worker.h"
#include "main/table_comparison.h"
#include "server/server.h"

namespace kc::main {
namespace {

using namespace std::chrono_literals;
using base::Error;
using base::Reaction;
using std::chrono::steady_clock;

constexpr auto start_timeout = 30s;
constexpr auto idle_timeout = 30s;  // without any row arriving
constexpr const char* topic_prefix = "Tweets.";
constexpr const char* table_prefix = "out_";

// A folder that goes when it does.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "kinetica-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw Error(Reaction::fix_config, "No temporary folder can be made as {}", pattern);
    }
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Progress {
  int64_t pumped = 0;
  int64_t published = 0;
  int64_t stored = 0;
};

class Demo {
 public:
  explicit Demo(const DemoOptions& options)
      : options_(options), client_({server_.url(), {}, {}, 10s}), pump_(client_) {}

  int run();

 private:
  void write_files();
  void start_worker();
  bool all_tables_listened_to() const;
  void pump();
  Progress progress();
  void show(const Progress& progress, bool last);
  bool wait_for_rows();
  bool compare();
  void stay_up();

  std::string source_table(size_t i) const { return Datapump::table_names()[i]; }
  std::string topic(size_t i) const { return fmt::format("{}{}", topic_prefix, source_table(i)); }
  std::string sink_table(size_t i) const {
    return fmt::format("{}{}", table_prefix, source_table(i));
  }
  double seconds() const {
    return std::chrono::duration<double>(steady_clock::now() - started_).count();
  }

  const DemoOptions options_;
  TemporaryFolder folder_;
  server::Server server_{server::ServerOptions{}};
  kafka::MockCluster kafka_;
  kinetica::Client client_;
  Datapump pump_;
  std::unique_ptr<StandaloneWorker> worker_;
  std::unique_ptr<kafka::Admin> admin_;
  int64_t pumped_ = 0;
  steady_clock::time_point started_;
};

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

void Demo::write_files() {
  const std::string schemas = options_.schemas ? "true" : "false";
  std::string tables;
  std::string topics;
  for (size_t i = 0; i < Datapump::table_names().size(); ++i) {
    if (i > 0) {
      tables += ',';
      topics += ',';
    }
    tables += source_table(i);
    topics += topic(i);
  }
  write_file(
      folder_.path() / "connect-standalone.properties",
      "bootstrap.servers = " + kafka_.bootstrap_servers() +
          "\noffset.storage.file.filename = " + (folder_.path() / "connect.offsets").string() +
          "\noffset.flush.interval.ms = 5000\nlisteners = http://127.0.0.1:0\n"
          "key.converter = org.apache.kafka.connect.json.JsonConverter\n"
          "key.converter.schemas.enable = " +
          schemas +
          "\nvalue.converter = org.apache.kafka.connect.json.JsonConverter\n"
          "value.converter.schemas.enable = " +
          schemas +
          "\n# The embedded broker answers an empty fetch only after this time.\n"
          "consumer.fetch.max.wait.ms = 10\n");
  write_file(folder_.path() / "source.properties",
             "name = TwitterSourceConnector\n"
             "connector.class = com.kinetica.kafka.KineticaSourceConnector\ntasks.max = 1\n"
             "kinetica.url = " +
                 server_.url() + "\nkinetica.table_names = " + tables +
                 "\nkinetica.timeout = 1000\nkinetica.topic_prefix = " + topic_prefix + "\n");
  write_file(folder_.path() / "sink.properties",
             "name = TwitterSinkConnector\ntopics = " + topics +
                 "\nconnector.class = com.kinetica.kafka.KineticaSinkConnector\ntasks.max = 1\n"
                 "kinetica.url = " +
                 server_.url() + "\nkinetica.collection_name = TEST\nkinetica.table_prefix = " +
                 table_prefix + "\nkinetica.timeout = 1000\nkinetica.batch_size = 100\n");
}

bool Demo::all_tables_listened_to() const {
  return std::ranges::all_of(Datapump::table_names(), [&](const std::string& table) {
    return server_.subscribers(table) > 0;
  });
}

void Demo::start_worker() {
  for (size_t i = 0; i < Datapump::table_names().size(); ++i) {
    pump_.create_table(source_table(i));
    kafka_.create_topic(topic(i), 1);
  }
  write_files();
  worker_ = std::make_unique<StandaloneWorker>(
      config::read_properties(folder_.path() / "connect-standalone.properties"),
      std::vector<NewConnector>{config::read_connector_file(folder_.path() / "source.properties"),
                                config::read_connector_file(folder_.path() / "sink.properties")});
  admin_ = std::make_unique<kafka::Admin>(
      config::Properties{{"bootstrap.servers", kafka_.bootstrap_servers()}});
  // A monitor does not tell what came before it: rows are pumped once both tables are listened to.
  const auto deadline = steady_clock::now() + start_timeout;
  while (!all_tables_listened_to()) {
    const auto status = worker_->herder().connector_status("TwitterSourceConnector");
    if (status->tasks[0].state == worker::State::failed || steady_clock::now() > deadline) {
      throw Error(Reaction::fail_task, "The source does not start: {}", status->tasks[0].trace);
    }
    base::wait_unless_stopped({}, 5ms);
  }
}

Progress Demo::progress() {
  Progress result;
  result.pumped = pumped_;
  for (size_t i = 0; i < Datapump::table_names().size(); ++i) {
    result.published += admin_->end_offset(topic(i), 0, 5s);
    if (client_.find_table(sink_table(i))) result.stored += client_.count_records(sink_table(i));
  }
  return result;
}

void Demo::show(const Progress& progress, bool last) {
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  if (!terminal) return;
  std::printf("\r  pumped %lld   published %lld   stored %lld   %.1f s%s",
              static_cast<long long>(progress.pumped), static_cast<long long>(progress.published),
              static_cast<long long>(progress.stored), seconds(), last ? "\n" : "");
  std::fflush(stdout);
}

void Demo::pump() {
  auto shown = steady_clock::now();
  for (uint32_t batch = 0; batch < options_.batches; ++batch) {
    for (size_t i = 0; i < Datapump::table_names().size(); ++i) {
      pump_.insert(source_table(i), options_.batch_size);
      pumped_ += options_.batch_size;
    }
    if (steady_clock::now() - shown > 100ms) {
      show(progress(), false);
      shown = steady_clock::now();
    }
  }
}

bool Demo::wait_for_rows() {
  Progress last = progress();
  auto moved = steady_clock::now();
  while (last.stored < pumped_ && steady_clock::now() - moved < idle_timeout) {
    for (const std::string& name : worker_->herder().connector_names()) {
      const auto status = worker_->herder().connector_status(name);
      if (status->tasks[0].state == worker::State::failed) {
        show(last, true);
        std::printf("\n%s has failed: %s\n", name.c_str(), status->tasks[0].trace.c_str());
        return false;
      }
    }
    base::wait_unless_stopped({}, 20ms);
    const Progress now = progress();
    if (now.published != last.published || now.stored != last.stored) moved = steady_clock::now();
    last = now;
    show(last, false);
  }
  show(last, true);
  return true;
}

bool Demo::compare() {
  std::printf("\n  %-22s %-28s %-26s %8s %8s  %s\n", "source table", "topic", "sink table", "rows",
              "columns", "result");
  bool equal = true;
  for (size_t i = 0; i < Datapump::table_names().size(); ++i) {
    const TableComparison comparison = compare_tables(client_, source_table(i), sink_table(i));
    equal = equal && !comparison.difference && comparison.rows > 0;
    std::printf("  %-22s %-28s %-26s %8lld %8lld  %s\n", source_table(i).c_str(), topic(i).c_str(),
                sink_table(i).c_str(), static_cast<long long>(comparison.rows),
                static_cast<long long>(comparison.columns),
                comparison.difference.value_or("equal").c_str());
  }
  return equal;
}

void Demo::stay_up() {
  std::printf(
      "\nStill up (Ctrl-C ends it):\n"
      "  Kinetica  %s\n  Kafka     %s\n  REST API  %s\n\nLook around:\n"
      "  curl %s/connectors/TwitterSinkConnector/status\n"
      "  kcat -b %s -C -t %s -o beginning -c 3\n"
      "  curl -s -H 'Content-Type: application/json' %s/get/records -d "
      "'{\"table_name\":\"%s\",\"offset\":0,\"limit\":3,\"encoding\":\"json\",\"options\":{}}'\n",
      server_.url().c_str(), kafka_.bootstrap_servers().c_str(), worker_->url().c_str(),
      worker_->url().c_str(), kafka_.bootstrap_servers().c_str(), topic(0).c_str(),
      server_.url().c_str(), sink_table(0).c_str());
  std::fflush(stdout);
  wait_for_signal();
}

int Demo::run() {
  std::printf(
      "Kinetica table -> Kafka topic -> Kinetica table, JSON %s schemas,\n"
      "on an embedded broker and an embedded Kinetica-compatible server.\n\n",
      options_.schemas ? "with" : "without");
  std::fflush(stdout);
  start_worker();
  started_ = steady_clock::now();
  pump();
  const bool complete = wait_for_rows();
  const double took = seconds();
  const bool equal = complete && compare();
  const Progress end = progress();
  std::printf("\n  %-12s %-12s %-12s %s\n  %-12lld %-12lld %-12lld %.2f\n\n%s\n", "pumped",
              "published", "stored", "seconds", static_cast<long long>(end.pumped),
              static_cast<long long>(end.published), static_cast<long long>(end.stored), took,
              equal ? "All rows are equal in every column."
                    : "The tables differ: see above, and the log on standard error.");
  std::fflush(stdout);
  if (options_.keep) stay_up();
  worker_->stop();
  return equal ? 0 : 1;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  // A demo that is not to stay up has nothing to finish: Ctrl-C ends it at once.
  if (!options.keep) unblock_signals();
  if (base::log_level() == base::LogLevel::info) base::set_log_level(base::LogLevel::warn);
  return Demo(options).run();
}

}  // namespace kc::main
