#include "registry/bearer_auth.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "oauth/login_module_tls.h"
#include "registry/declarations.h"
#include "security/jaas.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;
using config::Config;
using config::Property;
using config::PropertyType;
using config::Secret;

constexpr const char* source_property = "bearer.auth.credentials.source";
constexpr const char* token_property = "bearer.auth.token";
constexpr const char* issuer_property = "bearer.auth.issuer.endpoint.url";
constexpr const char* client_id_property = "bearer.auth.client.id";
constexpr const char* client_secret_property = "bearer.auth.client.secret";
constexpr const char* scope_property = "bearer.auth.scope";
constexpr const char* subject_claim_property = "bearer.auth.sub.claim.name";
constexpr const char* renewed_before_property = "bearer.auth.cache.expiry.buffer.seconds";
constexpr const char* logical_cluster_property = "bearer.auth.logical.cluster";
constexpr const char* identity_pool_property = "bearer.auth.identity.pool.id";
constexpr const char* inherited_url_property = "sasl.oauthbearer.token.endpoint.url";
constexpr const char* jaas_property = "sasl.jaas.config";

constexpr const char* source_static = "STATIC_TOKEN";
constexpr const char* source_oauth = "OAUTHBEARER";
constexpr const char* source_inherit = "SASL_OAUTHBEARER_INHERIT";

// The token endpoint is asked while a record waits.
constexpr std::chrono::seconds connect_timeout{10};
constexpr std::chrono::seconds exchange_timeout{20};

// Where the source inherits, the login module and the Kafka client's properties make good what
// `bearer.auth.*` does not say.
class Source {
 public:
  explicit Source(const Config& config) : config_(config), name_(config.string(source_property)) {
    if (name_ != source_inherit) return;
    const std::string jaas = config.password(jaas_property).reveal();
    if (jaas.empty()) {
      throw Error(Reaction::fix_config,
                  "{} = {} needs {} with the login module of the Kafka clients", source_property,
                  name_, jaas_property);
    }
    module_ = security::parse_jaas(jaas, jaas_property);
  }

  const std::string& name() const { return name_; }

  std::string get(const char* property, const char* module_option) const {
    const std::string own = config_.string(property);
    return own.empty() ? option(module_option) : own;
  }
  std::string need(const char* property, const char* module_option) const {
    return needed(get(property, module_option), property, module_option);
  }
  Secret need_secret(const char* property, const char* module_option) const {
    std::string own = config_.password(property).reveal();
    return Secret(needed(own.empty() ? option(module_option) : own, property, module_option));
  }

  // As Confluent's client: of the registry's own properties, but of the login module where it
  // inherits.
  http::TlsOptions tls(const http::TlsOptions& of_registry) const {
    return name_ == source_inherit ? oauth::login_module_tls(module_) : of_registry;
  }

 private:
  std::string option(const char* name) const {
    const Secret* const value = module_.find(name);
    return value == nullptr ? "" : value->reveal();
  }
  std::string needed(std::string value, const char* property, const char* module_option) const {
    if (!value.empty()) return value;
    if (name_ == source_inherit) {
      throw Error(Reaction::fix_config, "{} = {} needs {}, or {} in {}", source_property, name_,
                  property, module_option, jaas_property);
    }
    throw Error(Reaction::fix_config, "{} = {} needs {}", source_property, name_, property);
  }

  const Config& config_;
  std::string name_;
  security::LoginModule module_;
};

std::string token_url(const Config& config, const Source& source) {
  std::string url = config.string(issuer_property);
  if (url.empty() && source.name() == source_inherit) url = config.string(inherited_url_property);
  if (!url.empty()) return url;
  throw Error(Reaction::fix_config, "{} = {} needs {}", source_property, source.name(),
              source.name() == source_inherit ? inherited_url_property : issuer_property);
}

oauth::TokenRequest token_request(const Config& config, const Source& source,
                                  const http::TlsOptions& tls,
                                  const http::ClientOptions& registry) {
  oauth::TokenRequest request;
  request.url = token_url(config, source);
  request.client_id = source.need(client_id_property, "clientId");
  request.client_secret = source.need_secret(client_secret_property, "clientSecret");
  request.scope = source.get(scope_property, "scope");
  request.subject_claim = config.string(subject_claim_property);
  request.http.user_agent = registry.user_agent;
  request.http.connect_timeout = connect_timeout;
  request.http.timeout = exchange_timeout;
  request.http.tls = source.tls(tls);
  return request;
}

// Confluent Cloud finds registry and identity pool by headers.
void add_header(const char* header, const std::string& value, const char* property,
                RegistrySettings& settings) {
  if (value.empty()) return;
  if (std::ranges::any_of(value, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    throw Error(Reaction::fix_config, "{} has a control character. Hint: give it on one line",
                property);
  }
  for (Endpoint& endpoint : settings.endpoints) {
    endpoint.http.headers.push_back(fmt::format("{}: {}", header, value));
  }
}

}  // namespace

void declare_bearer_auth_properties(config::ConfigDef& def) {
  using enum PropertyType;
  def.add(
      property(source_property, string, "",
               "STATIC_TOKEN: a bearer token instead of name and password. OAUTHBEARER: a token "
               "that an OAuth provider gives. SASL_OAUTHBEARER_INHERIT: the same, with "
               "the login module and the token endpoint of the Kafka clients where "
               "bearer.auth.* does not say otherwise."));
  def.add(property(token_property, password, "", "The token for the source STATIC_TOKEN."));
  def.add(property(issuer_property, string, "",
                   "URL of the OAuth provider's token endpoint, for the source OAUTHBEARER."));
  def.add(property(client_id_property, string, "", "The client id to ask it with."));
  def.add(property(client_secret_property, password, "", "The client secret to ask it with."));
  def.add(property(scope_property, string, "",
                   "The scope to ask it for; empty: the provider's default."));
  def.add(
      property(subject_claim_property, string, "sub", "The token's claim that says whose it is."));
  Property renewed = property(renewed_before_property, int32, "300",
                              "How long before a token expires another one is fetched, in seconds; "
                              "at most a fifth of its time.");
  renewed.validator = config::between(0, 32767);
  def.add(std::move(renewed));
  def.add(property(logical_cluster_property, string, "",
                   "The registry's logical cluster in Confluent Cloud, for any bearer token."));
  def.add(property(identity_pool_property, string, "",
                   "The identity pool in Confluent Cloud, for any bearer token."));
  def.add(property(inherited_url_property, string, "",
                   "URL of the token endpoint, for the source SASL_OAUTHBEARER_INHERIT."));
}

void add_bearer_auth(const Config& config, const http::TlsOptions& tls,
                     RegistrySettings& settings) {
  const Source source(config);
  const std::string& name = source.name();
  if (name.empty()) return;
  if (name == source_static) {
    const std::string token = config.password(token_property).reveal();
    if (token.empty()) {
      throw Error(Reaction::fix_config, "{} = {} needs {}", source_property, name, token_property);
    }
    for (Endpoint& endpoint : settings.endpoints) endpoint.http.bearer_token = token;
  } else if (name == source_oauth || name == source_inherit) {
    settings.token = token_request(config, source, tls, settings.endpoints.front().http);
    settings.token_renewed_before = std::chrono::seconds(config.integer(renewed_before_property));
  } else {
    throw Error(Reaction::fix_config,
                "Invalid value {} for configuration {}: must be one of {}, "
                "{}, {}",
                name, source_property, source_static, source_oauth, source_inherit);
  }
  add_header("target-sr-cluster", config.string(logical_cluster_property), logical_cluster_property,
             settings);
  add_header("Confluent-Identity-Pool-Id",
             source.get(identity_pool_property, "extension_identityPoolId"), identity_pool_property,
             settings);
}

}  // namespace kc::registry
