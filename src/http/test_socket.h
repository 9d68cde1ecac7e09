// A bare client socket for tests that need to see or break the protocol itself.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
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
      if (count <= 0) return;
      text.remove_prefix(static_cast<size_t>(count));
    }
  }

  // Nothing more is sent.
  void finish() { ::shutdown(socket_, SHUT_WR); }

  // Everything up to and including `end`, or up to the end of the connection.
  std::string read_until(std::string_view end) {
    std::string text;
    for (char c = 0; !text.ends_with(end) && ::recv(socket_, &c, 1, 0) == 1;) text.push_back(c);
    return text;
  }

  std::string read_to_end() {
    std::string text;
    for (char c = 0; ::recv(socket_, &c, 1, 0) == 1;) text.push_back(c);
    return text;
  }

 private:
  int socket_;
  bool connected_ = false;
};

}  // namespace kc::http
