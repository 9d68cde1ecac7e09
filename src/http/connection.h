// One accepted socket of the server, as cpp-httplib's Stream.
//
// httplib reads a request's head byte by byte and its body in pieces of 4 KiB, each with a poll. So
// the head is read through a buffer, and bodies straight into their place, past httplib. Answers
// are gathered so that head and body leave in one system call.
//
// A client that sends or takes its bytes too slowly loses the connection, the sooner when others
// wait for its thread.
#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/tls.h"

namespace kc::http {

enum class BodyOutcome { complete, too_long, malformed, no_room, timed_out, lost };

// Bytes of bodies in memory, of all connections together.
struct BodyBudget {
  const size_t bytes_max;
  std::atomic<size_t> bytes = 0;
};

// What connections of one server share; outlives them.
struct ConnectionShared {
  const std::atomic<bool>& stopping;
  std::function<bool()> crowded;  // others wait for a thread
  BodyBudget& bodies;
  const TlsContext* tls;  // nullptr: none
};

// Used by one thread; another may shut the socket down to end its waits. Owns the socket.
class Connection final : public httplib::Stream {
 public:
  // The longest wait for a byte of a transfer under way; waits tick so that `stopping` is seen.
  static constexpr std::chrono::seconds stall_max{60};
  static constexpr std::chrono::seconds tick{1};
  // For a whole head or TLS handshake, and the size of a head.
  static constexpr std::chrono::seconds head_time_max{20};
  static constexpr size_t head_bytes_max = size_t{64} << 10;
  // A transfer may take stall_max and a second for this many of its bytes; or, while others wait
  // for the thread, crowded_time_max and a second for that many.
  static constexpr size_t bytes_per_second_min = size_t{256} << 10;
  static constexpr std::chrono::seconds crowded_time_max{5};
  static constexpr size_t crowded_bytes_per_second_min = size_t{16} << 20;

  Connection(int socket, const ConnectionShared& shared);
  ~Connection() override;

  // Before anything else. False when the connection is to be closed: TLS was not agreed upon.
  bool open();

  // True when a request may be read (or the client's end, which shows when reading); false after
  // `idle_max`, when `stopping`, or when `crowded()` says at a tick that others need the thread.
  bool wait_for_request(std::chrono::seconds idle_max);

  // Why a head could not be read, as the status to answer with: 431 too long, 408 too slow, 400 it
  // ended in the middle; nothing when there was none.
  std::optional<int> head_failure() const;

  // Replaces `body`, whose storage is reused. After any other outcome than `complete` the
  // connection is out of step and must be closed. The body's bytes count in the shared budget
  // until release_body().
  BodyOutcome read_body(size_t length, size_t length_max, std::string& body);
  BodyOutcome read_chunked_body(size_t length_max, std::string& body);

  void release_body();

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
  void allow_time(std::chrono::seconds most, size_t bytes);
  bool is_late() const;
  bool is_over(std::chrono::seconds& stalled);
  ssize_t receive(char* data, size_t size, int flags);
  bool read_exactly(char* data, size_t size);
  BodyOutcome read_chunk(size_t length, std::string& body);
  bool take_room(size_t bytes);
  BodyOutcome interrupted() const;
  bool read_line(std::string& line);
  bool send(std::string_view first, std::string_view second);
  ssize_t send_some(std::string_view first, std::string_view second);

  int socket_;
  const ConnectionShared& shared_;
  std::optional<TlsSession> tls_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point crowded_deadline_;
  bool reading_head_ = false;
  size_t head_bytes_ = 0;
  bool timed_out_ = false;
  size_t body_bytes_ = 0;           // counted in the budget
  std::array<char, 16384> buffer_;  // received but not read yet: [begin_, end_)
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string out_;
};

}  // namespace kc::http
