// A bare client socket for tests that need to see or break the protocol itself.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>

namespace kc::http {

class TestSocket {
 public:
  explicit TestSocket(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 ||
                 (errno == EINTR && is_connected_in_time());
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~TestSocket() { ::close(socket_); }
  TestSocket(const TestSocket&) = delete;
  TestSocket& operator=(const TestSocket&) = delete;

  bool connected() const { return connected_; }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      text.remove_prefix(static_cast<size_t>(count));
    }
  }

  // Nothing more is sent.
  void finish() { ::shutdown(socket_, SHUT_WR); }

  // Everything up to and including `end`, or up to the end of the connection.
  std::string read_until(std::string_view end) {
    std::string text;
    for (char c = 0; !text.ends_with(end) && receive(c);) text.push_back(c);
    return text;
  }

  std::string read_to_end() {
    std::string text;
    for (char c = 0; receive(c);) text.push_back(c);
    return text;
  }

 private:
  // An interrupted connect() goes on by itself (see connect(2)).
  bool is_connected_in_time() const {
    constexpr int patience_ms = 10'000;
    pollfd ready{socket_, POLLOUT, 0};
    while (::poll(&ready, 1, patience_ms) < 0 && errno == EINTR) {
    }
    int failure = 0;
    socklen_t size = sizeof failure;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &failure, &size);
    errno = failure;
    return ready.revents != 0 && failure == 0;
  }

  bool receive(char& c) {
    while (true) {
      const auto count = ::recv(socket_, &c, 1, 0);
      if (count >= 0 || errno != EINTR) return count == 1;
    }
  }

  int socket_;
  bool connected_ = false;
};

}  // namespace kc::http
