#include "http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/error.h"

namespace kc::http {

namespace {

using base::Error;
using base::Reaction;

// OpenSSL's latest reason.
std::string reason() {
  char text[256] = "no reason given";
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

void load(SSL_CTX* context, const ServerTlsOptions& options) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_default_passwd_cb(context, no_password);
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
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Sessions of clients with certificates need a name to be resumed under.
  constexpr unsigned char session_name[] = "kinetica-connect";
  SSL_CTX_set_session_id_context(context, session_name, sizeof session_name - 1);
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
