#include "kafka/client_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.h"
#include "config/config_def.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;

constexpr std::string_view package = "org.apache.kafka.common.";

struct ClassProperty {
  std::string_view name;
  // Below the package: what this program does anyway.
  std::array<std::string_view, 2> done_here;
  std::string_view hint;
};

constexpr std::string_view bytes_hint =
    "remove it; records are read and written by key.converter and value.converter";
constexpr std::string_view tls_hint = "remove it; TLS is OpenSSL's";
constexpr std::string_view login_hint =
    "remove it; sasl.mechanism and sasl.jaas.config say how to log in";
constexpr ClassProperty class_properties[] = {
    {"key.deserializer", {"serialization.ByteArrayDeserializer"}, bytes_hint},
    {"value.deserializer", {"serialization.ByteArrayDeserializer"}, bytes_hint},
    {"key.serializer", {"serialization.ByteArraySerializer"}, bytes_hint},
    {"value.serializer", {"serialization.ByteArraySerializer"}, bytes_hint},
    {"ssl.engine.factory.class", {"security.ssl.DefaultSslEngineFactory"}, tls_hint},
    {"sasl.client.callback.handler.class",
     {"security.authenticator.SaslClientCallbackHandler"},
     login_hint},
    {"sasl.login.class",
     {"security.authenticator.DefaultLogin", "security.kerberos.KerberosLogin"},
     login_hint},
    {"sasl.oauthbearer.jwt.retriever.class",
     {"security.oauthbearer.DefaultJwtRetriever",
      "security.oauthbearer.ClientCredentialsJwtRetriever"},
     login_hint},
};

// Consumers have deserializers, producers serializers; a worker hands its admin client all that it
// has.
bool concerns(std::string_view name, ClientKind kind) {
  if (name.ends_with(".deserializer")) return kind == ClientKind::consumer;
  if (name.ends_with(".serializer")) return kind == ClientKind::producer;
  return true;
}

bool is_done_here(const ClassProperty& property, std::string_view class_name) {
  if (!class_name.starts_with(package)) return false;
  class_name.remove_prefix(package.size());
  return !class_name.empty() &&
         std::ranges::find(property.done_here, class_name) != property.done_here.end();
}

[[noreturn]] void refuse(std::string_view class_name, std::string_view property,
                         std::string_view hint) {
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: a Java class cannot be loaded. Hint: {}",
              class_name, property, hint);
}

// Of a list: classes that only watch are left out.
void check_list(const JavaValues& java, const char* name, std::vector<std::string>& warnings) {
  constexpr std::string_view jmx_reporter = "org.apache.kafka.common.metrics.JmxReporter";
  constexpr std::string_view watchers = "io.confluent.monitoring.clients.interceptor.";
  for (const std::string& item : config::split_list(java.text(name, ""))) {
    if (item == jmx_reporter) continue;
    if (std::string_view(name) == "interceptor.classes" && !item.starts_with(watchers)) {
      refuse(item, name, "remove it; a transformation can change records");
    }
    warnings.push_back(
        fmt::format("{} = {} has no effect: a Java class cannot be loaded", name, item));
  }
}

}  // namespace

void check_classes(const JavaValues& java, ClientKind kind, std::vector<std::string>& warnings) {
  for (const ClassProperty& property : class_properties) {
    const std::string given = java.text(property.name, "");
    if (given.empty() || !concerns(property.name, kind) || is_done_here(property, given)) continue;
    refuse(given, property.name, property.hint);
  }
  if (kind == ClientKind::admin) return;
  for (const char* name : {"interceptor.classes", "metric.reporters", "security.providers"}) {
    check_list(java, name, warnings);
  }
}

}  // namespace kc::kafka
