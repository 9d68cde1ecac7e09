// Any bytes as an envelope, in Avro and as JSON: what is read is written so that it reads the same.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "wire/envelope.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using kc::base::Error;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto envelope = kc::wire::decode_envelope(bytes);
    const std::string written = kc::wire::encode(envelope);
    require(kc::wire::decode_envelope(written) == envelope);
  } catch (const Error&) {
    // Not an envelope.
  }
  try {
    const auto envelope = kc::wire::decode_envelope_json(bytes);
    const std::string written = kc::wire::encode_json(envelope);
    require(kc::wire::decode_envelope_json(written) == envelope);
  } catch (const Error&) {
    // Not an envelope either.
  }
  return 0;
}
