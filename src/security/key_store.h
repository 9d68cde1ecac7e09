// Key stores and trust stores as Java programs have them, read into memory as PEM: JKS and JCEKS,
// PKCS12 as any version of Java or OpenSSL writes it, and PEM with keys encrypted or not.
//
// A store's first bytes say what it is. `ssl.*.type` does not: keytool has written PKCS12 under any
// name since Java 9, and Java copes with that, too.
#pragma once

#include <string>
#include <string_view>

#include "config/secret.h"

namespace kc::security {

// A store and how the user named it, for messages.
struct StoreFile {
  std::string property;  // whose value is `path`: "ssl.keystore.location"
  std::string path;
  config::Secret password;      // of property X.password where X.location is `property`
  config::Secret key_password;  // of a key in it; empty: `password`
};

// A certificate with its private key.
struct Identity {
  std::string chain;   // PEM, the own certificate first
  config::Secret key;  // PEM, PKCS#8, not encrypted
};

// The certificates that a trust store says to trust, PEM, at least one. As in Java these are its
// trusted entries and the own certificate of each key. A JKS store without a password is read
// without proof that nobody changed it.
//
// Throws Error(fix_config) naming property and path: the file cannot be read, is damaged or of no
// known kind, a password does not fit. Never shows a password.
std::string read_trusted(const StoreFile& store);

// The store's first key with its certificates. Throws as read_trusted().
Identity read_identity(const StoreFile& store);

// The same of PEM texts, which may stand on one line, as Kafka takes them. `property`: of `text`.
std::string parse_trusted(std::string_view text, const std::string& property);
// `text`: certificates and key in any order. `key_password`: may be empty.
Identity parse_identity(const std::string& text, const std::string& property,
                        const config::Secret& key_password);

}  // namespace kc::security
