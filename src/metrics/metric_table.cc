#include "metrics/metric_table.h"

#include <algorithm>
#include <array>

namespace kc::metrics {
namespace {

constexpr std::string_view task = "connector,task";
constexpr std::string_view partition = "client-id,topic,partition";
constexpr std::string_view broker = "client-id,broker";
using enum Kind;

constexpr Declaration table[] = {
    // ---- The worker ----
    {"app-info", "version", text, "client-id", "", "Version of this program"},
    {"app-info", "commit-id", text, "client-id", "", "Commit that this program was built from"},
    {"app-info", "start-time-ms", gauge, "client-id", "ms",
     "When the worker was started, since 1970"},

    {"connect-worker-metrics", "connector-count", gauge, "", "connectors",
     "Connectors that run in this worker"},
    {"connect-worker-metrics", "task-count", gauge, "", "tasks", "Tasks that run in this worker"},
    {"connect-worker-metrics", "connector-startup-attempts-total", counter, "", "connectors",
     "Connectors that this worker has tried to start"},
    {"connect-worker-metrics", "connector-startup-success-total", counter, "", "connectors",
     "Connectors that started"},
    {"connect-worker-metrics", "connector-startup-success-percentage", gauge, "", "ratio",
     "Share of connector starts that succeeded, 0 to 1"},
    {"connect-worker-metrics", "connector-startup-failure-total", counter, "", "connectors",
     "Connectors that failed to start"},
    {"connect-worker-metrics", "connector-startup-failure-percentage", gauge, "", "ratio",
     "Share of connector starts that failed, 0 to 1"},
    {"connect-worker-metrics", "task-startup-attempts-total", counter, "", "tasks",
     "Tasks that this worker has tried to start"},
    {"connect-worker-metrics", "task-startup-success-total", counter, "", "tasks",
     "Tasks that started"},
    {"connect-worker-metrics", "task-startup-success-percentage", gauge, "", "ratio",
     "Share of task starts that succeeded, 0 to 1"},
    {"connect-worker-metrics", "task-startup-failure-total", counter, "", "tasks",
     "Tasks that failed to start"},
    {"connect-worker-metrics", "task-startup-failure-percentage", gauge, "", "ratio",
     "Share of task starts that failed, 0 to 1"},

    {"connect-worker-metrics", "connector-total-task-count", gauge, "connector", "tasks",
     "Tasks of the connector"},
    {"connect-worker-metrics", "connector-running-task-count", gauge, "connector", "tasks",
     "Running tasks of the connector"},
    {"connect-worker-metrics", "connector-paused-task-count", gauge, "connector", "tasks",
     "Paused tasks of the connector"},
    {"connect-worker-metrics", "connector-failed-task-count", gauge, "connector", "tasks",
     "Failed tasks of the connector"},
    {"connect-worker-metrics", "connector-unassigned-task-count", gauge, "connector", "tasks",
     "Tasks of the connector that have not started, perhaps because what they need is away"},
    {"connect-worker-metrics", "connector-destroyed-task-count", gauge, "connector", "tasks",
     "Destroyed tasks of the connector"},
    {"connect-worker-metrics", "connector-restarting-task-count", gauge, "connector", "tasks",
     "Restarting tasks of the connector"},

    {"connector-metrics", "connector-class", text, "connector", "",
     "Java class name of the connector"},
    {"connector-metrics", "connector-type", text, "connector", "", "source or sink"},
    {"connector-metrics", "connector-version", text, "connector", "", "Version of the connector"},
    {"connector-metrics", "status", text, "connector", "",
     "State of the connector: running, paused, stopped, failed or unassigned"},

    // ---- Tasks ----
    {"connector-task-metrics", "status", text, task, "",
     "State of the task: running, paused, failed, unassigned, restarting or destroyed"},
    {"connector-task-metrics", "running-ratio", gauge, task, "ratio",
     "Share of the task's life that it was running, 0 to 1"},
    {"connector-task-metrics", "pause-ratio", gauge, task, "ratio",
     "Share of the task's life that it was paused, 0 to 1"},
    {"connector-task-metrics", "batch-size-max", gauge, task, "records",
     "Largest batch given to the task's put, or taken from its poll, of late"},
    {"connector-task-metrics", "batch-size-avg", gauge, task, "records",
     "Average of those batches of late"},
    {"connector-task-metrics", "offset-commit-max-time-ms", gauge, task, "ms",
     "Longest time that committing offsets took of late"},
    {"connector-task-metrics", "offset-commit-avg-time-ms", gauge, task, "ms",
     "Average time that committing offsets took of late"},
    {"connector-task-metrics", "offset-commit-success-percentage", gauge, task, "ratio",
     "Share of offset commits that succeeded of late, 0 to 1"},
    {"connector-task-metrics", "offset-commit-failure-percentage", gauge, task, "ratio",
     "Share of offset commits that failed of late, 0 to 1"},

    {"sink-task-metrics", "sink-record-read-rate", gauge, task, "records/s",
     "Records read from Kafka a second, before transformations"},
    {"sink-task-metrics", "sink-record-read-total", counter, task, "records",
     "Records read from Kafka, before transformations"},
    {"sink-task-metrics", "sink-record-send-rate", gauge, task, "records/s",
     "Records given to the sink a second, after transformations"},
    {"sink-task-metrics", "sink-record-send-total", counter, task, "records",
     "Records given to the sink, after transformations"},
    {"sink-task-metrics", "sink-record-lag-max", gauge, task, "records",
     "Most records of a partition that were read and whose offsets were not committable at the "
     "last commit"},
    {"sink-task-metrics", "partition-count", gauge, task, "partitions",
     "Topic partitions assigned to the task"},
    {"sink-task-metrics", "offset-commit-seq-no", gauge, task, "",
     "Number of the latest offset commit"},
    {"sink-task-metrics", "offset-commit-completion-rate", gauge, task, "commits/s",
     "Offset commits completed a second"},
    {"sink-task-metrics", "offset-commit-completion-total", counter, task, "commits",
     "Offset commits completed"},
    {"sink-task-metrics", "offset-commit-skip-rate", gauge, task, "commits/s",
     "Offset commits a second whose answer came too late"},
    {"sink-task-metrics", "offset-commit-skip-total", counter, task, "commits",
     "Offset commits whose answer came too late"},
    {"sink-task-metrics", "put-batch-max-time-ms", gauge, task, "ms",
     "Longest time that the sink took to take a batch of late"},
    {"sink-task-metrics", "put-batch-avg-time-ms", gauge, task, "ms",
     "Average time that the sink took to take a batch of late"},
    {"sink-task-metrics", "sink-record-active-count", gauge, task, "records",
     "Records that were read and not yet committable at the last commit"},
    {"sink-task-metrics", "sink-record-active-count-max", gauge, task, "records",
     "Most of those of late"},
    {"sink-task-metrics", "sink-record-active-count-avg", gauge, task, "records",
     "Average of those of late"},

    {"source-task-metrics", "source-record-poll-rate", gauge, task, "records/s",
     "Records that the source gave a second, before transformations"},
    {"source-task-metrics", "source-record-poll-total", counter, task, "records",
     "Records that the source gave, before transformations"},
    {"source-task-metrics", "source-record-write-rate", gauge, task, "records/s",
     "Records acknowledged by Kafka a second"},
    {"source-task-metrics", "source-record-write-total", counter, task, "records",
     "Records acknowledged by Kafka"},
    {"source-task-metrics", "poll-batch-max-time-ms", gauge, task, "ms",
     "Longest time that the source took to give a batch of late"},
    {"source-task-metrics", "poll-batch-avg-time-ms", gauge, task, "ms",
     "Average time that the source took to give a batch of late"},
    {"source-task-metrics", "source-record-active-count", gauge, task, "records",
     "Records that the source gave and Kafka has not yet acknowledged"},
    {"source-task-metrics", "source-record-active-count-max", gauge, task, "records",
     "Most of those of late"},
    {"source-task-metrics", "source-record-active-count-avg", gauge, task, "records",
     "Average of those of late"},

    {"source-task-metrics", "transaction-size-min", gauge, task, "records",
     "Smallest transaction of late; transactions are not used"},
    {"source-task-metrics", "transaction-size-max", gauge, task, "records",
     "Largest transaction of late; transactions are not used"},
    {"source-task-metrics", "transaction-size-avg", gauge, task, "records",
     "Average transaction of late; transactions are not used"},

    {"task-error-metrics", "total-record-failures", counter, task, "records",
     "Failed attempts to process a record"},
    {"task-error-metrics", "total-record-errors", counter, task, "records",
     "Records that could not be processed, after all attempts"},
    {"task-error-metrics", "total-records-skipped", counter, task, "records",
     "Records skipped because of errors"},
    {"task-error-metrics", "total-retries", counter, task, "attempts",
     "Attempts to process a record again"},
    {"task-error-metrics", "total-errors-logged", counter, task, "records",
     "Errors of records that were logged (errors.log.enable)"},
    {"task-error-metrics", "deadletterqueue-produce-requests", counter, task, "records",
     "Records given to the dead letter queue"},
    {"task-error-metrics", "deadletterqueue-produce-failures", counter, task, "records",
     "Records that the dead letter queue's topic did not take"},
    {"task-error-metrics", "last-error-timestamp", gauge, task, "ms",
     "When a record could not be processed last, since 1970; 0: never"},

    // ---- Kafka's clients, as Java's ----
    {"consumer-fetch-manager-metrics", "records-lag", gauge, partition, "records",
     "Records of the partition that the task has not read yet"},
    {"consumer-fetch-manager-metrics", "records-lag-max", gauge, "client-id", "records",
     "Largest records-lag of the consumer's partitions"},

    // ---- Supervision and latency: ours ----
    {"", "kinetica_connect_task_state", gauge, "connector,task,state", "",
     "1 for the state that the task is in, 0 for the others: starting, waiting (for Kafka or "
     "Kinetica to come back), running, stalled (work and no progress for task.stall.timeout.ms), "
     "paused, "
     "failed, restarting (after a failure), stopped"},
    {"", "kinetica_connect_task_unhealthy", gauge, task, "",
     "1 while the task has for task.stall.timeout.ms had work and made no progress, or waited, at "
     "its start or later; /health then answers 500"},
    {"", "kinetica_connect_task_seconds_since_progress", gauge, task, "seconds",
     "How long the task has had work without progress or, where no work is known, has been "
     "starting or waiting for Kafka or Kinetica; else 0"},
    {"", "kinetica_connect_task_restarts_total", counter, task, "restarts",
     "Restarts of the task by the worker after a failure (task.restart.enable)"},
    {"", "kinetica_connect_sink_latency_seconds", histogram, task, "seconds",
     "From a record's timestamp until Kinetica has acknowledged its row; records without a "
     "timestamp do not count"},
    {"", "kinetica_connect_source_latency_seconds", histogram, task, "seconds",
     "From a row's arrival from the table monitor until Kafka has acknowledged its record"},

    // ---- Kinetica: ours ----
    {"", "kinetica_connect_sink_inserts_total", counter, task, "batches",
     "Batches of rows that Kinetica acknowledged"},
    {"", "kinetica_connect_sink_rows_inserted_total", counter, task, "rows",
     "Rows that Kinetica inserted"},
    {"", "kinetica_connect_sink_rows_updated_total", counter, task, "rows",
     "Rows that replaced one with the same primary key"},
    {"", "kinetica_connect_sink_rows_deleted_total", counter, task, "rows",
     "Rows that Kinetica deleted for records without value (kinetica.delete_enabled)"},
    {"", "kinetica_connect_sink_rows_refused_total", counter, task, "rows",
     "Rows that Kinetica refused one by one"},
    {"", "kinetica_connect_sink_insert_bytes_total", counter, task, "bytes",
     "Encoded rows that Kinetica acknowledged"},
    {"", "kinetica_connect_sink_insert_retries_total", counter, task, "attempts",
     "Inserts that were tried again"},
    {"", "kinetica_connect_sink_insert_seconds", histogram, task, "seconds",
     "How long one insert took, failed ones included"},
    {"", "kinetica_connect_sink_database_unavailable", gauge, task, "",
     "1 while inserts wait because Kinetica cannot take them"},

    {"", "kinetica_connect_source_rows_received_total", counter, task, "rows",
     "Rows that came from table monitors"},
    {"", "kinetica_connect_source_rows_read_total", counter, task, "rows",
     "Rows that were read from tables and sent: those that were there before, or that no table "
     "monitor delivered"},
    {"", "kinetica_connect_source_database_unavailable", gauge, task, "",
     "1 while the connection to the table monitors is lost"},
    {"", "kinetica_connect_source_gap_possible_timestamp_seconds", gauge, task, "seconds",
     "Since when, in seconds since 1970, rows may be missing in Kafka because no table monitor was "
     "connected and a table has no kinetica.incrementing_column, or that began low again; 0: none "
     "are. Stays until the task "
     "is restarted"},

    // ---- Kafka's clients: librdkafka's own statistics ----
    {"", "kinetica_connect_consumer_committed_lag", gauge, partition, "records",
     "Records of the partition whose offsets are not committed yet"},
    {"", "rdkafka_broker_up", gauge, broker, "", "1 while connected to the broker"},
    {"", "rdkafka_broker_rtt_avg_seconds", gauge, broker, "seconds",
     "Average round trip of requests to the broker"},
    {"", "rdkafka_broker_rtt_p99_seconds", gauge, broker, "seconds",
     "99th percentile of those round trips"},
    {"", "rdkafka_broker_tx_bytes_total", counter, broker, "bytes", "Bytes sent to the broker"},
    {"", "rdkafka_broker_rx_bytes_total", counter, broker, "bytes",
     "Bytes received from the broker"},
    {"", "rdkafka_broker_tx_errors_total", counter, broker, "errors",
     "Requests that could not be sent"},
    {"", "rdkafka_broker_rx_errors_total", counter, broker, "errors",
     "Answers that could not be read"},
    {"", "rdkafka_broker_tx_retries_total", counter, broker, "requests",
     "Requests that were sent again"},
    {"", "rdkafka_broker_request_timeouts_total", counter, broker, "requests",
     "Requests without an answer in time"},
    {"", "rdkafka_broker_connects_total", counter, broker, "connections", "Attempts to connect"},
    {"", "rdkafka_broker_disconnects_total", counter, broker, "connections", "Lost connections"},
    {"", "rdkafka_broker_queued_requests", gauge, broker, "requests",
     "Requests that wait to be sent"},
    {"", "rdkafka_broker_requests_in_flight", gauge, broker, "requests",
     "Requests whose answer is awaited"},
    {"", "rdkafka_consumer_fetch_queue_messages", gauge, "client-id", "messages",
     "Messages that were fetched and not yet read"},
    {"", "rdkafka_consumer_fetch_queue_bytes", gauge, "client-id", "bytes",
     "Size of those messages"},
    {"", "rdkafka_consumer_rebalances_total", counter, "client-id", "rebalances",
     "Rebalances of the consumer's group that it took part in"},
    {"", "rdkafka_producer_queue_messages", gauge, "client-id", "messages",
     "Messages on their way to the brokers"},
    {"", "rdkafka_producer_queue_bytes", gauge, "client-id", "bytes", "Size of those messages"},
    {"", "rdkafka_producer_queue_latency_avg_seconds", gauge, broker, "seconds",
     "Average time that messages waited before they were sent to the broker"},
    {"", "rdkafka_producer_queue_latency_p99_seconds", gauge, broker, "seconds",
     "99th percentile of those times"},

    // ---- The process, as Prometheus' client libraries have it ----
    {"", "process_cpu_seconds_total", counter, "", "seconds",
     "Processor time spent, user and system"},
    {"", "process_resident_memory_bytes", gauge, "", "bytes", "Memory in use"},
    {"", "process_virtual_memory_bytes", gauge, "", "bytes", "Address space in use"},
    {"", "process_threads", gauge, "", "threads", "Threads"},
    {"", "process_open_fds", gauge, "", "descriptors", "Open file descriptors"},
    {"", "process_max_fds", gauge, "", "descriptors", "Most file descriptors that may be open"},
    {"", "process_start_time_seconds", gauge, "", "seconds",
     "When the process was started, since 1970"},
};

}  // namespace

std::string_view kind_name(Kind kind) {
  constexpr std::array<std::string_view, 4> names{"counter", "gauge", "histogram", "text"};
  return names[static_cast<size_t>(kind)];
}

std::span<const Declaration> metric_table() { return table; }

const Declaration* find_metric(std::string_view group, std::string_view name) {
  const auto found = std::ranges::find_if(table, [&](const Declaration& declaration) {
    return declaration.name == name && declaration.group == group;
  });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace kc::metrics
