#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include "base/error.h"

namespace kc::http {

namespace {

using base::Error;
using base::Reaction;

// OpenSSL's latest reason; where a file cannot be read, the system's, which is the first.
std::string reason() {
  char text[256] = "no reason given";
  const auto first = ERR_peek_error();
  if (ERR_SYSTEM_ERROR(first)) {
    ERR_clear_error();
    return std::strerror(ERR_GET_REASON(first));
  }
  if (const auto code = ERR_peek_last_error()) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return text;
}

[[noreturn]] void refuse(const char* what, const std::string& file) {
  throw Error(Reaction::fix_config, "The {} in {} cannot be used: {}", what, file, reason());
}

// Asked for a key's password: there is none, and nobody to ask.
int no_password(char*, int, int, void*) { return 0; }

int clamp(size_t size) {
  return static_cast<int>(std::min<size_t>(size, std::numeric_limits<int>::max()));
}

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, Free> reading(const std::string& text) {
  return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(text.data(), clamp(text.size())));
}

// Calls `use` with each certificate of the text; whether there was one and all were good.
template <typename F>
bool for_each_certificate(const std::string& text, F&& use) {
  const auto bio = reading(text);
  size_t count = 0;
  for (;; ++count) {
    const std::unique_ptr<X509, Free> one(
        PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (!one) break;
    if (use(one.get(), count) != 1) return false;
  }
  // What ends the text is that nothing more begins.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (at_end) ERR_clear_error();
  return at_end && count > 0;
}

void load_texts(SSL_CTX* context, const ServerTlsOptions& options) {
  const bool loaded = for_each_certificate(options.chain, [context](X509* one, size_t index) {
    return index == 0 ? SSL_CTX_use_certificate(context, one)
                      : static_cast<int>(SSL_CTX_add1_chain_cert(context, one));
  });
  if (!loaded) refuse("certificate", "the given text");
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(reading(options.key).get(), nullptr, no_password, nullptr));
  if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    refuse("private key", "the given text");
  }
  if (options.client_certificate == ClientCertificate::none) return;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  const bool trusted = for_each_certificate(options.client_ca, [&](X509* one, size_t) {
    return SSL_CTX_add_client_CA(context, one) == 1 ? X509_STORE_add_cert(store, one) : 0;
  });
  if (!trusted) refuse("certificate authority for clients", "the given text");
}

// Sessions of clients with certificates need a name to be resumed under.
void ask_for_certificates(SSL_CTX* context, bool required) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     nullptr);
  constexpr unsigned char session_name[] = "kinetica-connect";
  SSL_CTX_set_session_id_context(context, session_name, sizeof session_name - 1);
}

void load(SSL_CTX* context, const ServerTlsOptions& options) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (!options.chain.empty()) {
    load_texts(context, options);
    if (options.client_certificate != ClientCertificate::none) {
      ask_for_certificates(context, options.client_certificate == ClientCertificate::required);
    }
    return;
  }
  const std::string& key_file =
      options.key_file.empty() ? options.certificate_file : options.key_file;
  if (SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str()) != 1) {
    refuse("certificate", options.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse("private key", key_file);
  }
  if (options.client_ca_file.empty()) return;
  const char* const authorities = options.client_ca_file.c_str();
  if (SSL_CTX_load_verify_locations(context, authorities, nullptr) != 1) {
    refuse("certificate authority for clients", options.client_ca_file);
  }
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authorities));
  ask_for_certificates(context, true);
}

}  // namespace

TlsContext::TlsContext(const ServerTlsOptions& options)
    : context_(SSL_CTX_new(TLS_server_method())) {
  try {
    load(context_, options);
  } catch (...) {
    SSL_CTX_free(context_);
    throw;
  }
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

void TlsSession::Deleter::operator()(ssl_st* session) const { SSL_free(session); }

TlsSession::TlsSession(const TlsContext& context, int socket)
    : session_(SSL_new(context.context_)) {
  SSL_set_fd(session_.get(), socket);
}

TlsSession::~TlsSession() = default;

ssize_t TlsSession::outcome(int result) {
  if (result > 0) return result;
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      errno = EAGAIN;
      return -1;
    default:
      usable_ = false;
      errno = ECONNRESET;
      return -1;
  }
}

ssize_t TlsSession::accept() {
  ERR_clear_error();
  const ssize_t result = outcome(SSL_accept(session_.get()));
  if (result > 0) usable_ = true;
  return result;
}

ssize_t TlsSession::read(char* data, size_t size) {
  ERR_clear_error();
  return outcome(SSL_read(session_.get(), data, clamp(size)));
}

ssize_t TlsSession::write(const char* data, size_t size) {
  ERR_clear_error();
  return outcome(SSL_write(session_.get(), data, clamp(size)));
}

bool TlsSession::has_pending() const { return SSL_pending(session_.get()) > 0; }

void TlsSession::close() {
  if (!usable_) return;
  usable_ = false;
  ERR_clear_error();
  SSL_shutdown(session_.get());
}

}  // namespace kc::http
