// TLS for the server's accepted connections, over OpenSSL.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace kc::http {

// Whether a client has to show a certificate. `requested`: it may, but then a good one.
enum class ClientCertificate { none, requested, required };

// PEM, in files or as texts.
struct ServerTlsOptions {
  std::string certificate_file{};  // the server's own first, then its chain
  std::string key_file{};          // without a password
  std::string client_ca_file{};    // not empty: a client needs a certificate signed by one

  // As texts, instead: the same three.
  std::string chain{};
  std::string key{};
  std::string client_ca{};
  ClientCertificate client_certificate = ClientCertificate::none;  // of `client_ca`

  // Neither: no TLS.
  bool empty() const { return certificate_file.empty() && chain.empty(); }
};

// What all connections share. Immutable.
class TlsContext {
 public:
  // Throws Error(fix_config) naming the file that cannot be used.
  explicit TlsContext(const ServerTlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  ssl_ctx_st* context_;
};

// One connection over a blocking socket with timeouts, which it does not own. Writing to a
// connection that is gone raises SIGPIPE, which the thread has blocked.
class TlsSession {
 public:
  TlsSession(const TlsContext& context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // All as recv() and send(): -1 with errno EAGAIN when the socket's timeout has passed; the same
  // call may then be made again. accept() is positive when the handshake is done.
  ssize_t accept();
  ssize_t read(char* data, size_t size);
  ssize_t write(const char* data, size_t size);

  // Bytes that read() gives without asking the socket.
  bool has_pending() const;
  // Tells the client that nothing more comes.
  void close();

 private:
  ssize_t outcome(int result);

  struct Deleter {
    void operator()(ssl_st* session) const;
  };
  std::unique_ptr<ssl_st, Deleter> session_;
  bool usable_ = false;
};

}  // namespace kc::http
