// Any bytes as a store of each kind: contents or an Error, whatever the password.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "security/store_contents.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace kc::security;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const kc::config::Secret password("changeit");
  const StoreFile with_password{"ssl.keystore.location", "store", password,
                                kc::config::Secret("keypass1")};
  const StoreFile without{"ssl.truststore.location", "store", {}, {}};
  const auto reader = bytes.starts_with("\x30")           ? read_pkcs12
                      : bytes.find("-----") != bytes.npos ? read_pem
                                                          : read_java_store;
  for (const StoreFile* store : {&with_password, &without}) {
    try {
      reader(bytes, *store, Keys::open);
    } catch (const kc::base::Error&) {
    }
  }
  return 0;
}
