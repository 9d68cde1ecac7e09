#include "registry/registry_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/version.h"
#include "registry/bearer_auth.h"
#include "registry/declarations.h"
#include "security/client_tls.h"
#include "security/jaas.h"
#include "security/tls_properties.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;
using config::Config;
using config::Property;
using config::PropertyType;

constexpr const char* url_property = "schema.registry.url";
constexpr const char* source_property = "basic.auth.credentials.source";
constexpr const char* user_info_property = "basic.auth.user.info";
constexpr const char* jaas_property = "sasl.jaas.config";
constexpr const char* proxy_host_property = "proxy.host";
constexpr const char* proxy_port_property = "proxy.port";
constexpr const char* tls_prefix = "schema.registry.";
constexpr const char* connect_timeout_property = "http.connect.timeout.ms";
constexpr const char* read_timeout_property = "http.read.timeout.ms";
constexpr const char* schemas_max_property = "max.schemas.per.subject";
constexpr const char* missing_kept_property = "missing.id.cache.ttl.sec";
constexpr const char* normalize_property = "normalize.schemas";

constexpr size_t response_bytes_max = size_t{64} << 20;

Property number(std::string name, std::string default_value, int64_t minimum, int64_t maximum,
                std::string doc) {
  Property result = unprefixed_property(std::move(name), PropertyType::int64,
                                        std::move(default_value), std::move(doc));
  result.validator = config::between(minimum, maximum);
  return result;
}

// %41 -> A.
std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      result.push_back(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

struct Credentials {
  std::string name;
  std::string password;
};

Credentials split_user_info(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

// Takes the user information out of `url`, percent-decoded.
Credentials take_user_info(std::string& url) {
  const size_t begin = url.find("://") + 3;
  const size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const size_t at = url.rfind('@', end);
  if (at == std::string::npos || at < begin || at >= end) return {};
  Credentials found = split_user_info(std::string_view(url).substr(begin, at - begin));
  url.erase(begin, at + 1 - begin);
  return {percent_decoded(found.name), percent_decoded(found.password)};
}

// Kinetica's guide writes the URL in quotes and without a scheme: "host:8081".
std::string tidy_url(std::string text) {
  std::erase(text, '"');
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  while (text.ends_with('/')) text.pop_back();
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    throw Error(Reaction::fix_config, "{}: the scheme of a URL is {}; it must be http or https",
                url_property, text.substr(0, text.find("://")));
  }
  return text;
}

// "HOST:PORT"; empty when there is none.
std::string proxy(const Config& config) {
  const std::string& host = config.string(proxy_host_property);
  const int64_t port = config.integer(proxy_port_property);
  if (host.empty()) return {};
  if (port <= 0) {
    throw Error(Reaction::fix_config, "{} = {} needs {}", proxy_host_property, host,
                proxy_port_property);
  }
  return fmt::format("{}:{}", host, port);
}

// What all endpoints share: USER_INFO's, or those of the login module for SASL_INHERIT.
Credentials shared_credentials(const Config& config) {
  const std::string& source = config.string(source_property);
  if (source == "USER_INFO") {
    const std::string info = config.password(user_info_property).reveal();
    if (info.find(':') == std::string::npos) {
      throw Error(Reaction::fix_config, "{} = USER_INFO needs {} = name:password", source_property,
                  user_info_property);
    }
    return split_user_info(info);
  }
  const std::string jaas = config.password(jaas_property).reveal();
  const security::LoginModule module =
      jaas.empty() ? security::LoginModule() : security::parse_jaas(jaas, jaas_property);
  const config::Secret* const name = module.find("username");
  const config::Secret* const password = module.find("password");
  if (name == nullptr || password == nullptr) {
    throw Error(Reaction::fix_config, "{} = SASL_INHERIT needs {} with a username and a password",
                source_property, jaas_property);
  }
  return {name->reveal(), password->reveal()};
}

// Sets name and password of every endpoint.
void add_credentials(const Config& config, std::vector<Endpoint>& endpoints) {
  const bool from_url = config.string(source_property) == "URL";
  const Credentials shared = from_url ? Credentials() : shared_credentials(config);
  for (Endpoint& endpoint : endpoints) {
    Credentials own = take_user_info(endpoint.url);
    if (!from_url) own = shared;
    endpoint.http.username = std::move(own.name);
    endpoint.http.password = std::move(own.password);
  }
}

}  // namespace

void declare_registry_properties(config::ConfigDef& def) {
  Property url;
  url.name = url_property;
  url.type = PropertyType::list;
  url.importance = config::Importance::high;
  url.doc = "URLs of the Schema Registry, separated by commas; the next is used when one is away.";
  url.validator = config::not_empty();
  def.add(std::move(url));
  Property source = property(source_property, PropertyType::string, "URL",
                             "Where name and password come from: URL, USER_INFO or SASL_INHERIT.");
  source.validator = config::one_of({"URL", "USER_INFO", "SASL_INHERIT"});
  def.add(std::move(source));
  def.add(property(user_info_property, PropertyType::password, "",
                   "name:password for the source USER_INFO."));
  def.add(property(jaas_property, PropertyType::password, "",
                   "The login module whose username and password the source SASL_INHERIT takes, or "
                   "whose client id and secret SASL_OAUTHBEARER_INHERIT takes."));
  declare_bearer_auth_properties(def);
  for (Property& tls : security::tls_properties(tls_prefix, "")) def.add(std::move(tls));
  def.add(property(proxy_host_property, PropertyType::string, "",
                   "Host of the HTTP proxy on the way to the registry; empty: none."));
  Property port = property(proxy_port_property, PropertyType::int64, "-1", "Its port.");
  port.validator = config::between(-1, 65535);
  def.add(std::move(port));
  def.add(number(connect_timeout_property, "10000", 1, 600'000,
                 "The longest time to wait for a connection."));
  def.add(number(read_timeout_property, "30000", 1, 600'000,
                 "The longest time to wait for an answer."));
  def.add(number(schemas_max_property, "1000", 1, 1'000'000,
                 "The most schemas that are kept; the one unused longest is dropped for another."));
  def.add(number(missing_kept_property, "5", 0, 86'400,
                 "How long an id that the registry does not know is not asked for again."));
  def.add(
      unprefixed_property(normalize_property, PropertyType::boolean, "false",
                          "Whether the registry is to normalize schemas before it compares them."));
}

RegistrySettings registry_settings(const Config& config) {
  http::ClientOptions http;
  http.user_agent = std::string("kinetica-connect/") + std::string(base::version());
  http.connect_timeout = std::chrono::milliseconds(config.integer(connect_timeout_property));
  http.timeout =
      http.connect_timeout + std::chrono::milliseconds(config.integer(read_timeout_property));
  http.response_bytes_max = response_bytes_max;
  http.tls = security::client_tls(security::read_tls(config, tls_prefix));
  http.proxy = proxy(config);
  RegistrySettings settings;
  for (const std::string& url : config.list(url_property)) {
    if (!url.empty()) settings.endpoints.push_back({tidy_url(url), http});
  }
  if (settings.endpoints.empty()) {
    throw Error(Reaction::fix_config, "{} names no URL. Give one such as http://localhost:8081",
                url_property);
  }
  add_credentials(config, settings.endpoints);
  add_bearer_auth(config, http.tls, settings);
  settings.schemas_max = static_cast<size_t>(config.integer(schemas_max_property));
  settings.missing_kept = std::chrono::seconds(config.integer(missing_kept_property));
  settings.normalize = config.boolean(normalize_property);
  return settings;
}

}  // namespace kc::registry
