#include "security/key_store.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "base/error.h"
#include "security/openssl_handles.h"
#include "security/store_contents.h"

namespace kc::security {
namespace {

using base::Error;
using base::Reaction;

constexpr size_t file_bytes_max = size_t{16} << 20;

std::string read_file(const StoreFile& store) {
  std::ifstream file(store.path, std::ios::binary);
  std::string bytes;
  std::string part(64 * 1024, '\0');
  while (file && bytes.size() <= file_bytes_max) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    bytes.append(part, 0, static_cast<size_t>(file.gcount()));
  }
  if (bytes.empty()) {
    refuse(store,
           "the file is empty or cannot be read by this user. Hint: correct the path or its "
           "permissions");
  }
  if (bytes.size() > file_bytes_max) refuse(store, "the file is larger than 16 MiB: no key store");
  return bytes;
}

StoreContents read(const StoreFile& store, Keys keys) {
  const std::string bytes = read_file(store);
  if (bytes.starts_with("\xFE\xED\xFE\xED") || bytes.starts_with("\xCE\xCE\xCE\xCE")) {
    return read_java_store(bytes, store, keys);
  }
  if (bytes.find("-----BEGIN ") != bytes.npos) return read_pem(bytes, store, keys);
  if (bytes.front() == '\x30') return read_pkcs12(bytes, store, keys);
  refuse(store, "neither a JKS nor a JCEKS nor a PKCS12 nor a PEM file");
}

std::string pem(const char* label, const std::string& der) {
  const BioHandle out(BIO_new(BIO_s_mem()));
  PEM_write_bio(out.get(), label, "", reinterpret_cast<const unsigned char*>(der.data()),
                static_cast<long>(der.size()));
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(std::max(size, 0L))};
}

CertificateHandle parse_certificate(const std::string& der, const StoreFile& store) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  CertificateHandle x509(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  ERR_clear_error();
  if (!x509) refuse(store, "a certificate in it is damaged");
  return x509;
}

std::string trusted_pem(StoreContents contents, const StoreFile& store) {
  for (KeyEntry& entry : contents.keys) {
    if (!entry.chain.empty()) contents.trusted.push_back(std::move(entry.chain.front()));
  }
  if (contents.trusted.empty()) refuse(store, "there is no certificate to trust in it");
  std::string text;
  for (const std::string& certificate : contents.trusted) {
    parse_certificate(certificate, store);
    text += pem("CERTIFICATE", certificate);
  }
  return text;
}

Identity identity_pem(StoreContents contents, const StoreFile& store) {
  if (contents.keys.empty()) refuse(store, "there is no private key in it");
  KeyEntry& entry = contents.keys.front();
  if (entry.chain.empty()) refuse(store, "there is no certificate for its private key in it");
  const std::string& der = entry.key.reveal();
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  const KeyHandle key(d2i_AutoPrivateKey(nullptr, &data, static_cast<long>(der.size())));
  if (!key) refuse(store, "its private key is damaged or of an unknown kind");
  const auto own = std::ranges::find_if(entry.chain, [&](const std::string& certificate) {
    return X509_check_private_key(parse_certificate(certificate, store).get(), key.get()) == 1;
  });
  ERR_clear_error();
  if (own == entry.chain.end())
    refuse(store, "its private key belongs to none of its certificates");
  std::rotate(entry.chain.begin(), own, own + 1);
  Identity identity;
  for (const std::string& certificate : entry.chain) {
    parse_certificate(certificate, store);
    identity.chain += pem("CERTIFICATE", certificate);
  }
  identity.key = config::Secret(pem("PRIVATE KEY", der));
  return identity;
}

// "ssl.keystore.location" -> "ssl.keystore.password", and "ssl.key.password" for `name` "key".
std::string sibling(const std::string& property, std::string_view name) {
  const size_t last = std::min(property.rfind('.'), property.size());
  if (name.empty()) return property.substr(0, last) + ".password";
  const size_t store = last == property.size() ? 0 : property.rfind("keystore.");
  return property.substr(0, store == property.npos ? 0 : store) + std::string(name) + ".password";
}

}  // namespace

void refuse(const StoreFile& store, std::string_view reason) {
  ERR_clear_error();
  if (store.path.empty()) {
    throw Error(Reaction::fix_config, "Invalid value {} for configuration {}: {}",
                config::Secret::hidden, store.property, reason);
  }
  throw Error(Reaction::fix_config, "Invalid value {} for configuration {}: {}", store.path,
              store.property, reason);
}

void refuse_password(const StoreFile& store, std::string_view kind) {
  refuse(store, fmt::format("the {} store was changed, or the password {}. Hint: correct {}", kind,
                            store.password.empty() ? "is missing" : "is wrong",
                            sibling(store.property, "")));
}

void refuse_key_password(const StoreFile& store) {
  refuse(store, fmt::format("its private key cannot be decrypted with the password given. Hint: "
                            "correct {}",
                            sibling(store.property, "key")));
}

std::string read_trusted(const StoreFile& store) {
  return trusted_pem(read(store, Keys::leave), store);
}

Identity read_identity(const StoreFile& store) {
  return identity_pem(read(store, Keys::open), store);
}

std::string parse_trusted(std::string_view text, const std::string& property) {
  const StoreFile store{property, {}, {}, {}};
  return trusted_pem(read_pem(text, store, Keys::leave), store);
}

Identity parse_identity(const std::string& text, const std::string& property,
                        const config::Secret& key_password) {
  const StoreFile store{property, {}, {}, key_password};
  return identity_pem(read_pem(text, store, Keys::open), store);
}

}  // namespace kc::security
