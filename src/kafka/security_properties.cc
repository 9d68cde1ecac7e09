#include "kafka/security_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string>

#include "base/error.h"
#include "kafka/jaas.h"

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
    "ssl.truststore.password",
    "sasl.client.callback.handler.class",
    "sasl.kerberos.kinit.cmd",
    "sasl.kerberos.ticket.renew.jitter",
    "sasl.kerberos.ticket.renew.window.factor",
    "sasl.login.callback.handler.class",
    "sasl.login.class",
    "sasl.login.connect.timeout.ms",
    "sasl.login.read.timeout.ms",
    "sasl.login.refresh.buffer.seconds",
    "sasl.login.refresh.min.period.seconds",
    "sasl.login.refresh.window.factor",
    "sasl.login.refresh.window.jitter",
    "sasl.login.retry.backoff.max.ms",
    "sasl.login.retry.backoff.ms",
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
    "ssl.truststore.type",
    "sasl.jaas.config",
    "sasl.kerberos.min.time.before.relogin",
    "sasl.kerberos.service.name",
    "sasl.mechanism",
};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// What a store is, told by its first bytes: `ssl.*.type` is often wrong and Java copes with that.
enum class StoreKind { jks, jceks, pkcs12, pem };

StoreKind sniff(const std::string& property, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 4096> head{};
  file.read(head.data(), head.size());
  const std::string_view bytes(head.data(), static_cast<size_t>(file.gcount()));
  if (bytes.empty()) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration {}: the file is empty or cannot be read by "
                "this user. Hint: correct the path or its permissions",
                path, property);
  }
  if (bytes.starts_with("\xFE\xED\xFE\xED")) return StoreKind::jks;
  if (bytes.starts_with("\xCE\xCE\xCE\xCE")) return StoreKind::jceks;
  if (bytes.find("-----BEGIN") != bytes.npos) return StoreKind::pem;
  if (bytes[0] == '\x30') return StoreKind::pkcs12;
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: neither a PEM nor a PKCS12 nor a JKS file",
              path, property);
}

std::string_view name_of(StoreKind kind) {
  switch (kind) {
    case StoreKind::jks:
      return "JKS";
    case StoreKind::jceks:
      return "JCEKS";
    case StoreKind::pkcs12:
      return "PKCS12";
    case StoreKind::pem:
      break;
  }
  return "PEM";
}

[[noreturn]] void refuse_store(const std::string& property, const std::string& path, StoreKind kind,
                               std::string_view remedy) {
  throw Error(Reaction::fix_config,
              "Invalid value {} for configuration {}: {} stores cannot be read here. Hint: PEM "
              "works: {}",
              path, property, name_of(kind), remedy);
}

void translate_truststore(const Properties& java, Properties& out) {
  if (const auto* pem = java.find("ssl.truststore.certificates")) {
    out.set("ssl.ca.pem", *pem);
    return;
  }
  const auto* path = java.find("ssl.truststore.location");
  if (path == nullptr || path->empty()) return;
  const StoreKind kind = sniff("ssl.truststore.location", *path);
  if (kind != StoreKind::pem) {
    refuse_store("ssl.truststore.location", *path, kind,
                 "export the certificates with `keytool -list -rfc` and set ssl.truststore.type="
                 "PEM");
  }
  out.set("ssl.ca.location", *path);
}

void translate_keystore(const Properties& java, Properties& out) {
  const auto* key_password = java.find("ssl.key.password");
  if (const auto* key = java.find("ssl.keystore.key")) {
    const auto* chain = java.find("ssl.keystore.certificate.chain");
    if (chain == nullptr) {
      throw Error(Reaction::fix_config,
                  "ssl.keystore.key is set but ssl.keystore.certificate.chain is not: set both");
    }
    out.set("ssl.key.pem", *key);
    out.set("ssl.certificate.pem", *chain);
    if (key_password != nullptr) out.set("ssl.key.password", *key_password);
    return;
  }
  const auto* path = java.find("ssl.keystore.location");
  if (path == nullptr || path->empty()) return;
  switch (const StoreKind kind = sniff("ssl.keystore.location", *path)) {
    case StoreKind::pem:
      // One file holds key and chain. By `location` the whole chain is sent; before librdkafka
      // 2.8.0 the in-memory form sends the leaf alone.
      out.set("ssl.certificate.location", *path);
      out.set("ssl.key.location", *path);
      if (key_password != nullptr) out.set("ssl.key.password", *key_password);
      return;
    case StoreKind::pkcs12:
      out.set("ssl.keystore.location", *path);
      out.set("ssl.keystore.password", java.get("ssl.keystore.password"));
      return;
    case StoreKind::jks:
    case StoreKind::jceks:
      refuse_store("ssl.keystore.location", *path, kind,
                   "convert with `keytool -importkeystore -deststoretype PKCS12` (PKCS12 key "
                   "stores work too) and `openssl pkcs12`");
  }
}

void translate_login(const LoginModule& module, const std::string& mechanism, Properties& out) {
  static constexpr std::string_view plain =
      "org.apache.kafka.common.security.plain.PlainLoginModule";
  static constexpr std::string_view scram =
      "org.apache.kafka.common.security.scram.ScramLoginModule";
  if (module.class_name != plain && module.class_name != scram) {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config names the login module {}, which is not supported. Supported: "
                "{}, {}",
                module.class_name, plain, scram);
  }
  const bool mechanism_fits =
      module.class_name == plain ? mechanism == "PLAIN" : mechanism.starts_with("SCRAM-SHA-");
  if (!mechanism_fits) {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config names the login module {} but sasl.mechanism is {}. Hint: set "
                "sasl.mechanism to {}",
                module.class_name, mechanism,
                module.class_name == plain ? "PLAIN" : "SCRAM-SHA-256 or SCRAM-SHA-512");
  }
  if (const auto* token = module.find("tokenauth");
      token != nullptr && upper(token->reveal()) == "TRUE") {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config asks for delegation tokens (tokenauth=true), which are not "
                "supported. Hint: use a SCRAM user");
  }
  for (const auto& [option, target] :
       {std::pair("username", "sasl.username"), std::pair("password", "sasl.password")}) {
    const auto* value = module.find(option);
    if (value == nullptr) {
      throw Error(Reaction::fix_config, "sasl.jaas.config has no option {}: add {}=\"...\"", option,
                  option);
    }
    out.set(target, value->reveal());
  }
}

void translate_sasl(const Properties& java, TranslatedProperties& result) {
  Properties& out = result.rdkafka;
  const std::string mechanism = upper(java.get("sasl.mechanism", "GSSAPI"));
  static constexpr std::string_view known[] = {"GSSAPI", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512",
                                               "OAUTHBEARER"};
  if (std::find(std::begin(known), std::end(known), mechanism) == std::end(known)) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration sasl.mechanism: must be one of {}", mechanism,
                fmt::join(known, ", "));
  }
  out.set("sasl.mechanism", mechanism);
  for (const char* name : {"sasl.kerberos.service.name", "sasl.kerberos.min.time.before.relogin"}) {
    if (const auto* value = java.find(name)) out.set(name, *value);
  }
  if (const auto* jaas = java.find("sasl.jaas.config")) {
    translate_login(parse_jaas(*jaas), mechanism, out);
  } else if ((mechanism == "PLAIN" || mechanism.starts_with("SCRAM")) &&
             !java.contains("rdkafka.sasl.username")) {
    throw Error(Reaction::fix_config,
                "sasl.mechanism is {} but sasl.jaas.config is not set. Hint: give the login module "
                "with username and password",
                mechanism);
  }
}

}  // namespace

bool is_secret(std::string_view name) {
  return name.find("password") != name.npos || name.find("secret") != name.npos ||
         name.find("jaas") != name.npos || name.ends_with("ssl.key.pem") ||
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
  if (const auto* algorithm = java.find("ssl.endpoint.identification.algorithm")) {
    if (!algorithm->empty() && upper(*algorithm) != "HTTPS" && upper(*algorithm) != "NONE") {
      throw Error(Reaction::fix_config,
                  "Invalid value {} for configuration ssl.endpoint.identification.algorithm: must "
                  "be https, or empty for no check of the host name",
                  *algorithm);
    }
    out.set("ssl.endpoint.identification.algorithm",
            upper(*algorithm) == "HTTPS" ? "https" : "none");
  }
  if (protocol == "SSL" || protocol == "SASL_SSL") {
    translate_truststore(java, out);
    translate_keystore(java, out);
  }
  if (protocol.starts_with("SASL_")) translate_sasl(java, result);
}

}  // namespace kc::kafka
