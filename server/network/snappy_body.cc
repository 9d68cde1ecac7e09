#include "server/network/snappy_body.h"

#include <snappy.h>

#include "base/error.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t body_bytes_max = size_t{1} << 30;
// A Snappy block of n bytes never holds more than about 21 n bytes.
constexpr size_t snappy_ratio_max = 24;

}  // namespace

std::string uncompress_body(std::string_view block) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &size)) {
    throw Error(Reaction::fail_task, "The body is not a Snappy block");
  }
  if (size > body_bytes_max || size > block.size() * snappy_ratio_max + 64) {
    throw Error(Reaction::fail_task,
                "The body's Snappy block of {} bytes claims to hold {}; at most {} are taken",
                block.size(), size, body_bytes_max);
  }
  std::string body;
  if (!snappy::Uncompress(block.data(), block.size(), &body)) {
    throw Error(Reaction::fail_task, "The body's Snappy block is damaged");
  }
  return body;
}

}  // namespace kc::server
