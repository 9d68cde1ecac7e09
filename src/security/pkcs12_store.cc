// PKCS12 through OpenSSL, in a library context of its own with the legacy provider, so that stores
// of Java before 16 (RC2-40, triple DES) open without changing what the rest of the process allows.
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <optional>

#include "security/openssl_handles.h"
#include "security/store_contents.h"

namespace kc::security {
namespace {

// The attribute by which Java marks a certificate as trusted rather than part of a chain.
constexpr std::string_view trusted_usage = "2.16.840.1.113894.746875.1.1";
// Takes half a second; Java has written 100,000 at most.
constexpr int64_t rounds_max = 1'000'000;
constexpr int nesting_max = 8;

template <auto release>
struct ReleaseStack {
  template <typename T>
  void operator()(T* stack) const noexcept {
    release(stack);
  }
};
void free_safes(STACK_OF(PKCS7) * safes) { sk_PKCS7_pop_free(safes, PKCS7_free); }
void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
using SafesHandle = std::unique_ptr<STACK_OF(PKCS7), ReleaseStack<free_safes>>;
using BagsHandle = std::unique_ptr<STACK_OF(PKCS12_SAFEBAG), ReleaseStack<free_bags>>;

// The library context, made once: that takes some milliseconds.
struct Library {
  LibraryHandle context{OSSL_LIB_CTX_new()};
  ProviderHandle standard{OSSL_PROVIDER_load(context.get(), "default")};
  ProviderHandle legacy{OSSL_PROVIDER_load(context.get(), "legacy")};
};

const Library& library() {
  static const Library instance;
  return instance;
}

struct Certificate {
  CertificateHandle x509;
  std::string key_id;
  bool trusted = false;
};
struct Key {
  config::Secret plain;  // DER; empty when it was left
  std::string key_id;
};

std::string key_id(const PKCS12_SAFEBAG* bag) {
  const ASN1_TYPE* value = PKCS12_SAFEBAG_get0_attr(bag, NID_localKeyID);
  if (value == nullptr || value->type != V_ASN1_OCTET_STRING) return {};
  const ASN1_OCTET_STRING* text = value->value.octet_string;
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

bool is_marked_trusted(const PKCS12_SAFEBAG* bag) {
  const STACK_OF(X509_ATTRIBUTE)* attributes = PKCS12_SAFEBAG_get0_attrs(bag);
  for (int i = 0; i < sk_X509_ATTRIBUTE_num(attributes); ++i) {
    std::array<char, 80> text{};
    OBJ_obj2txt(text.data(), text.size(),
                X509_ATTRIBUTE_get0_object(sk_X509_ATTRIBUTE_value(attributes, i)), 1);
    if (text.data() == trusted_usage) return true;
  }
  return false;
}

std::string der(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size < 0) return {};
  std::string result(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return result;
}

std::string der(const PKCS8_PRIV_KEY_INFO* key) {
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(key, &bytes);
  if (size < 0) return {};
  std::string result(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_clear_free(bytes, static_cast<size_t>(size));
  return result;
}

class Reader {
 public:
  Reader(const StoreFile& store, Keys keys) : store_(store), keys_wanted_(keys) {}

  StoreContents read(std::string_view bytes);

 private:
  void check_password(PKCS12* store);
  void read_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth);
  void read_key(const PKCS12_SAFEBAG* bag);
  std::vector<std::string> chain_of(const Key& key) const;
  [[noreturn]] void refuse_unopened(std::string_view what) const;

  const StoreFile& store_;
  const Keys keys_wanted_;
  const char* password_ = nullptr;  // no password and an empty one differ in PKCS12
  std::vector<Certificate> certificates_;
  std::vector<Key> store_keys_;
};

void Reader::refuse_unopened(std::string_view what) const {
  const bool unsupported = ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED ||
                           ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED;
  ERR_clear_error();
  if (unsupported && !library().legacy) {
    refuse(store_,
           "the PKCS12 store is encrypted as Java before 16 did, for which OpenSSL's legacy "
           "provider is missing. Hint: install it (Debian: openssl-provider-legacy), or renew "
           "the store with keytool -importkeystore");
  }
  if (unsupported) {
    refuse(store_, "the PKCS12 store is encrypted in a way that OpenSSL does not know");
  }
  refuse(store_, what);
}

void Reader::check_password(PKCS12* store) {
  const std::string& given = store_.password.reveal();
  password_ = given.c_str();
  if (PKCS12_mac_present(store) == 0) return;
  const ASN1_INTEGER* rounds = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &rounds, store);
  if (rounds != nullptr &&
      (ASN1_INTEGER_get(rounds) < 0 || ASN1_INTEGER_get(rounds) > rounds_max)) {
    refuse(store_, "the PKCS12 store is damaged: the count of its check's rounds is out of range");
  }
  if (PKCS12_verify_mac(store, password_, static_cast<int>(given.size())) == 1) return;
  if (given.empty() && PKCS12_verify_mac(store, nullptr, 0) == 1) {
    password_ = nullptr;
    return;
  }
  ERR_clear_error();
  refuse_password(store_, "PKCS12");
}

void Reader::read_key(const PKCS12_SAFEBAG* bag) {
  Key key{{}, key_id(bag)};
  const bool wanted = keys_wanted_ == Keys::open && store_keys_.empty();
  if (wanted && PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag) {
    key.plain = config::Secret(der(PKCS12_SAFEBAG_get0_p8inf(bag)));
  } else if (wanted) {
    // keytool encrypts keys with the store's password whatever it is told; other programs do not.
    PlainKeyHandle plain;
    for (const char* password : {store_.key_password.reveal().c_str(), password_}) {
      const auto size = password == nullptr ? 0 : std::string_view(password).size();
      plain.reset(PKCS12_decrypt_skey_ex(bag, password, static_cast<int>(size),
                                         library().context.get(), nullptr));
      if (plain) break;
    }
    if (!plain && ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED) refuse_unopened("");
    if (!plain) refuse_key_password(store_);
    ERR_clear_error();
    key.plain = config::Secret(der(plain.get()));
  }
  store_keys_.push_back(std::move(key));
}

void Reader::read_bags(const STACK_OF(PKCS12_SAFEBAG) * bags, int depth) {
  if (depth > nesting_max) refuse(store_, "the PKCS12 store is damaged: bags nest too deeply");
  for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); ++i) {
    const PKCS12_SAFEBAG* bag = sk_PKCS12_SAFEBAG_value(bags, i);
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
      case NID_keyBag:
      case NID_pkcs8ShroudedKeyBag:
        read_key(bag);
        break;
      case NID_certBag: {
        if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) break;
        CertificateHandle x509(PKCS12_SAFEBAG_get1_cert(bag));
        if (!x509) refuse_unopened("the PKCS12 store is damaged: a certificate cannot be read");
        certificates_.push_back({std::move(x509), key_id(bag), is_marked_trusted(bag)});
        break;
      }
      case NID_safeContentsBag:
        read_bags(PKCS12_SAFEBAG_get0_safes(bag), depth + 1);
        break;
      default:  // secret keys, revocation lists
        break;
    }
  }
}

// The key's own certificate and, from issuer to issuer, those that signed it.
std::vector<std::string> Reader::chain_of(const Key& key) const {
  const auto own = std::ranges::find_if(certificates_, [&key](const Certificate& certificate) {
    return !key.key_id.empty() && certificate.key_id == key.key_id;
  });
  std::vector<std::string> chain;
  if (own == certificates_.end()) {
    // Which one is the key's own, the caller finds out.
    for (const Certificate& any : certificates_) chain.push_back(der(any.x509.get()));
    return chain;
  }
  X509* last = own->x509.get();
  while (chain.size() < certificates_.size()) {
    chain.push_back(der(last));
    if (X509_check_issued(last, last) == X509_V_OK) break;
    const auto issuer = std::ranges::find_if(certificates_, [last](const Certificate& candidate) {
      return X509_check_issued(candidate.x509.get(), last) == X509_V_OK;
    });
    if (issuer == certificates_.end()) break;
    last = issuer->x509.get();
  }
  ERR_clear_error();
  return chain;
}

StoreContents Reader::read(std::string_view bytes) {
  Pkcs12Handle store(PKCS12_init_ex(NID_pkcs7_data, library().context.get(), nullptr));
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  PKCS12* parsed = store.release();
  const bool whole = d2i_PKCS12(&parsed, &data, static_cast<long>(bytes.size())) != nullptr;
  store.reset(parsed);
  const SafesHandle safes(whole ? PKCS12_unpack_authsafes(store.get()) : nullptr);
  if (!safes) {
    ERR_clear_error();
    refuse(store_, "not a whole PKCS12 store: the file is truncated or damaged");
  }
  check_password(store.get());
  const int password_size =
      password_ == nullptr ? 0 : static_cast<int>(store_.password.reveal().size());
  for (int i = 0; i < sk_PKCS7_num(safes.get()); ++i) {
    PKCS7* safe = sk_PKCS7_value(safes.get(), i);
    BagsHandle bags;
    if (PKCS7_type_is_data(safe)) {
      bags.reset(PKCS12_unpack_p7data(safe));
    } else if (PKCS7_type_is_encrypted(safe)) {
      bags.reset(PKCS12_unpack_p7encdata(safe, password_, password_size));
    } else {
      continue;  // encrypted for a public key: Java skips it, too
    }
    if (!bags) refuse_unopened("the PKCS12 store is damaged: a part of it cannot be read");
    read_bags(bags.get(), 0);
  }
  ERR_clear_error();

  StoreContents contents;
  const bool any_marked = std::ranges::any_of(certificates_, &Certificate::trusted);
  for (const Certificate& certificate : certificates_) {
    // Programs other than Java mark nothing: without a key, all that is there is to be trusted.
    if (certificate.trusted || (!any_marked && store_keys_.empty())) {
      contents.trusted.push_back(der(certificate.x509.get()));
    }
  }
  for (const Key& key : store_keys_) {
    contents.keys.push_back({chain_of(key), key.plain});
  }
  return contents;
}

}  // namespace

StoreContents read_pkcs12(std::string_view bytes, const StoreFile& store, Keys keys) {
  return Reader(store, keys).read(bytes);
}

}  // namespace kc::security
