// JKS and JCEKS, all numbers big-endian:
//
//   store   = magic u32 (FEEDFEED | CECECECE), version u32 (1 | 2), count u32, { entry }, check
//   entry   = tag u32 (1 key | 2 certificate), alias utf, time u64, content
//   content = tag 1: protected bytes, count u32, { certificate }     tag 2: certificate
//   certificate = [ version 2: type utf ], DER bytes
//   utf     = u16 length, modified UTF-8;   bytes = u32 length, that many
//   check   = SHA-1 of the password's UTF-16BE, "Mighty Aphrodite" and all before the check
//
// `protected` is an EncryptedPrivateKeyInfo with an algorithm of Java's
// own: 1.3.6.1.4.1.42.2.17.1.1 in JKS (a stream of SHA-1 sums), 1.3.6.1.4.1.42.2.19.1 in JCEKS
// (triple DES with a key made by MD5).
#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "security/openssl_handles.h"
#include "security/store_contents.h"

namespace kc::security {
namespace {

constexpr size_t sha1_size = 20;
constexpr uint32_t tag_key = 1;
constexpr uint32_t tag_certificate = 2;

std::string digest(const EVP_MD* kind, std::initializer_list<std::string_view> parts) {
  const DigestHandle context(EVP_MD_CTX_new());
  std::string result(static_cast<size_t>(EVP_MD_get_size(kind)), '\0');
  EVP_DigestInit_ex(context.get(), kind, nullptr);
  for (const auto part : parts) EVP_DigestUpdate(context.get(), part.data(), part.size());
  EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(result.data()), nullptr);
  return result;
}

// A password of the properties, which are UTF-8, as Java's char[]. What is not UTF-8 is taken byte
// by byte.
std::string utf16(std::string_view text) {
  std::string result;
  const auto put = [&result](uint32_t unit) {
    result += static_cast<char>(unit >> 8);
    result += static_cast<char>(unit & 0xFF);
  };
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
    bool whole = i + size <= text.size();
    for (size_t k = 1; whole && k < size; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      whole = (byte & 0xC0) == 0x80;
      code = code << 6 | (byte & 0x3FU);
    }
    i += whole ? size : 1;
    if (!whole) code = lead;
    if (code >= 0x10000) {
      put(0xD800 + ((code - 0x10000) >> 10));
      put(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      put(code);
    }
  }
  return result;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A cursor that refuses to read beyond the end.
class Bytes {
 public:
  Bytes(std::string_view bytes, const StoreFile& store) : rest_(bytes), store_(store) {}

  std::string_view take(uint64_t size) {
    if (size > rest_.size()) refuse(store_, "the file ends too early: it is truncated or damaged");
    const auto taken = rest_.substr(0, static_cast<size_t>(size));
    rest_.remove_prefix(taken.size());
    return taken;
  }
  uint64_t number(size_t size) {
    uint64_t value = 0;
    for (const char c : take(size)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }
  std::string_view utf() { return take(number(2)); }
  std::string_view block() { return take(u32()); }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  const StoreFile& store_;
};

// JKS: salt (20 bytes), cipher text, check (20 bytes).
std::optional<std::string> open_jks_key(std::string_view data, const std::string& password) {
  if (data.size() < 2 * sha1_size) return std::nullopt;
  const auto check = data.substr(data.size() - sha1_size);
  std::string block(data.substr(0, sha1_size));
  std::string plain(data.substr(sha1_size, data.size() - 2 * sha1_size));
  const std::string secret = utf16(password);
  for (size_t i = 0; i < plain.size(); ++i) {
    if (i % sha1_size == 0) block = digest(EVP_sha1(), {secret, block});
    plain[i] = static_cast<char>(plain[i] ^ block[i % sha1_size]);
  }
  if (!equal(digest(EVP_sha1(), {secret, plain}), check)) return std::nullopt;
  return plain;
}

// JCEKS: PBEWithMD5AndTripleDES. Each half of the salt is digested with the password as often as
// `rounds` says; both sums together are key and start vector.
std::optional<std::string> open_jceks_key(std::string_view data, std::string salt, int64_t rounds,
                                          const std::string& password) {
  constexpr int64_t rounds_max = 10'000'000;
  if (salt.size() != 8 || rounds < 1 || rounds > rounds_max) return std::nullopt;
  // Java turns the first half around where both are equal, with this very slip.
  if (salt.compare(0, 4, salt, 4, 4) == 0) {
    for (size_t i = 0; i < 2; ++i) {
      const char kept = salt[i];
      salt[i] = salt[3 - i];
      salt[2] = kept;
    }
  }
  std::string material;
  for (const size_t half : {size_t{0}, size_t{4}}) {
    std::string sum = salt.substr(half, 4);
    for (int64_t i = 0; i < rounds; ++i) sum = digest(EVP_md5(), {sum, password});
    material += sum;
  }
  const auto* key = reinterpret_cast<const unsigned char*>(material.data());
  const CipherHandle cipher(EVP_CIPHER_CTX_new());
  std::string plain(data.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  auto* out = reinterpret_cast<unsigned char*>(plain.data());
  int size = 0;
  int rest = 0;
  if (EVP_DecryptInit_ex(cipher.get(), EVP_des_ede3_cbc(), nullptr, key, key + 24) != 1 ||
      EVP_DecryptUpdate(cipher.get(), out, &size,
                        reinterpret_cast<const unsigned char*>(data.data()),
                        static_cast<int>(data.size())) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), out + size, &rest) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  plain.resize(static_cast<size_t>(size + rest));
  return plain;
}

std::string object_text(const ASN1_OBJECT* object) {
  std::array<char, 80> text{};
  OBJ_obj2txt(text.data(), text.size(), object, 1);
  return text.data();
}

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

config::Secret open_key(std::string_view protected_key, const StoreFile& store) {
  const auto* data = reinterpret_cast<const unsigned char*>(protected_key.data());
  const EncryptedKeyHandle info(
      d2i_X509_SIG(nullptr, &data, static_cast<long>(protected_key.size())));
  ERR_clear_error();
  if (!info) refuse(store, "a key's entry is damaged");
  const X509_ALGOR* algorithm = nullptr;
  const ASN1_OCTET_STRING* cipher_text = nullptr;
  X509_SIG_get0(info.get(), &algorithm, &cipher_text);
  const ASN1_OBJECT* kind = nullptr;
  int parameter_type = 0;
  const void* parameter = nullptr;
  X509_ALGOR_get0(&kind, &parameter_type, &parameter, algorithm);
  const std::string& password =
      store.key_password.empty() ? store.password.reveal() : store.key_password.reveal();
  std::optional<std::string> key;
  const std::string oid = object_text(kind);
  if (oid == "1.3.6.1.4.1.42.2.17.1.1") {
    key = open_jks_key(view(cipher_text), password);
  } else if (oid == "1.3.6.1.4.1.42.2.19.1" && parameter_type == V_ASN1_SEQUENCE) {
    const PbeParameterHandle pbe(static_cast<PBEPARAM*>(
        ASN1_item_unpack(static_cast<const ASN1_STRING*>(parameter), ASN1_ITEM_rptr(PBEPARAM))));
    ERR_clear_error();
    if (pbe) {
      key = open_jceks_key(view(cipher_text), std::string(view(pbe->salt)),
                           ASN1_INTEGER_get(pbe->iter), password);
    }
  } else {
    refuse(store, "a key is encrypted in a way that is not known (" + oid + ")");
  }
  if (!key) refuse_key_password(store);
  return config::Secret(std::move(*key));
}

std::string certificate(Bytes& bytes, uint32_t version) {
  if (version == 2) bytes.utf();  // "X.509"
  return std::string(bytes.block());
}

}  // namespace

StoreContents read_java_store(std::string_view bytes, const StoreFile& store, Keys keys) {
  if (bytes.size() < sha1_size + 12) refuse(store, "the file ends too early: it is truncated");
  const auto body = bytes.substr(0, bytes.size() - sha1_size);
  const bool jceks = body.starts_with("\xCE\xCE");
  if (!store.password.empty() &&
      !equal(digest(EVP_sha1(), {utf16(store.password.reveal()), "Mighty Aphrodite", body}),
             bytes.substr(body.size()))) {
    refuse_password(store, jceks ? "JCEKS" : "JKS");
  }
  Bytes input(body, store);
  input.u32();
  const uint32_t version = input.u32();
  if (version != 1 && version != 2) refuse(store, "the file's version is not 1 or 2");
  StoreContents contents;
  for (uint32_t left = input.u32(); left > 0; --left) {
    const uint32_t tag = input.u32();
    input.utf();
    input.number(8);
    if (tag == tag_certificate) {
      contents.trusted.push_back(certificate(input, version));
    } else if (tag == tag_key) {
      KeyEntry entry;
      const auto protected_key = input.block();
      for (uint32_t count = input.u32(); count > 0; --count) {
        entry.chain.push_back(certificate(input, version));
      }
      if (keys == Keys::open && contents.keys.empty()) entry.key = open_key(protected_key, store);
      contents.keys.push_back(std::move(entry));
    } else {
      refuse(store,
             "the store has an entry that is neither a certificate nor a private key. Hint: copy "
             "what is needed into a PKCS12 store with keytool -importkeystore");
    }
  }
  if (!input.at_end()) refuse(store, "the file is damaged: bytes follow its last entry");
  return contents;
}

}  // namespace kc::security
