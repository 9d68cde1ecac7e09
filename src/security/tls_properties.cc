#include "security/tls_properties.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "base/error.h"

namespace kc::security {
namespace {

using base::Error;
using base::Reaction;
using config::Properties;
using config::Property;
using config::PropertyType;

constexpr std::string_view host_check = "ssl.endpoint.identification.algorithm";

struct Declaration {
  std::string_view name;
  PropertyType type;
  std::string_view default_value;
  std::string_view display_name;
  std::string_view doc;
};

constexpr std::array<Declaration, 11> declarations{{
    {"ssl.truststore.location", PropertyType::string, "", "Truststore location",
     "For https: file with the certificates to trust, in any of the formats JKS, JCEKS, PKCS12 and "
     "PEM. Empty: the certificate authorities of the system."},
    {"ssl.truststore.password", PropertyType::password, "", "Truststore password",
     "Password of that file. A JKS file without one is read without a check that it is whole."},
    {"ssl.truststore.type", PropertyType::string, "JKS", "Truststore type",
     "Format of that file: JKS, JCEKS, PKCS12 or PEM. Its first bytes count, whatever stands "
     "here."},
    {"ssl.truststore.certificates", PropertyType::password, "", "Truststore certificates",
     "The certificates to trust themselves, PEM, instead of a file."},
    {"ssl.keystore.location", PropertyType::string, "", "Keystore location",
     "For https: file with the certificate to show, and its private key, in any of those formats. "
     "Empty: none."},
    {"ssl.keystore.password", PropertyType::password, "", "Keystore password",
     "Password of that file."},
    {"ssl.keystore.type", PropertyType::string, "JKS", "Keystore type",
     "Format of that file: JKS, JCEKS, PKCS12 or PEM. Its first bytes count, whatever stands "
     "here."},
    {"ssl.keystore.certificate.chain", PropertyType::password, "", "Keystore certificate chain",
     "The certificate to show and those that signed it, PEM, instead of a file."},
    {"ssl.keystore.key", PropertyType::password, "", "Keystore key",
     "The private key of that certificate, PEM (PKCS#8), instead of a file."},
    {"ssl.key.password", PropertyType::password, "", "Key password",
     "Password of the private key, where it is not the keystore's."},
    {host_check, PropertyType::string, "https", "Endpoint identification",
     "Whether the other side's certificate must be for its host (https), or may be for any "
     "(empty)."},
}};

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

// Only the kinds that Java itself has are names of kinds; which one it is, the file says.
config::Validator store_type() {
  return [](std::string_view value) -> std::optional<std::string> {
    static constexpr std::string_view known[] = {"", "JKS", "JCEKS", "PKCS12", "PEM"};
    if (std::ranges::find(known, upper(std::string(value))) != std::end(known)) return std::nullopt;
    return "Value must be one of JKS, JCEKS, PKCS12, PEM";
  };
}

config::Validator host_check_value() {
  return [](std::string_view value) -> std::optional<std::string> {
    const std::string algorithm = upper(std::string(value));
    if (algorithm.empty() || algorithm == "HTTPS" || algorithm == "NONE") return std::nullopt;
    return "Value must be https, or empty for no check of the host name";
  };
}

config::Validator validator_of(std::string_view name) {
  if (name.ends_with("store.type")) return store_type();
  if (name == host_check) return host_check_value();
  return nullptr;
}

class TlsReader {
 public:
  TlsReader(const Properties& properties, std::string_view prefix)
      : properties_(properties), prefix_(prefix) {}

  TlsMaterial read() const {
    for (const auto& declaration : declarations) check(declaration.name);
    const std::string algorithm = upper(properties_.get(name(host_check), "https"));
    return {trusted(), identity(), algorithm == "HTTPS"};
  }

  std::string trusted() const {
    if (const std::string text = value("ssl.truststore.certificates"); !text.empty()) {
      return parse_trusted(text, name("ssl.truststore.certificates"));
    }
    if (value("ssl.truststore.location").empty()) return {};
    return read_trusted(store("ssl.truststore."));
  }

  std::optional<Identity> identity() const {
    const std::string key = value("ssl.keystore.key");
    const std::string chain = value("ssl.keystore.certificate.chain");
    if (key.empty() != chain.empty()) {
      throw Error(Reaction::fix_config, "{} is set but {} is not: set both",
                  name(key.empty() ? "ssl.keystore.certificate.chain" : "ssl.keystore.key"),
                  name(key.empty() ? "ssl.keystore.key" : "ssl.keystore.certificate.chain"));
    }
    if (!key.empty()) {
      return parse_identity(chain + "\n" + key, name("ssl.keystore.key"),
                            config::Secret(value("ssl.key.password")));
    }
    if (value("ssl.keystore.location").empty()) return std::nullopt;
    return read_identity(store("ssl.keystore."));
  }

 private:
  std::string name(std::string_view own) const { return prefix_ + std::string(own); }
  std::string value(std::string_view own) const { return properties_.get(name(own)); }

  void check(std::string_view own) const {
    const auto validator = validator_of(own);
    if (!validator || !properties_.contains(name(own))) return;
    if (const auto reason = validator(value(own))) {
      throw Error(Reaction::fix_config, "Invalid value {} for configuration {}: {}", value(own),
                  name(own), *reason);
    }
  }

  StoreFile store(std::string_view kind) const {
    return {name(kind) + "location", value(std::string(kind) + "location"),
            config::Secret(value(std::string(kind) + "password")),
            config::Secret(value("ssl.key.password"))};
  }

  const Properties& properties_;
  const std::string prefix_;
};

}  // namespace

TlsMaterial read_tls(const Properties& properties, std::string_view prefix) {
  return TlsReader(properties, prefix).read();
}

std::vector<Property> tls_properties(std::string_view prefix,
                                     std::optional<std::string_view> alias_prefix) {
  std::vector<Property> all;
  for (const auto& declaration : declarations) {
    Property property;
    property.name = std::string(prefix).append(declaration.name);
    property.type = declaration.type;
    property.default_value = declaration.default_value;
    property.importance = config::Importance::low;
    property.display_name = declaration.display_name;
    property.doc = declaration.doc;
    property.validator = validator_of(declaration.name);
    if (alias_prefix) {
      property.aliases.push_back(std::string(*alias_prefix).append(declaration.name));
    }
    all.push_back(std::move(property));
  }
  return all;
}

namespace {

Properties properties_of(const config::Config& config, std::string_view prefix) {
  Properties properties;
  for (const auto& declaration : declarations) {
    const std::string name = std::string(prefix).append(declaration.name);
    properties.set(name, declaration.type == PropertyType::password ? config.password(name).reveal()
                                                                    : config.string(name));
  }
  return properties;
}

}  // namespace

TlsMaterial read_tls(const config::Config& config, std::string_view prefix) {
  return read_tls(properties_of(config, prefix), prefix);
}

std::vector<config::Fault> find_tls_faults(const config::Config& config, std::string_view prefix) {
  const Properties properties = properties_of(config, prefix);
  const TlsReader reader(properties, prefix);
  std::vector<config::Fault> faults;
  const auto attempt = [&](const char* kind, auto&& read) {
    const std::string name = std::string(prefix) + "ssl." + kind + ".location";
    try {
      read();
    } catch (const Error& error) {
      faults.push_back({name, properties.get(name), error.what()});
    }
  };
  attempt("truststore", [&] { reader.trusted(); });
  attempt("keystore", [&] { reader.identity(); });
  return faults;
}

}  // namespace kc::security
