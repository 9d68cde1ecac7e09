// Kafka Connect's basic authentication of its REST API: BasicAuthSecurityRestExtension of
// `rest.extension.classes`, with the entry KafkaConnect of the JAAS file in KAFKA_OPTS:
//
//   KafkaConnect {
//     org.apache.kafka.connect.rest.basic.auth.extension.PropertyFileLoginModule required
//     file="/path/of/credentials";
//   };
//
// where the file is a properties file of user=password.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "config/properties.h"

namespace kc::security {

inline constexpr std::string_view basic_auth_extension =
    "org.apache.kafka.connect.rest.basic.auth.extension.BasicAuthSecurityRestExtension";

// Immutable; any thread. Keeps digests, not passwords.
class BasicAuth {
 public:
  // `credentials`: user=password. Throws Error(fix_config) when there are none: stock Connect lets
  // everybody in then.
  explicit BasicAuth(const config::Properties& credentials);

  // user=password: the file that the entry of the JAAS file names. Throws Error(fix_config) naming
  // what is missing.
  static config::Properties read_credentials(const std::string& jaas_file);
  // Of those. Throws the same.
  static BasicAuth from_jaas_file(const std::string& jaas_file);

  // Whether the value of an Authorization header names a user and that user's password. Takes as
  // long for a wrong password or an unknown user as for a right one.
  bool allows(std::string_view authorization) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  static Digest digest(std::string_view text);

  std::map<std::string, Digest, std::less<>> passwords_;
};

}  // namespace kc::security
