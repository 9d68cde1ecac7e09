// PEM. As in Kafka's PemParser, what stands between the lines of BEGIN and END may be broken up in
// any way, so that a property's value on one line is good; text around the blocks is skipped.
#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstring>

#include "security/openssl_handles.h"
#include "security/store_contents.h"

namespace kc::security {
namespace {

struct Block {
  std::string label;  // "CERTIFICATE"
  std::string text;   // as OpenSSL reads it, with both marks
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// 64 characters a line. Headers ("DEK-Info: ...") have lines of their own and stay as they are.
std::string laid_out(std::string_view body) {
  if (body.find(':') != std::string_view::npos) return std::string(body);
  std::string result = "\n";
  size_t column = 0;
  for (const char c : body) {
    if (is_blank(c)) continue;
    result += c;
    if (++column % 64 == 0) result += '\n';
  }
  if (column % 64 != 0) result += '\n';
  return result;
}

std::vector<Block> blocks_of(std::string_view text, const StoreFile& store) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view dashes = "-----";
  std::vector<Block> blocks;
  for (size_t at = text.find(begin); at != text.npos; at = text.find(begin, at)) {
    const size_t label_at = at + begin.size();
    const size_t label_end = text.find(dashes, label_at);
    const std::string label(
        text.substr(label_at, label_end == text.npos ? 0 : label_end - label_at));
    const std::string end = "-----END " + label + "-----";
    const size_t body_at = label_end == text.npos ? label_end : label_end + dashes.size();
    const size_t body_end = body_at == text.npos ? body_at : text.find(end, body_at);
    if (body_end == text.npos) {
      refuse(store, "a PEM block has no line of its end: the text is truncated");
    }
    blocks.push_back({label, "-----BEGIN " + label + "-----" +
                                 laid_out(text.substr(body_at, body_end - body_at)) + end + "\n"});
    at = body_end + end.size();
  }
  return blocks;
}

struct KeyPassword {
  const std::string& text;
  bool asked = false;
};

int give_password(char* buffer, int size, int, void* user) {
  auto* password = static_cast<KeyPassword*>(user);
  password->asked = true;
  if (password->text.empty() || password->text.size() > static_cast<size_t>(size)) return -1;
  std::memcpy(buffer, password->text.data(), password->text.size());
  return static_cast<int>(password->text.size());
}

BioHandle reading(const std::string& text) {
  return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string certificate(const Block& block, const StoreFile& store) {
  const CertificateHandle x509(
      PEM_read_bio_X509_AUX(reading(block.text).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!x509) refuse(store, "a certificate in it is damaged");
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509.get(), &bytes);
  std::string result(reinterpret_cast<char*>(bytes), static_cast<size_t>(std::max(size, 0)));
  OPENSSL_free(bytes);
  return result;
}

config::Secret private_key(const Block& block, const StoreFile& store) {
  KeyPassword password{store.key_password.empty() ? store.password.reveal()
                                                  : store.key_password.reveal()};
  const KeyHandle key(
      PEM_read_bio_PrivateKey(reading(block.text).get(), nullptr, give_password, &password));
  ERR_clear_error();
  if (!key && password.asked) refuse_key_password(store);
  const PlainKeyHandle plain(key ? EVP_PKEY2PKCS8(key.get()) : nullptr);
  unsigned char* bytes = nullptr;
  const int size = plain ? i2d_PKCS8_PRIV_KEY_INFO(plain.get(), &bytes) : -1;
  if (size < 0) refuse(store, "the private key in it is damaged");
  config::Secret result(std::string(reinterpret_cast<char*>(bytes), static_cast<size_t>(size)));
  OPENSSL_clear_free(bytes, static_cast<size_t>(size));
  return result;
}

}  // namespace

StoreContents read_pem(std::string_view text, const StoreFile& store, Keys keys) {
  StoreContents contents;
  for (const Block& block : blocks_of(text, store)) {
    if (block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE" ||
        block.label == "TRUSTED CERTIFICATE") {
      contents.trusted.push_back(certificate(block, store));
    } else if (block.label.ends_with("PRIVATE KEY") && keys == Keys::open &&
               contents.keys.empty()) {
      contents.keys.push_back({{}, private_key(block, store)});
    }
  }
  // The key's certificates are whatever stands beside it.
  if (!contents.keys.empty()) contents.keys.front().chain = contents.trusted;
  return contents;
}

}  // namespace kc::security
