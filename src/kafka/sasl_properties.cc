#include "kafka/sasl_properties.h"

#include <fmt/format.h>
#include <sasl/sasl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kafka/java_values.h"
#include "kafka/kerberos_login.h"
#include "oauth/login_module_tls.h"
#include "security/jaas.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using security::LoginModule;

constexpr std::string_view plain = "org.apache.kafka.common.security.plain.PlainLoginModule";
constexpr std::string_view scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
constexpr std::string_view oauth =
    "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
constexpr std::string_view kerberos = "com.sun.security.auth.module.Krb5LoginModule";
constexpr std::string_view ibm_kerberos = "com.ibm.security.auth.module.Krb5LoginModule";

constexpr const char* token_url_property = "sasl.oauthbearer.token.endpoint.url";
constexpr const char* handler_property = "sasl.login.callback.handler.class";

constexpr std::string_view extension_prefix = "extension_";
constexpr std::string_view unsecured_extension_prefix = "unsecuredLoginExtension_";
constexpr std::chrono::seconds read_timeout{20};
constexpr int64_t login_time_max = 600'000;  // milliseconds

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string option(const LoginModule& module, std::string_view name) {
  const auto* value = module.find(name);
  return value == nullptr ? "" : value->reveal();
}

bool is_on(const LoginModule& module, std::string_view name) {
  return upper(option(module, name)) == "TRUE";
}

// "name=value name=value", as librdkafka reads sasl.oauthbearer.config.
void add_pair(std::string& list, std::string_view name, std::string_view value) {
  if (!list.empty()) list += ' ';
  list.append(name).append("=").append(value);
}

void translate_name_and_password(const LoginModule& module, Properties& out) {
  if (is_on(module, "tokenauth")) {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config asks for delegation tokens (tokenauth=true), which are not "
                "supported. Hint: use a SCRAM user");
  }
  for (const auto& [name, target] :
       {std::pair("username", "sasl.username"), std::pair("password", "sasl.password")}) {
    const auto* value = module.find(name);
    if (value == nullptr) {
      throw Error(Reaction::fix_config, "sasl.jaas.config has no option {}: add {}=\"...\"", name,
                  name);
    }
    out.set(target, value->reveal());
  }
}

// Whether the tokens come from a provider; else they are unsecured and made by librdkafka.
bool asks_for_provider(const Properties& java) {
  const std::string handler = java.get(handler_property);
  if (handler.ends_with(".OAuthBearerUnsecuredLoginCallbackHandler")) return false;
  const std::string_view package = "org.apache.kafka.common.security.oauthbearer.";
  const bool known = handler == std::string(package) + "OAuthBearerLoginCallbackHandler" ||
                     handler == std::string(package) + "secured.OAuthBearerLoginCallbackHandler";
  if (!handler.empty() && !known) {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration {}: this class cannot be loaded here. Hint: "
                "{}OAuthBearerLoginCallbackHandler asks the token endpoint of an OIDC provider",
                handler, handler_property, package);
  }
  if (known && java.get(token_url_property).empty()) {
    throw Error(Reaction::fix_config, "{} needs {}: set the URL of the provider's token endpoint",
                handler_property, token_url_property);
  }
  return !java.get(token_url_property).empty();
}

// A time of sasl.login.*; `otherwise` where it is not given.
std::chrono::milliseconds login_time(const JavaValues& java, std::string_view name,
                                     std::chrono::milliseconds otherwise) {
  return std::chrono::milliseconds(java.clamped(name, otherwise.count(), 1, login_time_max));
}

// OAuthBearerLoginCallbackHandler: client credentials for a token of the provider.
OAuthSettings oauth_settings(const Properties& java, const JavaValues& values,
                             const LoginModule& module) {
  const auto credential = [&](const char* property, const char* module_option) {
    std::string value = java.get(property, option(module, module_option));
    if (value.empty()) {
      throw Error(Reaction::fix_config,
                  "sasl.jaas.config has no option {}: add {}=\"...\", or set {}", module_option,
                  module_option, property);
    }
    return value;
  };
  OAuthSettings settings;
  oauth::TokenRequest& request = settings.request;
  request.url = java.get(token_url_property);
  request.client_id = credential("sasl.oauthbearer.client.credentials.client.id", "clientId");
  request.client_secret = config::Secret(
      credential("sasl.oauthbearer.client.credentials.client.secret", "clientSecret"));
  request.scope = java.get("sasl.oauthbearer.scope", option(module, "scope"));
  request.subject_claim = java.get("sasl.oauthbearer.sub.claim.name", request.subject_claim);
  request.http.tls = oauth::login_module_tls(module);
  request.http.connect_timeout =
      login_time(values, "sasl.login.connect.timeout.ms", request.http.connect_timeout);
  request.http.timeout =
      request.http.connect_timeout + login_time(values, "sasl.login.read.timeout.ms", read_timeout);
  settings.retry_backoff =
      login_time(values, "sasl.login.retry.backoff.ms", settings.retry_backoff);
  settings.retry_backoff_max =
      login_time(values, "sasl.login.retry.backoff.max.ms", settings.retry_backoff_max);
  for (const auto& [name, value] : module.options) {
    if (!name.starts_with(extension_prefix)) continue;
    settings.extensions.push_back(name.substr(extension_prefix.size()));
    settings.extensions.push_back(value.reveal());
  }
  return settings;
}

// OAuthBearerUnsecuredLoginCallbackHandler: a token without a signature, for tests.
void translate_unsecured_token(const LoginModule& module, Properties& out) {
  const auto given = [&module](const char* name, const char* otherwise) {
    const std::string value = option(module, name);
    return value.empty() ? std::string(otherwise) : value;
  };
  const std::string principal_claim = given("unsecuredLoginPrincipalClaimName", "sub");
  const std::string principal = option(module, "unsecuredLoginStringClaim_" + principal_claim);
  if (principal.empty()) {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config has no option unsecuredLoginStringClaim_{}, which names the user "
                "of an unsecured token. Hint: for tokens of an OIDC provider set {}",
                principal_claim, token_url_property);
  }
  const std::string scope_claim = given("unsecuredLoginScopeClaimName", "scope");
  std::string scope = option(module, "unsecuredLoginListClaim_" + scope_claim);
  // The list's first character is what separates its items.
  if (!scope.empty()) {
    const char separator = scope.front();
    std::replace(scope.begin(), scope.end(), separator, ',');
    scope.erase(0, 1);
  } else {
    scope = option(module, "unsecuredLoginStringClaim_" + scope_claim);
  }
  std::string config;
  add_pair(config, "principalClaimName", principal_claim);
  add_pair(config, "principal", principal);
  add_pair(config, "scopeClaimName", scope_claim);
  if (!scope.empty()) add_pair(config, "scope", scope);
  const std::string seconds = option(module, "unsecuredLoginLifetimeSeconds");
  if (!seconds.empty()) add_pair(config, "lifeSeconds", seconds);
  for (const auto& [name, value] : module.options) {
    if (!name.starts_with(unsecured_extension_prefix)) continue;
    add_pair(config, "extension_" + name.substr(unsecured_extension_prefix.size()), value.reveal());
  }
  out.set("enable.sasl.oauthbearer.unsecure.jwt", "true");
  out.set("sasl.oauthbearer.config", config);
}

// Whether the Cyrus library finds a plug-in for the mechanism. librdkafka needs one for GSSAPI
// alone.
bool has_sasl_plugin(std::string_view mechanism) {
  static const int started = sasl_client_init(nullptr);
  if (started != SASL_OK) return false;
  for (const char** name = sasl_global_listmech(); name != nullptr && *name != nullptr; ++name) {
    if (*name == mechanism) return true;
  }
  return false;
}

void translate_kerberos(const Properties& java, const LoginModule& module, Properties& out) {
  const std::string service = option(module, "serviceName");
  const std::string named = java.get("sasl.kerberos.service.name", service);
  if (!service.empty() && service != named) {
    throw Error(Reaction::fix_config,
                "Conflicting serviceName values found in JAAS and Kafka configs: {} and {}. Hint: "
                "give one of them",
                service, named);
  }
  if (!named.empty()) out.set("sasl.kerberos.service.name", named);
  std::string keytab = option(module, "keyTab");
  if (keytab.starts_with("file:")) keytab.erase(0, 5);
  const std::string principal = option(module, "principal");
  if (!principal.empty()) out.set("sasl.kerberos.principal", principal);
  if (!keytab.empty()) {
    if (principal.empty()) {
      throw Error(Reaction::fix_config,
                  "sasl.jaas.config has keyTab but not principal: add principal=\"NAME@REALM\", "
                  "whose key the keytab has");
    }
    out.set("sasl.kerberos.keytab", keytab);
    out.set("sasl.kerberos.kinit.cmd", kinit_template);
  } else if (is_on(module, "useTicketCache")) {
    out.set("sasl.kerberos.kinit.cmd", "");  // the cache is filled by somebody else
  } else {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config has neither keyTab=\"...\" nor useTicketCache=true: one of them "
                "says where the Kerberos ticket comes from");
  }
  if (!has_sasl_plugin("GSSAPI")) {
    throw Error(Reaction::fix_config,
                "sasl.mechanism is GSSAPI, for which this machine lacks the SASL plug-in. Hint: "
                "install it (Debian: libsasl2-modules-gssapi-mit)");
  }
}

void check_mechanism(const LoginModule& module, const std::string& mechanism) {
  const std::string_view name = module.class_name;
  std::string_view wanted;
  bool fits = false;
  if (name == plain) {
    wanted = "PLAIN";
  } else if (name == scram) {
    wanted = "SCRAM-SHA-256 or SCRAM-SHA-512";
    fits = mechanism.starts_with("SCRAM-SHA-");
  } else if (name == oauth) {
    wanted = "OAUTHBEARER";
  } else if (name == kerberos || name == ibm_kerberos) {
    wanted = "GSSAPI";
  } else {
    throw Error(Reaction::fix_config,
                "sasl.jaas.config names the login module {}, which is not supported. Supported: "
                "{}, {}, {}, {}",
                name, plain, scram, oauth, kerberos);
  }
  if (fits || mechanism == wanted) return;
  throw Error(Reaction::fix_config,
              "sasl.jaas.config names the login module {} but sasl.mechanism is {}. Hint: set "
              "sasl.mechanism to {}",
              name, mechanism, wanted);
}

// Nothing when no login is given at all, which rdkafka.sasl.* may make good.
std::optional<LoginModule> find_login(const Properties& java, TranslatedProperties& result) {
  if (const auto* jaas = java.find("sasl.jaas.config")) return security::parse_jaas(*jaas);
  const std::string file = security::jaas_file_of_environment();
  if (file.empty()) return std::nullopt;
  auto login = security::find_jaas_entry(file, "KafkaClient");
  if (!login) {
    throw Error(Reaction::fix_config,
                "Could not find a 'KafkaClient' entry in the JAAS configuration. System property "
                "'java.security.auth.login.config' is {}",
                file);
  }
  result.notes.push_back("the login is that of KafkaClient in " + file);
  return login;
}

}  // namespace

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
  const auto login = find_login(java, result);
  if (!login) {
    if (!java.with_prefix("rdkafka.sasl.").entries().empty()) return;
    throw Error(Reaction::fix_config,
                "sasl.mechanism is {} but sasl.jaas.config is not set. Hint: give the login module "
                "with its options",
                mechanism);
  }
  check_mechanism(*login, mechanism);
  if (mechanism == "OAUTHBEARER") {
    if (asks_for_provider(java)) {
      result.oauth = oauth_settings(java, JavaValues(java, result.warnings), *login);
    } else {
      translate_unsecured_token(*login, out);
    }
  } else if (mechanism == "GSSAPI") {
    translate_kerberos(java, *login, out);
  } else {
    translate_name_and_password(*login, out);
  }
}

}  // namespace kc::kafka
