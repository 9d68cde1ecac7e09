// Any text as an access token and as the claims of one: a token with a time and a name, or an
// Error.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "oauth/access_token.h"
#include "oauth/test_token_endpoint.h"

namespace {

void parse(const std::string& text) {
  try {
    const auto token = kc::oauth::parse_access_token(text, "sub");
    const bool right = token.text.reveal() == text && !token.subject.empty() &&
                       token.expires.time_since_epoch().count() >= 0;
    if (!right) std::abort();
  } catch (const kc::base::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  parse(text);
  parse(kc::oauth::test_token(text));
  return 0;
}
