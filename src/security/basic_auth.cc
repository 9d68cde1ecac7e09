#include "security/basic_auth.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/base64.h"
#include "base/error.h"
#include "security/jaas.h"

namespace kc::security {
namespace {

using base::Error;
using base::Reaction;

constexpr std::string_view login_module =
    "org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule";
constexpr const char* entry_name = "KafkaConnect";
constexpr size_t header_bytes_max = 8192;

}  // namespace

BasicAuth::Digest BasicAuth::digest(std::string_view text) {
  Digest result{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), result.data());
  return result;
}

BasicAuth::BasicAuth(const config::Properties& credentials) {
  for (const auto& [user, password] : credentials.entries()) passwords_[user] = digest(password);
  if (passwords_.empty()) {
    throw Error(Reaction::fix_config,
                "The credentials file of the REST API has no user, so that nobody could be let in. "
                "Hint: give lines of user=password");
  }
}

config::Properties BasicAuth::read_credentials(const std::string& jaas_file) {
  if (jaas_file.empty()) {
    throw Error(Reaction::fix_config,
                "rest.extension.classes has {}, which needs a JAAS file with the entry {}. Hint: "
                "set KAFKA_OPTS=-Djava.security.auth.login.config=FILE",
                basic_auth_extension, entry_name);
  }
  const auto module = find_jaas_entry(jaas_file, entry_name);
  if (!module) {
    throw Error(Reaction::fix_config,
                "{} has no entry {}. Hint: {} {{ {} required file=\"...\"; }};", jaas_file,
                entry_name, entry_name, login_module);
  }
  if (module->class_name != login_module) {
    throw Error(Reaction::fix_config,
                "{}: the entry {} names the login module {}, which is not supported. Supported: {}",
                jaas_file, entry_name, module->class_name, login_module);
  }
  const auto* file = module->find("file");
  if (file == nullptr) {
    throw Error(
        Reaction::fix_config,
        "{}: Property Credentials file must be specified. Hint: file=\"...\" in the entry {}",
        jaas_file, entry_name);
  }
  return config::read_properties(file->reveal());
}

BasicAuth BasicAuth::from_jaas_file(const std::string& jaas_file) {
  return BasicAuth(read_credentials(jaas_file));
}

bool BasicAuth::allows(std::string_view authorization) const {
  constexpr std::string_view scheme = "Basic ";
  if (!authorization.starts_with(scheme) || authorization.size() > header_bytes_max) return false;
  authorization.remove_prefix(scheme.size());
  std::string text(authorization.size(), '\0');
  const auto size = base::base64_decode(authorization, text.data());
  if (!size) return false;
  text.resize(*size);
  const size_t colon = text.find(':');
  if (colon == text.npos) return false;
  const auto found = passwords_.find(std::string_view(text).substr(0, colon));
  const Digest& expected = found == passwords_.end() ? passwords_.begin()->second : found->second;
  const Digest given = digest(std::string_view(text).substr(colon + 1));
  const bool equal = CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0;
  return equal && found != passwords_.end();
}

}  // namespace kc::security
