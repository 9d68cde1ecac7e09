// Any bytes as a Snappy body: text or a reason, in bounded memory; and what is compressed comes
// back.
#include <snappy.h>

#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "server/network/snappy_body.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const std::string body = kc::server::uncompress_body(bytes);
    if (body.size() > size * 24 + 64) std::abort();
  } catch (const kc::base::Error&) {
    // Most inputs are no such block.
  }
  std::string block;
  snappy::Compress(bytes.data(), bytes.size(), &block);
  if (kc::server::uncompress_body(block) != bytes) std::abort();
  return 0;
}
