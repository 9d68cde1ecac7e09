#include "kinetica/connection_properties.h"

#include "base/error.h"
#include "kinetica/url.h"

namespace kc::kinetica {

namespace {

using config::Importance;
using config::Property;
using config::PropertyType;

constexpr const char* token = "kinetica.oauth_token";
constexpr const char* primary_url = "kinetica.primary_url";
constexpr const char* failover_order = "kinetica.ha_failover_order";
constexpr const char* discover_clusters = "kinetica.discover_clusters";
constexpr const char* truststore = "kinetica.ssl.truststore.location";
constexpr const char* truststore_type = "kinetica.ssl.truststore.type";
constexpr const char* keystore = "kinetica.ssl.keystore.location";
constexpr const char* keystore_type = "kinetica.ssl.keystore.type";
constexpr const char* key_password = "kinetica.ssl.key.password";
constexpr const char* host_check = "kinetica.ssl.endpoint.identification.algorithm";
constexpr const char* bypass = "kinetica.ssl.bypass_cert_check";

std::optional<std::string> check_primary_url(std::string_view value) {
  if (value.empty()) return std::nullopt;
  try {
    parse_urls(value);
    return std::nullopt;
  } catch (const base::Error& error) {
    return error.what();
  }
}

Property declare(const char* name, PropertyType type, const char* default_value,
                 const char* display_name, const char* doc, config::Validator validator = nullptr) {
  Property property;
  property.name = name;
  property.type = type;
  property.default_value = default_value;
  property.importance = Importance::low;
  property.display_name = display_name;
  property.doc = doc;
  property.group = "Kinetica Properties";
  property.validator = std::move(validator);
  return property;
}

}  // namespace

std::vector<Property> connection_properties(int order) {
  using enum PropertyType;
  std::vector<Property> all{
      declare(token, password, "", "OAuth token",
              "Token to log in to the database with, in place of user name and password. Never "
              "shown in logs or by the REST interface."),
      declare(primary_url, string, "", "Primary URL",
              "URL of the cluster to prefer, and to go back to when it is back, among those of "
              "kinetica.url. Empty: the first one.",
              check_primary_url),
      declare(failover_order, string, "SEQUENTIAL", "Failover order",
              "Order in which the other clusters are tried: that of kinetica.url (SEQUENTIAL), or "
              "one of chance (RANDOM), so that many tasks spread.",
              config::one_of({"SEQUENTIAL", "RANDOM"})),
      declare(discover_clusters, boolean, "false", "Discover clusters",
              "Whether the clusters that the database itself names as its ring are used, too, when "
              "those of kinetica.url are away."),
      declare(truststore, string, "", "Truststore location",
              "For https: file with the certificate authorities to trust. Empty: those of the "
              "system."),
      declare(truststore_type, string, "PEM", "Truststore type", "Format of that file.",
              config::one_of({"PEM"})),
      declare(keystore, string, "", "Keystore location",
              "For https: file with the certificate to show the database, and its private key. "
              "Empty: none."),
      declare(keystore_type, string, "PEM", "Keystore type", "Format of that file.",
              config::one_of({"PEM"})),
      declare(key_password, password, "", "Key password", "Password of the private key, if any."),
      declare(host_check, string, "https", "Endpoint identification",
              "Whether the database's certificate must be for its host (https), or may be for any "
              "(empty).",
              config::one_of({"https", ""})),
      declare(bypass, boolean, "false", "Bypass certificate check",
              "Whether any certificate is accepted. For tests only: nothing then proves who "
              "answers."),
  };
  for (Property& property : all) property.order = order++;
  return all;
}

void read_connection_properties(const config::Config& config, ClientSettings& settings) {
  settings.token = config.password(token);
  settings.primary_url = config.string(primary_url);
  settings.random_order = config.string(failover_order) == "RANDOM";
  settings.discover_clusters = config.boolean(discover_clusters);
  settings.tls.truststore_file = config.string(truststore);
  settings.tls.keystore_file = config.string(keystore);
  settings.tls.key_password = config.password(key_password);
  settings.tls.verify_host = !config.string(host_check).empty();
  settings.tls.verify_certificate = !config.boolean(bypass);
}

}  // namespace kc::kinetica
