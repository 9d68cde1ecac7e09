#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace kc::http {

namespace {

// Memory is taken as bytes arrive, not because a header promised them.
constexpr size_t body_step_bytes = size_t{8} << 20;

}  // namespace

Connection::Connection(int socket, const ConnectionShared& shared)
    : socket_(socket), shared_(shared) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval timeout{tick.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (shared_.tls != nullptr) tls_.emplace(*shared_.tls, socket_);
}

Connection::~Connection() {
  release_body();
  if (tls_) tls_->close();
  ::close(socket_);
}

bool Connection::open() {
  if (!tls_) return true;
  allow_time(head_time_max, 0);
  auto stalled = std::chrono::seconds{0};
  while (true) {
    const ssize_t done = tls_->accept();
    if (done > 0) return true;
    if (done == 0 || errno != EAGAIN || is_over(stalled)) return false;
  }
}

bool Connection::wait_for_request(std::chrono::seconds idle_max) {
  reading_head_ = true;
  head_bytes_ = 0;
  bool here = begin_ < end_ || (tls_ && tls_->has_pending());
  for (auto idle = std::chrono::seconds{0}; !here; idle += tick) {
    if (shared_.stopping || idle >= idle_max) return false;
    pollfd ready{socket_, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds(tick).count()));
    if (count < 0 && errno != EINTR) return false;
    here = count > 0;
    if (!here && shared_.crowded()) return false;
  }
  allow_time(head_time_max, 0);
  return !shared_.stopping;
}

std::optional<int> Connection::head_failure() const {
  if (!reading_head_ || head_bytes_ == 0) return std::nullopt;
  if (head_bytes_ > head_bytes_max) return 431;
  return timed_out_ ? 408 : 400;
}

// From now on.
void Connection::allow_time(std::chrono::seconds most, size_t bytes) {
  const auto now = std::chrono::steady_clock::now();
  deadline_ = now + most + std::chrono::seconds(bytes / bytes_per_second_min);
  crowded_deadline_ =
      now + crowded_time_max + std::chrono::seconds(bytes / crowded_bytes_per_second_min);
}

bool Connection::is_late() const {
  const auto now = std::chrono::steady_clock::now();
  return now > deadline_ || (now > crowded_deadline_ && shared_.crowded());
}

// After a tick without a byte.
bool Connection::is_over(std::chrono::seconds& stalled) {
  stalled += tick;
  if (shared_.stopping) return true;
  timed_out_ = stalled >= stall_max || is_late();
  return timed_out_;
}

ssize_t Connection::receive(char* data, size_t size, int flags) {
  auto stalled = std::chrono::seconds{0};
  while (true) {
    const ssize_t count = tls_ ? tls_->read(data, size) : ::recv(socket_, data, size, flags);
    if (count > 0 && is_late()) {
      timed_out_ = true;
      return -1;
    }
    if (count >= 0) return count;
    if (errno == EINTR) continue;
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || is_over(stalled)) return -1;
  }
}

ssize_t Connection::read(char* data, size_t size) {
  if (begin_ == end_) {
    if (!flush()) return -1;  // a "100 Continue" that the client waits for
    const ssize_t count = receive(buffer_.data(), buffer_.size(), 0);
    if (count <= 0) return count;
    begin_ = 0;
    end_ = static_cast<size_t>(count);
  }
  const size_t count = std::min(size, end_ - begin_);
  if (reading_head_) {
    head_bytes_ += count;
    if (head_bytes_ > head_bytes_max) return -1;
  }
  std::memcpy(data, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

bool Connection::read_exactly(char* data, size_t size) {
  const size_t buffered = std::min(size, end_ - begin_);
  std::memcpy(data, buffer_.data() + begin_, buffered);
  begin_ += buffered;
  for (size_t done = buffered; done < size;) {
    if (!flush()) return false;
    const ssize_t count = receive(data + done, size - done, MSG_WAITALL);
    if (count <= 0) return false;
    done += static_cast<size_t>(count);
  }
  return true;
}

BodyOutcome Connection::interrupted() const {
  return timed_out_ ? BodyOutcome::timed_out : BodyOutcome::lost;
}

bool Connection::take_room(size_t bytes) {
  if (shared_.bodies.bytes += bytes; shared_.bodies.bytes > shared_.bodies.bytes_max) {
    shared_.bodies.bytes -= bytes;
    return false;
  }
  body_bytes_ += bytes;
  return true;
}

void Connection::release_body() {
  shared_.bodies.bytes -= body_bytes_;
  body_bytes_ = 0;
}

BodyOutcome Connection::read_body(size_t length, size_t length_max, std::string& body) {
  reading_head_ = false;
  if (length > length_max) return BodyOutcome::too_long;
  allow_time(stall_max, length);
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(length - done, std::max(body_step_bytes, done));
    if (!take_room(step)) return BodyOutcome::no_room;
    // Growing fills with zeros; the storage of the previous body is taken as it is.
    if (body.size() < done + step) body.resize(done + step);
    if (!read_exactly(body.data() + done, step)) return interrupted();
    done += step;
  }
  body.resize(length);
  return BodyOutcome::complete;
}

// Without its \r\n; false at the end of input or when it is too long for a chunk's head.
bool Connection::read_line(std::string& line) {
  constexpr size_t line_bytes_max = 8192;
  line.clear();
  for (char c = 0; line.size() < line_bytes_max;) {
    if (read(&c, 1) != 1) return false;
    if (c == '\n') {
      if (line.ends_with('\r')) line.pop_back();
      return true;
    }
    line.push_back(c);
  }
  return false;
}

// Appends the chunk, taking memory as its bytes arrive.
BodyOutcome Connection::read_chunk(size_t length, std::string& body) {
  allow_time(stall_max, length);
  while (length > 0) {
    const size_t step = std::min(length, body_step_bytes);
    if (!take_room(step)) return BodyOutcome::no_room;
    const size_t before = body.size();
    body.resize(before + step);
    if (!read_exactly(body.data() + before, step)) return interrupted();
    length -= step;
  }
  return BodyOutcome::complete;
}

// chunked-body = *( hex-length [";" extension] CRLF data CRLF ) "0" CRLF *( trailer CRLF ) CRLF
BodyOutcome Connection::read_chunked_body(size_t length_max, std::string& body) {
  constexpr int trailers_max = 100;
  reading_head_ = false;
  body.clear();
  std::string line;
  while (true) {
    allow_time(stall_max, 0);
    if (!read_line(line)) return interrupted();
    size_t length = 0;
    const char* end = line.data() + line.size();
    const auto number = std::from_chars(line.data(), end, length, 16);
    const bool clean = number.ptr == end || *number.ptr == ';' || *number.ptr == ' ';
    if (number.ec != std::errc() || !clean) return BodyOutcome::malformed;
    if (length == 0) break;
    if (length > length_max - body.size()) return BodyOutcome::too_long;
    if (const auto outcome = read_chunk(length, body); outcome != BodyOutcome::complete) {
      return outcome;
    }
    if (!read_line(line)) return interrupted();
    if (!line.empty()) return BodyOutcome::malformed;
  }
  allow_time(stall_max, 0);
  for (int i = 0; i < trailers_max; ++i) {
    if (!read_line(line)) return interrupted();
    if (line.empty()) return BodyOutcome::complete;
  }
  return BodyOutcome::malformed;
}

ssize_t Connection::write(const char* data, size_t size) {
  // Up to here a copy is cheaper than a system call or a second segment.
  constexpr size_t gather_bytes_max = 32768;
  if (out_.size() + size <= gather_bytes_max) {
    out_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  const bool sent = send(out_, {data, size});
  out_.clear();
  return sent ? static_cast<ssize_t>(size) : -1;
}

bool Connection::flush() {
  if (out_.empty()) return true;
  const bool sent = send(out_, {});
  out_.clear();
  return sent;
}

bool Connection::send(std::string_view first, std::string_view second) {
  auto stalled = std::chrono::seconds{0};
  allow_time(stall_max, first.size() + second.size());
  while (!first.empty() || !second.empty()) {
    const ssize_t count = send_some(first, second);
    if (count < 0) {
      if (errno == EINTR) continue;
      if ((errno != EAGAIN && errno != EWOULDBLOCK) || is_over(stalled)) return false;
      continue;
    }
    if (is_late()) return false;
    stalled = std::chrono::seconds{0};
    const size_t of_first = std::min(first.size(), static_cast<size_t>(count));
    first.remove_prefix(of_first);
    second.remove_prefix(static_cast<size_t>(count) - of_first);
  }
  return true;
}

ssize_t Connection::send_some(std::string_view first, std::string_view second) {
  if (tls_) {
    const std::string_view part = first.empty() ? second : first;
    return tls_->write(part.data(), part.size());
  }
  std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                             iovec{const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket_, &message, MSG_NOSIGNAL);
}

void Connection::drain() {
  constexpr std::chrono::seconds drain_max{2};
  flush();
  if (tls_) tls_->close();
  ::shutdown(socket_, SHUT_WR);
  const auto deadline = std::chrono::steady_clock::now() + drain_max;
  // Past TLS: what comes is not read for its meaning.
  while (!shared_.stopping && std::chrono::steady_clock::now() < deadline) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, 100) < 0) return;
    if (ready.revents && ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT) <= 0) return;
  }
}

}  // namespace kc::http
