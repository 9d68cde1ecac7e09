// Any text as sasl.jaas.config and as a JAAS file: a login module or an Error.
#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "security/jaas.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace kc::security;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    parse_jaas(text);
  } catch (const kc::base::Error&) {
  }
  try {
    parse_jaas_file(text, "KafkaClient", "jaas.conf");
  } catch (const kc::base::Error&) {
  }
  jaas_file_of(text);
  return 0;
}
