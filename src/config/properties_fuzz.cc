// Any text as a properties file: names that are there once each, found with their values, or an
// Error.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/error.h"
#include "config/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto properties = kc::config::parse_properties(text);
    std::set<std::string_view> names;
    for (const auto& [name, value] : properties.entries()) {
      const auto* found = properties.find(name);
      if (!names.insert(name).second || found == nullptr || *found != value) std::abort();
    }
  } catch (const kc::base::Error&) {
  }
  return 0;
}
