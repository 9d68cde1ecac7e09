#include "kinetica/connection_properties.h"

#include <iterator>

#include "base/error.h"
#include "kinetica/url.h"
#include "security/client_tls.h"
#include "security/tls_properties.h"

namespace kc::kinetica {

namespace {

using config::Importance;
using config::Property;
using config::PropertyType;

constexpr const char* token = "kinetica.oauth_token";
constexpr const char* primary_url = "kinetica.primary_url";
constexpr const char* failover_order = "kinetica.ha_failover_order";
constexpr const char* discover_clusters = "kinetica.discover_clusters";
constexpr const char* tls_prefix = "kinetica.";
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
      declare(bypass, boolean, "false", "Bypass certificate check",
              "Whether any certificate is accepted. For tests only: nothing then proves who "
              "answers."),
  };
  std::vector<Property> tls = security::tls_properties(tls_prefix);
  all.insert(std::prev(all.end()), std::make_move_iterator(tls.begin()),
             std::make_move_iterator(tls.end()));
  for (Property& property : all) {
    property.group = "Kinetica Properties";
    property.order = order++;
  }
  return all;
}

void read_connection_properties(const config::Config& config, ClientSettings& settings) {
  settings.token = config.password(token);
  settings.primary_url = config.string(primary_url);
  settings.random_order = config.string(failover_order) == "RANDOM";
  settings.discover_clusters = config.boolean(discover_clusters);
  settings.tls = security::client_tls(security::read_tls(config, tls_prefix));
  settings.tls.verify_certificate = !config.boolean(bypass);
}

std::vector<config::Fault> find_connection_faults(const config::Config& config) {
  return security::find_tls_faults(config, tls_prefix);
}

}  // namespace kc::kinetica
