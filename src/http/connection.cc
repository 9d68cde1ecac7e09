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

Connection::Connection(int socket, const std::atomic<bool>& stopping)
    : socket_(socket), stopping_(stopping) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval receive_timeout{stall_max.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &receive_timeout, sizeof receive_timeout);
  const timeval send_timeout{tick.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof send_timeout);
}

Connection::~Connection() { ::close(socket_); }

bool Connection::wait_for_request(std::chrono::seconds idle_max,
                                  const std::function<bool()>& crowded) {
  if (begin_ < end_) return !stopping_;
  for (auto idle = std::chrono::seconds{0}; !stopping_ && idle < idle_max; idle += tick) {
    pollfd ready{socket_, POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds(tick).count()));
    if (count > 0) return !stopping_;
    if (count < 0 && errno != EINTR) return false;
    if (crowded()) return false;
  }
  return false;
}

ssize_t Connection::receive(char* data, size_t size, int flags) {
  while (true) {
    const ssize_t count = ::recv(socket_, data, size, flags);
    if (count >= 0 || errno != EINTR) return count;
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

BodyOutcome Connection::read_body(size_t length, size_t length_max, std::string& body) {
  // Memory is taken as bytes arrive, not because a header promised them.
  constexpr size_t step_bytes = size_t{8} << 20;
  if (length > length_max) return BodyOutcome::too_long;
  for (size_t done = 0; done < length;) {
    const size_t step = std::min(length - done, std::max(step_bytes, done));
    // Growing fills with zeros; the storage of the previous body is taken as it is.
    if (body.size() < done + step) body.resize(done + step);
    if (!read_exactly(body.data() + done, step)) return BodyOutcome::lost;
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

// chunked-body = *( hex-length [";" extension] CRLF data CRLF ) "0" CRLF *( trailer CRLF ) CRLF
BodyOutcome Connection::read_chunked_body(size_t length_max, std::string& body) {
  constexpr int trailers_max = 100;
  body.clear();
  std::string line;
  while (true) {
    if (!read_line(line)) return BodyOutcome::lost;
    size_t length = 0;
    const char* end = line.data() + line.size();
    const auto number = std::from_chars(line.data(), end, length, 16);
    const bool clean = number.ptr == end || *number.ptr == ';' || *number.ptr == ' ';
    if (number.ec != std::errc() || !clean) return BodyOutcome::malformed;
    if (length == 0) break;
    if (length > length_max - body.size()) return BodyOutcome::too_long;
    const size_t before = body.size();
    body.resize(before + length);
    if (!read_exactly(body.data() + before, length)) return BodyOutcome::lost;
    if (!read_line(line)) return BodyOutcome::lost;
    if (!line.empty()) return BodyOutcome::malformed;
  }
  for (int i = 0; i < trailers_max; ++i) {
    if (!read_line(line)) return BodyOutcome::lost;
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
  while (!first.empty() || !second.empty()) {
    std::array<iovec, 2> parts{iovec{const_cast<char*>(first.data()), first.size()},
                               iovec{const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t count = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
      stalled += tick;
      if (stopping_ || stalled >= stall_max) return false;
      continue;
    }
    stalled = std::chrono::seconds{0};
    const size_t of_first = std::min(first.size(), static_cast<size_t>(count));
    first.remove_prefix(of_first);
    second.remove_prefix(static_cast<size_t>(count) - of_first);
  }
  return true;
}

void Connection::drain() {
  constexpr std::chrono::seconds drain_max{2};
  flush();
  ::shutdown(socket_, SHUT_WR);
  const auto deadline = std::chrono::steady_clock::now() + drain_max;
  while (!stopping_ && std::chrono::steady_clock::now() < deadline) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, 100) < 0) return;
    if (ready.revents && receive(buffer_.data(), buffer_.size(), 0) <= 0) return;
  }
}

}  // namespace kc::http
