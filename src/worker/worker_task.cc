#include "worker/worker_task.h"

#include <algorithm>
#include <system_error>

#include "base/clock.h"
#include "base/log.h"
#include "worker/sink_pipeline.h"
#include "worker/source_pipeline.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using connect::ConverterRole;

const base::Clock& system_clock() {
  static const base::Clock clock;
  return clock;
}

// Twice this, for the last flush and the last commit, fits into the time that a stop may take.
constexpr std::chrono::milliseconds commit_timeout_max{3000};

ConverterStep make_converter(const WorkerTask::Settings& settings, ConverterRole role) {
  const std::string role_name(connect::role_name(role));
  const ConverterChoice choice =
      choose_converter(settings.worker, settings.connector_properties, role_name);
  const auto* plugin = settings.plugins.find_converter(choice.class_name);
  if (plugin == nullptr) {
    throw Error(Reaction::fix_config, "{}.converter = {}: this converter is not known", role_name,
                choice.class_name);
  }
  for (const std::string& note : choice.notes) base::log_info("{}", note);
  return {plugin->create(choice.settings, role), plugin->class_name};
}

}  // namespace

WorkerTask::WorkerTask(Settings settings, bool paused, TaskProgress::Listener listener,
                       TaskProgress::TopicListener topic_listener)
    : settings_(std::move(settings)),
      metrics_(settings_.metrics, settings_.connector_properties.get("name"), settings_.id,
               settings_.connector.type()),
      progress_(
          [this, listener = std::move(listener)](State state, std::string trace) {
            // What a task waits for stands in its trace.
            metrics_.state_changed(state, trace);
            listener(state, std::move(trace));
          },
          std::move(topic_listener)) {
  progress_.set_paused(paused);
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      run(stop);
      ended_ = true;
    });
  } catch (const std::system_error& error) {
    start_failure_ = trace_of(
        Error(Reaction::fail_task,
              "The task's thread cannot be started: {}. Hint: raise the limit of threads (ulimit "
              "-u, the pids limit of the container), or run fewer tasks",
              error.what()));
    metrics_.state_changed(State::failed, *start_failure_);
    ended_ = true;
  }
}

void WorkerTask::run(const std::stop_token& stop) {
  const base::LogContext context(
      fmt::format("[{}|task-{}]", settings_.connector_properties.get("name"), settings_.id));
  try {
    progress_.wait_while_paused(stop);
    if (!stop.stop_requested()) run_pipeline(stop);
    base::log_info("The task has ended");
  } catch (const Error& error) {
    restart_may_help_ = error.reaction() != Reaction::fix_config;
    base::log_error(
        "Task threw an uncaught and unrecoverable exception. Task is being killed and will not "
        "recover until manually restarted: {}",
        error.what());
    progress_.report(State::failed, trace_of(error));
  } catch (const std::exception& error) {
    base::log_error("The task failed: {}", error.what());
    progress_.report(
        State::failed,
        std::string("org.apache.kafka.connect.errors.ConnectException: ") + error.what());
  }
}

void WorkerTask::run_pipeline(const std::stop_token& stop) {
  const Properties& connector = settings_.connector_properties;
  const WorkerConfig& worker = settings_.worker;
  const bool is_sink = settings_.connector.type() == connect::ConnectorType::sink;
  RecordSteps steps{make_converter(settings_, ConverterRole::key),
                    make_converter(settings_, ConverterRole::value),
                    make_converter(settings_, ConverterRole::header),
                    TransformationChain(settings_.plugins, connector)};
  const ErrorPolicy errors = ErrorPolicy::of(connector, is_sink);
  if (is_sink) {
    SinkPipelineSettings settings;
    settings.consumer = sink_consumer_properties(worker, connector, settings_.id);
    settings.topics = config::split_list(connector.get("topics"));
    settings.topics_regex = connector.get("topics.regex");
    settings.batch_records_max = max_poll_records(settings.consumer);
    settings.commit_interval = worker.offset_flush_interval;
    settings.commit_timeout = std::min(worker.offset_flush_timeout, commit_timeout_max);
    settings.errors = {errors, connector.get("name"), settings_.id,
                       dead_letter_producer_properties(worker, connector, settings_.id),
                       connector_admin_properties(worker, connector)};
    SinkPipeline(std::move(settings), std::move(steps),
                 settings_.connector.create_sink_task(settings_.task_properties), progress_,
                 metrics_, system_clock())
        .run(stop);
  } else {
    SourcePipelineSettings settings;
    settings.producer = source_producer_properties(worker, connector, settings_.id);
    settings.commit_interval = worker.offset_flush_interval;
    settings.commit_timeout = std::min(worker.offset_flush_timeout, commit_timeout_max);
    settings.errors = errors;
    if (worker.topic_creation) {
      settings.topic_creation = connector;
      settings.admin = connector_admin_properties(worker, connector);
    }
    settings.task_name = fmt::format("{}-{}", connector.get("name"), settings_.id);
    SourcePipeline(std::move(settings), std::move(steps),
                   settings_.connector.create_source_task(settings_.task_properties),
                   ConnectorOffsets(settings_.offsets, connector.get("name")), progress_, metrics_,
                   system_clock())
        .run(stop);
  }
}

}  // namespace kc::worker
