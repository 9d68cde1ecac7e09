#include "worker/worker_config.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "worker/shared_security.h"

namespace kc::worker {
namespace {

using config::at_least;
using config::ConfigDef;
using config::Fault;
using config::Importance;
using config::one_of;
using config::Properties;
using config::Property;
using config::PropertyType;
using config::Validator;
using std::chrono::milliseconds;

Property property(std::string name, PropertyType type, std::optional<std::string> otherwise,
                  Importance importance, std::string doc, Validator validator = nullptr) {
  Property result;
  result.name = std::move(name);
  result.type = type;
  result.default_value = std::move(otherwise);
  result.importance = importance;
  result.doc = std::move(doc);
  result.validator = std::move(validator);
  return result;
}

// Properties that stock Connect has and that mean nothing to a program without a JVM.
void add_properties_without_effect(ConfigDef& def) {
  for (const char* name :
       {"plugin.path", "plugin.discovery", "client.dns.lookup", "metrics.recording.level",
        "metric.reporters", "auto.include.jmx.reporter", "internal.key.converter",
        "internal.value.converter", "rest.advertised.listener", "inter.instance.protocol"}) {
    def.add(property(name, PropertyType::string, "", Importance::low,
                     "Accepted as stock Connect's; has no effect here."));
  }
}

// The name of a policy, or the name of its Java class.
std::optional<OverridePolicy> parse_override_policy(std::string_view text) {
  constexpr std::string_view package = "org.apache.kafka.connect.connector.policy.";
  constexpr std::string_view suffix = "ConnectorClientConfigOverridePolicy";
  if (text.starts_with(package) && text.ends_with(suffix)) {
    text.remove_prefix(package.size());
    text.remove_suffix(suffix.size());
  }
  if (text == "All") return OverridePolicy::all;
  if (text == "None") return OverridePolicy::none;
  if (text == "Principal") return OverridePolicy::principal;
  return std::nullopt;
}

Validator override_policy() {
  const auto check = [](std::string_view value) -> std::optional<std::string> {
    if (parse_override_policy(value)) return std::nullopt;
    return "String must be one of: All, None, Principal";
  };
  return {check, "[All, None, Principal]"};
}

ConfigDef make_standalone_config_def() {
  ConfigDef def;
  def.add(property("bootstrap.servers", PropertyType::list, "localhost:9092", Importance::high,
                   "Kafka brokers to begin with, host:port, separated by commas."))
      .add(property("key.converter", PropertyType::class_name, std::nullopt, Importance::high,
                    "Converter of record keys, by its Java class name."))
      .add(property("value.converter", PropertyType::class_name, std::nullopt, Importance::high,
                    "Converter of record values, by its Java class name."))
      .add(property("header.converter", PropertyType::class_name,
                    "org.apache.kafka.connect.storage.SimpleHeaderConverter", Importance::low,
                    "Converter of record headers."))
      .add(property("offset.storage.file.filename", PropertyType::string, std::nullopt,
                    Importance::high, "File that keeps the offsets of source connectors.",
                    config::not_empty()))
      .add(property("offset.flush.interval.ms", PropertyType::int64, "60000", Importance::low,
                    "How often offsets are committed.", at_least(1)))
      .add(property("offset.flush.timeout.ms", PropertyType::int64, "5000", Importance::low,
                    "How long the last commit of a task may take.", at_least(1)))
      .add(property("task.shutdown.graceful.timeout.ms", PropertyType::int64, "5000",
                    Importance::low, "How long all tasks together may take to end.", at_least(0)))
      .add(
          property("listeners", PropertyType::list, "", Importance::low,
                   "Addresses of the REST API: http://host:port or https://host:port, separated by "
                   "commas. Port 0 lets "
                   "the kernel choose."))
      .add(property("rest.host.name", PropertyType::string, "", Importance::low,
                    "Host of the REST API when `listeners` is not given."))
      .add(property("rest.port", PropertyType::int32, "8083", Importance::low,
                    "Port of the REST API when `listeners` is not given.",
                    config::between(0, 65535)))
      .add(property("rest.extension.classes", PropertyType::list, "", Importance::low,
                    "BasicAuthSecurityRestExtension by its whole Java class name: the REST API "
                    "lets in the users of the JAAS file's entry KafkaConnect."))
      .add(property("rest.advertised.host.name", PropertyType::string, "", Importance::low,
                    "Host in the worker's id, as status answers name it."))
      .add(property("rest.advertised.port", PropertyType::int32, "0", Importance::low,
                    "Port in the worker's id; 0: the listener's.", config::between(0, 65535)))
      .add(property("metrics.sample.window.ms", PropertyType::int64, "30000", Importance::low,
                    "Length of one of the windows that averages, maxima and rates of metrics are "
                    "taken over.",
                    at_least(1)))
      .add(property("metrics.num.samples", PropertyType::int32, "2", Importance::low,
                    "Number of those windows.", config::between(1, 1000)))
      .add(property("task.restart.enable", PropertyType::boolean, "false", Importance::low,
                    "Whether the worker begins a failed task again, after a wait that doubles each "
                    "time. A task whose configuration is at fault stays FAILED. Without it failed "
                    "tasks wait for a restart over REST, as stock Connect's do."))
      .add(property("task.restart.backoff.ms", PropertyType::int64, "10000", Importance::low,
                    "The wait before the first restart.", at_least(1)))
      .add(
          property("task.restart.backoff.max.ms", PropertyType::int64, "600000", Importance::low,
                   "The longest wait before a restart. A task that ran for so long begins with the "
                   "shortest again.",
                   at_least(1)))
      .add(property("task.stall.timeout.ms", PropertyType::int64, "300000", Importance::low,
                    "A task that has work, records that were not read or not yet acknowledged, and "
                    "gets none of it done for so long is unhealthy, and so is one that for so long "
                    "waits, for Kafka, Kinetica or a table, at its start or later: /health answers "
                    "500, and kinetica_connect_task_unhealthy is 1. Never sooner than twice "
                    "offset.flush.interval.ms. 0: no task is ever unhealthy.",
                    at_least(0)))
      .add(property("admin.listeners", PropertyType::list, "", Importance::low,
                    "Addresses for /admin alone; not given: those of `listeners`; empty: /admin "
                    "is not served."))
      .add(property("access.control.allow.origin", PropertyType::string, "", Importance::low,
                    "Origins, separated by commas, whose pages a browser may let use the REST API; "
                    "a * stands for any characters."))
      .add(property("access.control.allow.methods", PropertyType::string, "", Importance::low,
                    "Methods that such pages may use; GET, POST and HEAD when empty."))
      .add(property("response.http.headers.config", PropertyType::string, "", Importance::low,
                    "Headers of every REST answer: [set|add|setDate|addDate] name: value, "
                    "separated by commas."))
      .add(property("config.providers", PropertyType::list, "", Importance::low,
                    "Names of the providers of ${name:path:key} values, each with "
                    "config.providers.NAME.class and config.providers.NAME.param.*."))
      .add(property("connector.client.config.override.policy", PropertyType::string, "All",
                    Importance::low,
                    "Which properties of its Kafka clients a connector may override: All, None or "
                    "Principal (what it logs in with).",
                    override_policy()))
      .add(property("topic.creation.enable", PropertyType::boolean, "true", Importance::low,
                    "Whether topics are created for source connectors with topic.creation.* "
                    "properties."))
      .add(property("topic.tracking.enable", PropertyType::boolean, "true", Importance::low,
                    "Whether the topics that a connector uses are shown over REST."))
      .add(property("topic.tracking.allow.reset", PropertyType::boolean, "true", Importance::low,
                    "Whether they may be forgotten on request."));
  add_properties_without_effect(def);
  return def;
}

std::string client_id(const char* kind, const Properties& connector, int task) {
  return std::string("connector-") + kind + "-" + connector.get("name") + "-" +
         std::to_string(task);
}

}  // namespace

const ConfigDef& standalone_config_def() {
  static const ConfigDef def = make_standalone_config_def();
  return def;
}

const std::vector<std::string>& open_connector_prefixes() {
  static const std::vector<std::string> prefixes{
      "consumer.override.", "producer.override.", "admin.override.",
      "key.converter.",     "value.converter.",   "header.converter.",
      "transforms.",        "predicates.",        "topic.creation."};
  return prefixes;
}

const std::vector<std::string>& open_worker_prefixes() {
  static const std::vector<std::string> prefixes{"consumer.",
                                                 "producer.",
                                                 "admin.",
                                                 "key.converter.",
                                                 "value.converter.",
                                                 "header.converter.",
                                                 "internal.",
                                                 "config.providers.",
                                                 "listeners.https.",
                                                 "ssl.",
                                                 "sasl.",
                                                 "security.",
                                                 "schema.registry.",
                                                 "basic.auth.",
                                                 "bearer.auth.",
                                                 "metrics.",
                                                 "admin.listeners"};
  return prefixes;
}

WorkerConfig WorkerConfig::parse(const Properties& given, std::vector<Fault>& faults,
                                 std::vector<std::string>& warnings) {
  const size_t faults_before = faults.size();
  WorkerConfig result;
  result.providers = config::ConfigProviders(given, faults);
  const auto resolved = result.providers.resolve(given, faults, warnings);
  const Properties& properties = resolved.properties;
  const config::Config parsed = standalone_config_def().parse(properties, faults);
  for (auto& line : standalone_config_def().unknown(properties, open_worker_prefixes())) {
    warnings.push_back(std::move(line));
  }
  result.properties = properties;
  for (const std::string& server : parsed.list("bootstrap.servers")) {
    if (!result.bootstrap_servers.empty()) result.bootstrap_servers += ',';
    result.bootstrap_servers += server;
  }
  if (result.bootstrap_servers.empty()) {
    faults.push_back({"bootstrap.servers", "", "No broker is given. Name at least one host:port"});
  }
  result.offset_file = parsed.string("offset.storage.file.filename");
  result.advertised_host = parsed.string("rest.advertised.host.name");
  if (const int64_t port = parsed.integer("rest.advertised.port"); port != 0) {
    result.advertised_port = static_cast<uint16_t>(port);
  }
  // Java's "never" is Long.MAX_VALUE, which no clock can be advanced by.
  const auto time = [&parsed](const char* name) {
    constexpr milliseconds time_max = std::chrono::hours(24 * 365);
    return std::min(milliseconds(parsed.integer(name)), time_max);
  };
  result.offset_flush_interval = time("offset.flush.interval.ms");
  result.offset_flush_timeout = time("offset.flush.timeout.ms");
  result.graceful_shutdown = time("task.shutdown.graceful.timeout.ms");
  result.restarts.enabled = parsed.boolean("task.restart.enable");
  result.restarts.backoff = time("task.restart.backoff.ms");
  result.restarts.backoff_max =
      std::max(result.restarts.backoff, time("task.restart.backoff.max.ms"));
  result.metrics.windows = {time("metrics.sample.window.ms"),
                            static_cast<size_t>(parsed.integer("metrics.num.samples"))};
  result.metrics.stall_timeout = time("task.stall.timeout.ms");
  // Acknowledgements are seen when offsets are committed.
  if (result.metrics.stall_timeout.count() > 0) {
    result.metrics.stall_timeout =
        std::max(result.metrics.stall_timeout, 2 * result.offset_flush_interval);
  }
  if (auto line = describe_inherited_security(result.properties); !line.empty()) {
    warnings.push_back(std::move(line));
  }
  result.override_policy =
      parse_override_policy(parsed.string("connector.client.config.override.policy")).value();
  result.topic_creation = parsed.boolean("topic.creation.enable");
  result.topic_tracking = parsed.boolean("topic.tracking.enable");
  result.topic_tracking_reset = parsed.boolean("topic.tracking.allow.reset");
  resolved.hide_secrets(faults, faults_before);
  return result;
}

namespace {

// `prefix`: "consumer." or "producer.".
void merge_client_properties(const std::string& prefix, const WorkerConfig& worker,
                             const Properties& connector, Properties& result) {
  Properties own = worker.properties.with_prefix(prefix);
  own.merge(connector.with_prefix(prefix + "override."));
  result.merge(inherited_security(worker.properties, own));
  result.merge(own);
}

// Kinetica's guide puts the registry's properties into the worker's file as they are, where stock
// Connect does not look for them. What the converter's own settings say counts first.
void add_registry_properties(const Properties& worker, const std::string& prefix,
                             ConverterChoice& choice) {
  if (!choice.class_name.starts_with("io.confluent.connect.")) return;
  for (const auto& [name, value] : worker.entries()) {
    const bool for_registry = name.starts_with("schema.registry.") ||
                              name.starts_with("basic.auth.") || name.starts_with("bearer.auth.");
    if (!for_registry || choice.settings.contains(name)) continue;
    choice.settings.set(name, value);
    choice.notes.push_back(name + " of the worker's file is used as " + prefix + name +
                           ", which is how stock Connect wants it");
  }
}

}  // namespace

ConverterChoice choose_converter(const WorkerConfig& worker, const Properties& connector,
                                 std::string_view role) {
  const std::string name = std::string(role) + ".converter";
  const Properties& from = connector.get(name).empty() ? worker.properties : connector;
  const auto& otherwise = standalone_config_def().find(name)->default_value;
  ConverterChoice choice{from.get(name, otherwise.value_or("")), from.with_prefix(name + "."), {}};
  add_registry_properties(worker.properties, name + ".", choice);
  return choice;
}

Properties sink_consumer_properties(const WorkerConfig& worker, const Properties& connector,
                                    int task) {
  Properties result{{"bootstrap.servers", worker.bootstrap_servers},
                    {"group.id", "connect-" + connector.get("name")},
                    {"client.id", client_id("consumer", connector, task)},
                    {"enable.auto.commit", "false"},
                    {"auto.offset.reset", "earliest"}};
  merge_client_properties("consumer.", worker, connector, result);
  return result;
}

size_t max_poll_records(const Properties& consumer) {
  const std::string text = consumer.get("max.poll.records");
  std::string_view given = base::trim(text);
  // Kafka's default of 500 bounds the work of one put(); ours is bounded by the sink itself.
  if (given.empty()) return 2000;
  if (given.starts_with('+')) given.remove_prefix(1);
  size_t records = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), records);
  if (error != std::errc() || end != given.data() + given.size() || records == 0) {
    throw base::Error(base::Reaction::fix_config,
                      "max.poll.records = {}: Not a number of type INT. Give a number from 1",
                      given);
  }
  constexpr size_t records_max = 100'000;  // bounds what one poll holds
  return std::min(records, records_max);
}

Properties source_producer_properties(const WorkerConfig& worker, const Properties& connector,
                                      int task) {
  Properties result{{"bootstrap.servers", worker.bootstrap_servers},
                    {"client.id", client_id("producer", connector, task)},
                    {"enable.idempotence", "false"},
                    {"acks", "all"},
                    {"max.in.flight.requests.per.connection", "1"},
                    {"delivery.timeout.ms", "2147483647"}};
  merge_client_properties("producer.", worker, connector, result);
  return result;
}

Properties dead_letter_producer_properties(const WorkerConfig& worker, const Properties& connector,
                                           int task) {
  Properties result = source_producer_properties(worker, connector, task);
  result.set("client.id", client_id("dlq-producer", connector, task));
  return result;
}

Properties connector_admin_properties(const WorkerConfig& worker, const Properties& connector) {
  Properties result = admin_properties(worker);
  result.merge(connector.with_prefix("admin.override."));
  return result;
}

Properties admin_properties(const WorkerConfig& worker) {
  Properties result{{"bootstrap.servers", worker.bootstrap_servers}};
  result.merge(shared_security(worker.properties));
  result.merge(worker.properties.with_prefix("admin."));
  return result;
}

}  // namespace kc::worker
