#include "kafka/client.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "config/secret.h"
#include "kafka/kerberos_login.h"
#include "kafka/security_properties.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;

// What librdkafka puts before OAuthLogin's reason.
constexpr std::string_view no_token = "Failed to acquire SASL OAUTHBEARER token";
constexpr std::chrono::seconds probe_interval{1};
constexpr int probe_timeout_ms = 20;
constexpr const char* statistics_interval = "statistics.interval.ms";
constexpr const char* statistics_interval_default = "5000";

base::LogLevel to_level(int syslog_level, std::string_view facility) {
  // Lost connections come as error events too, where they are logged once per change.
  if (facility == "FAIL" || facility == "ERROR") return base::LogLevel::debug;
  if (syslog_level <= 3) return base::LogLevel::error;
  if (syslog_level == 4) return base::LogLevel::warn;
  return syslog_level <= 6 ? base::LogLevel::info : base::LogLevel::debug;
}

std::string properties_text(const config::Properties& settings) {
  std::string text;
  for (const auto& [name, value] : settings.entries()) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name,
                        is_secret(name) ? config::Secret::hidden : value.c_str());
  }
  return text;
}

}  // namespace

std::string describe(rd_kafka_resp_err_t code) { return rd_kafka_err2str(code); }

int to_timeout(std::chrono::milliseconds time) {
  return static_cast<int>(std::clamp<int64_t>(time.count(), 0, std::numeric_limits<int>::max()));
}

ConfHandle make_conf(const config::Properties& settings) {
  ConfHandle conf(rd_kafka_conf_new());
  char reason[512];
  for (const auto& [name, value] : settings.entries()) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason, sizeof reason) ==
        RD_KAFKA_CONF_OK) {
      continue;
    }
    if (is_secret(name)) {
      throw Error(Reaction::fix_config,
                  "Invalid value {} for the Kafka client's configuration {}: it was not accepted",
                  config::Secret::hidden, name);
    }
    throw Error(Reaction::fix_config,
                "Invalid value {} for the Kafka client's configuration {}: {}", value, name,
                reason);
  }
  return conf;
}

Client::Client(const config::Properties& java_properties, ClientKind kind, void* owner,
               metrics::Registry* registry, const std::function<void(rd_kafka_conf_t*)>& adjust)
    : owner_(owner),
      name_(java_properties.get("client.id", "kafka-client")),
      servers_(java_properties.get("bootstrap.servers")),
      log_context_(base::LogContext::current()) {
  TranslatedProperties translated = translate(java_properties, kind);
  if (registry != nullptr) {
    if (translated.rdkafka.get(statistics_interval) == "0") {
      translated.rdkafka.set(statistics_interval, statistics_interval_default);
    }
    read_committed_ = translated.rdkafka.get("isolation.level") != "read_uncommitted";
    metrics_.emplace(*registry, name_, kind);
  }
  for (const auto& warning : translated.warnings) base::log_warn("{}: {}", name_, warning);
  for (const auto& note : translated.notes) base::log_debug("{}: {}", name_, note);
  base::log_debug("{}: librdkafka {} with {}", name_, librdkafka_version(),
                  properties_text(translated.rdkafka));
  kerberos_.emplace(translated.rdkafka);
  ConfHandle conf = make_conf(translated.rdkafka);
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_log_cb(conf.get(), &Client::log);
  rd_kafka_conf_set_error_cb(conf.get(), &Client::error);
  if (translated.oauth) {
    login_.emplace(*std::move(translated.oauth), name_);
    rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf.get(), &Client::refresh_token);
  }
  // Tokens are renewed by a thread of librdkafka, whatever our own poll.
  const bool has_tokens = translated.rdkafka.get("sasl.mechanism") == "OAUTHBEARER";
  if (has_tokens) rd_kafka_conf_enable_sasl_queue(conf.get(), 1);
  if (metrics_) rd_kafka_conf_set_stats_cb(conf.get(), &Client::statistics);
  if (adjust) adjust(conf.get());
  char reason[512];
  handle_.reset(rd_kafka_new(kind == ClientKind::consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER,
                             conf.get(), reason, sizeof reason));
  if (handle_ == nullptr) {
    throw Error(Reaction::fix_config, "The Kafka client {} cannot be made of its configuration: {}",
                name_, reason);
  }
  conf.release();  // The handle's now.
  if (has_tokens) {
    const ErrorHandle failed(rd_kafka_sasl_background_callbacks_enable(handle_.get()));
    if (failed) {
      throw Error(Reaction::fail_task, "The Kafka client {} cannot renew its tokens: {}", name_,
                  rd_kafka_error_string(failed.get()));
    }
  }
}

void Client::release() {
  if (login_) login_->stop();  // the handle waits for its threads
  handle_.reset();
}

void Client::release_without_leaving() {
  if (login_) login_->stop();
  rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

Client* Client::of(rd_kafka_t* handle) { return static_cast<Client*>(rd_kafka_opaque(handle)); }

void Client::log(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  const auto* client = static_cast<const Client*>(rd_kafka_opaque(handle));
  const auto our_level = to_level(level, facility);
  if (client == nullptr || !base::log_enabled(our_level)) return;
  const base::LogContext context(client->log_context_);
  base::log(our_level, fmt::format("{}: {}: {}", client->name_, facility, text));
}

void Client::error(rd_kafka_t* handle, int code, const char* reason, void*) {
  of(handle)->on_error(handle, static_cast<rd_kafka_resp_err_t>(code), reason);
}

int Client::statistics(rd_kafka_t* handle, char* json, size_t size, void*) {
  of(handle)->on_statistics({json, size});
  return 0;  // librdkafka frees the text
}

void Client::refresh_token(rd_kafka_t* handle, const char*, void*) {
  Client* const client = of(handle);
  const base::LogContext context(client->log_context_);
  client->login_->refresh(handle);
}

// No exception may cross librdkafka.
void Client::on_statistics(std::string_view json) {
  try {
    ClientStatistics latest = parse_statistics(json, read_committed_);
    lag_max_ = latest.lag_max();
    if (metrics_) metrics_->update(std::move(latest));
  } catch (const Error& error) {
    base::log_debug("{}: {}", name_, error.what());
  }
}

void Client::on_error(rd_kafka_t* handle, rd_kafka_resp_err_t code, const std::string& reason) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FATAL: {
      char text[512];
      const auto fatal = rd_kafka_fatal_error(handle, text, sizeof text);
      failure_ = Error(Reaction::fail_task, "The Kafka client {} failed for good: {} ({})", name_,
                       text, describe(fatal));
      return;
    }
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
      set_trouble(reason);
      if (login_ && reason.starts_with(no_token)) {
        failure_ =
            Error(Reaction::fail_task, "The Kafka client {} cannot log in: {}", name_, reason);
        return;
      }
      failure_ = Error(Reaction::fail_task,
                       "The Kafka broker did not accept the login of {}: {}. Hint: check "
                       "sasl.mechanism and sasl.jaas.config",
                       name_, reason);
      return;
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      if (!last_reason_.empty()) {
        set_trouble(last_reason_);
      } else if (!all_down_) {
        // A lost connection comes without its reason; that of the first reconnect follows soon.
        all_down_ = true;
        last_probe_ = std::chrono::steady_clock::now();
      }
      return;
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__SSL:
      last_reason_ = reason;
      if (trouble_ || all_down_) {
        set_trouble(reason);
      } else {
        base::log_debug("{}: {}", name_, reason);
      }
      return;
    default:
      base::log_warn("{}: {} ({})", name_, reason, describe(code));
  }
}

void Client::set_trouble(std::string trouble) {
  if (!trouble_) {
    base::log_warn("{}: no Kafka broker can be reached: {}. Waiting for one", name_, trouble);
  }
  trouble_ = std::move(trouble);
  all_down_ = false;
}

void Client::probe() {
  if (!trouble_ && !all_down_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_probe_ < probe_interval) return;
  last_probe_ = now;
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto code = rd_kafka_metadata(handle_.get(), 0, nullptr, &metadata, probe_timeout_ms);
  const MetadataHandle owned(metadata);
  // Timed out: the request was sent, so there is a connection.
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__TIMED_OUT) {
    if (!trouble_) set_trouble(fmt::format("none of bootstrap.servers = {} answers", servers_));
    return;
  }
  if (trouble_) base::log_info("{}: a Kafka broker can be reached again", name_);
  trouble_.reset();
  all_down_ = false;
  last_reason_.clear();
}

void Client::check() {
  if (failure_) throw *std::exchange(failure_, std::nullopt);
}

}  // namespace kc::kafka
