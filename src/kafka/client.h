// What consumer, producer and admin have in common: the librdkafka handle, its log lines in our
// log, and what is known about the connection. Only sources of this folder include it.
//
// One thread, except for log lines, which librdkafka's threads write.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "base/error.h"
#include "config/properties.h"
#include "kafka/client_properties.h"
#include "kafka/client_statistics.h"
#include "kafka/handles.h"
#include "kafka/kerberos_login.h"
#include "kafka/oauth_login.h"

namespace kc::kafka {

class Client {
 public:
  // Translates and starts; `adjust` may set callbacks. `owner` is what callbacks find with
  // owner_of(). `registry`, which outlives the client, gets its statistics. Throws
  // Error(fix_config) naming the property.
  Client(const config::Properties& java_properties, ClientKind kind, void* owner,
         metrics::Registry* registry = nullptr,
         const std::function<void(rd_kafka_conf_t*)>& adjust = {});
  ~Client() { release(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  rd_kafka_t* handle() const { return handle_.get(); }
  // Destroys the handle; nothing but destruction after it.
  void release();
  // The same for a consumer that did not leave its group in time.
  void release_without_leaving();

  template <typename Owner>
  static Owner* owner_of(rd_kafka_t* handle) {
    return static_cast<Owner*>(of(handle)->owner_);
  }

  // An error event. Polling calls it by callback, except where events are taken from a queue.
  void on_error(rd_kafka_t* handle, rd_kafka_resp_err_t code, const std::string& reason);

  // Statistics. Polling calls it by callback, except where events are taken from a queue.
  void on_statistics(std::string_view json);
  // The largest of the partitions, a few seconds old; nothing while it is not known.
  const std::optional<int64_t>& lag_max() const { return lag_max_; }

  // Leaves the registry, which need not live on.
  void leave_registry() { metrics_.reset(); }

  const std::optional<std::string>& trouble() const { return trouble_; }
  // Asks, at most once a second while there is trouble, whether a broker is back; blocks for
  // 20 ms at most. To be called from every poll.
  void probe();
  // Throws what an error event said that will not mend itself, once.
  void check();

 private:
  static Client* of(rd_kafka_t* handle);
  static void log(const rd_kafka_t* handle, int level, const char* facility, const char* text);
  static void error(rd_kafka_t* handle, int code, const char* reason, void* opaque);
  static int statistics(rd_kafka_t* handle, char* json, size_t size, void* opaque);
  static void refresh_token(rd_kafka_t* handle, const char* config, void* opaque);
  void set_trouble(std::string trouble);

  void* owner_;
  std::string name_;         // client.id
  std::string servers_;      // bootstrap.servers
  std::string log_context_;  // of the thread that made the client
  std::string last_reason_;  // why a connection failed last
  bool all_down_ = true;     // told, but not why; or not yet asked
  std::optional<std::string> trouble_;
  std::optional<base::Error> failure_;
  std::chrono::steady_clock::time_point last_probe_ = std::chrono::steady_clock::now();
  bool read_committed_ = true;
  std::optional<int64_t> lag_max_;
  std::optional<ClientMetrics> metrics_;
  std::optional<OAuthLogin> login_;
  std::optional<KerberosLogin> kerberos_;
  ClientHandle handle_;
};

// "Broker: Unknown topic or partition".
std::string describe(rd_kafka_resp_err_t code);

// A text that C can take; librdkafka's timeouts in milliseconds are ints.
int to_timeout(std::chrono::milliseconds time);

// As rd_kafka_new with `settings`; used by tests' embedded brokers too.
ConfHandle make_conf(const config::Properties& settings);

}  // namespace kc::kafka
