#include "kafka/security_properties.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/error.h"
#include "kafka/sasl_properties.h"
#include "security/tls_properties.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;

constexpr std::array dropped = {
    "ssl.cipher.suites",
    "ssl.enabled.protocols",
    "ssl.engine.factory.class",
    "ssl.keymanager.algorithm",
    "ssl.protocol",
    "ssl.provider",
    "ssl.secure.random.implementation",
    "ssl.trustmanager.algorithm",
    "sasl.client.callback.handler.class",
    "sasl.kerberos.kinit.cmd",
    "sasl.kerberos.ticket.renew.jitter",
    "sasl.kerberos.ticket.renew.window.factor",
    "sasl.login.class",
    "sasl.login.refresh.buffer.seconds",
    "sasl.login.refresh.min.period.seconds",
    "sasl.login.refresh.window.factor",
    "sasl.login.refresh.window.jitter",
    "security.providers",
};

constexpr std::array translated = {
    "security.protocol",
    "ssl.endpoint.identification.algorithm",
    "ssl.key.password",
    "ssl.keystore.certificate.chain",
    "ssl.keystore.key",
    "ssl.keystore.location",
    "ssl.keystore.password",
    "ssl.keystore.type",
    "ssl.truststore.certificates",
    "ssl.truststore.location",
    "ssl.truststore.password",
    "ssl.truststore.type",
    "sasl.jaas.config",
    "sasl.kerberos.min.time.before.relogin",
    "sasl.kerberos.service.name",
    "sasl.login.callback.handler.class",
    "sasl.login.connect.timeout.ms",
    "sasl.login.read.timeout.ms",
    "sasl.login.retry.backoff.max.ms",
    "sasl.login.retry.backoff.ms",
    "sasl.mechanism",
};

// Before 2.8.0 certificates in memory are sent without their chain.
bool sends_whole_chain() { return rd_kafka_version() >= 0x02080000; }

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

void translate_stores(const Properties& java, TranslatedProperties& result) {
  const security::TlsMaterial material = security::read_tls(java);
  Properties& out = result.rdkafka;
  if (!material.trusted.empty()) out.set("ssl.ca.pem", material.trusted);
  out.set("ssl.endpoint.identification.algorithm", material.verify_host ? "https" : "none");
  if (!material.identity) return;
  const std::string& chain = material.identity->chain;
  out.set("ssl.certificate.pem", chain);
  out.set("ssl.key.pem", material.identity->key.reveal());
  if (chain.find("-----BEGIN", 1) != chain.npos && !sends_whole_chain()) {
    result.warnings.push_back(fmt::format(
        "librdkafka {} shows a broker the first certificate of ssl.keystore alone, without those "
        "that signed it. Hint: where the broker does not know them, use librdkafka 2.8.0",
        librdkafka_version()));
  }
}

}  // namespace

bool is_secret(std::string_view name) {
  return name.find("password") != name.npos || name.find("secret") != name.npos ||
         name.find("jaas") != name.npos || name.ends_with(".pem") ||
         name.ends_with("ssl.keystore.key") || name.find("sasl.oauthbearer.config") != name.npos;
}

bool is_security_property(std::string_view java_name) {
  const auto is_it = [&](std::string_view name) { return name == java_name; };
  return std::any_of(translated.begin(), translated.end(), is_it) ||
         std::any_of(dropped.begin(), dropped.end(), is_it) ||
         java_name.starts_with("sasl.oauthbearer.");
}

void translate_security(const Properties& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  for (const auto& [name, value] : java.entries()) {
    if (std::any_of(dropped.begin(), dropped.end(),
                    [&name = name](std::string_view one) { return one == name; })) {
      result.notes.push_back(name + " has no effect here: OpenSSL and librdkafka decide");
    }
  }
  const std::string protocol = upper(java.get("security.protocol", "PLAINTEXT"));
  static constexpr std::string_view protocols[] = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT",
                                                   "SASL_SSL"};
  if (std::find(std::begin(protocols), std::end(protocols), protocol) == std::end(protocols)) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration security.protocol: must be one of {}", protocol,
                fmt::join(protocols, ", "));
  }
  if (java.contains("security.protocol")) out.set("security.protocol", protocol);
  if (protocol == "SSL" || protocol == "SASL_SSL") {
    translate_stores(java, result);
  }
  if (protocol.starts_with("SASL_")) translate_sasl(java, result);
}

}  // namespace kc::kafka
