// What the readers of the kinds of stores have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/secret.h"
#include "security/key_store.h"

namespace kc::security {

// DER: certificates X.509, keys PKCS#8 without encryption.
struct KeyEntry {
  std::vector<std::string> chain;  // the own certificate first; may be empty in a PEM file
  config::Secret key;
};

struct StoreContents {
  std::vector<std::string> trusted;
  std::vector<KeyEntry> keys;
};

// Whether keys are decrypted: a trust store is read without the passwords of keys in it.
enum class Keys : bool { leave, open };

// Throws Error(fix_config): "Invalid value PATH for configuration PROPERTY: REASON".
[[noreturn]] void refuse(const StoreFile& store, std::string_view reason);
// The same, for a password that does not fit.
[[noreturn]] void refuse_password(const StoreFile& store, std::string_view kind);
[[noreturn]] void refuse_key_password(const StoreFile& store);

// `bytes`: the whole file. Each throws Error(fix_config).
StoreContents read_java_store(std::string_view bytes, const StoreFile& store, Keys keys);
StoreContents read_pkcs12(std::string_view bytes, const StoreFile& store, Keys keys);
StoreContents read_pem(std::string_view text, const StoreFile& store, Keys keys);

}  // namespace kc::security
