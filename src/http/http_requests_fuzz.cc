// Any bytes over a connection to a real listener: whole answers or none, and the listener lives on.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/log.h"
#include "http/server.h"
#include "http/test_socket.h"

namespace {

kc::http::ServerOptions small() {
  kc::http::ServerOptions options;
  options.body_bytes_max = 1 << 20;
  return options;
}

kc::http::ServerResponse echo(const kc::http::ServerRequest& request) {
  return {200, "text/plain", request.method + request.path + request.body, {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const kc::http::Server server(small(), echo);
  kc::http::TestSocket socket(server.port());
  if (!socket.connected()) {
    std::perror("No connection");
    std::abort();
  }
  socket.send({reinterpret_cast<const char*>(data), size});
  socket.finish();
  const std::string answer = socket.read_to_end();
  if (!answer.empty() && !answer.starts_with("HTTP/1.1 ")) std::abort();
  return 0;
}
