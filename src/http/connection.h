// One accepted socket of the server, as cpp-httplib's Stream.
//
// httplib reads a request's head byte by byte and its body in pieces of 4 KiB, each with a poll. So
// the head is read through a buffer, and bodies straight into their place, past httplib. Answers
// are gathered so that head and body leave in one system call.
#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace kc::http {

enum class BodyOutcome { complete, too_long, malformed, lost };

// Used by one thread; another may shut the socket down to end its waits. Owns the socket.
// `stopping` outlives it.
class Connection final : public httplib::Stream {
 public:
  // The longest wait for a byte of a transfer under way; waits tick so that `stopping` is seen.
  static constexpr std::chrono::seconds stall_max{60};
  static constexpr std::chrono::seconds tick{1};

  Connection(int socket, const std::atomic<bool>& stopping);
  ~Connection() override;

  // True when a request may be read (or the client's end, which shows when reading); false after
  // `idle_max`, when `stopping`, or when `crowded()` says at a tick that others need the thread.
  bool wait_for_request(std::chrono::seconds idle_max, const std::function<bool()>& crowded);

  // Replaces `body`, whose storage is reused. After any other outcome than `complete` the
  // connection is out of step and must be closed.
  BodyOutcome read_body(size_t length, size_t length_max, std::string& body);
  BodyOutcome read_chunked_body(size_t length_max, std::string& body);

  // Sends what has been gathered; false when the client is gone.
  bool flush();
  // Lets the client read the last answer although it has not been read to its end: closing with
  // unread input would reset the connection and destroy the answer on its way.
  void drain();

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* data, size_t size) override;
  ssize_t write(const char* data, size_t size) override;
  // Not asked of the kernel: nobody needs them, and httplib asks for each request.
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  ssize_t receive(char* data, size_t size, int flags);
  bool read_exactly(char* data, size_t size);
  bool read_line(std::string& line);
  bool send(std::string_view first, std::string_view second);

  int socket_;
  const std::atomic<bool>& stopping_;
  std::array<char, 16384> buffer_;  // received but not read yet: [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string out_;
};

}  // namespace kc::http
