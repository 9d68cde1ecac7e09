// Any bytes as a property's value: the references that are found are parts of it, in order.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/config_reference.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view value(reinterpret_cast<const char*>(data), size);
  const char* end = value.data();
  for (const auto& reference : kc::config::find_references(value)) {
    const bool ordered = reference.text.data() >= end;
    end = reference.text.data() + reference.text.size();
    if (!ordered || end > value.data() + value.size() || !reference.text.starts_with("${") ||
        !reference.text.ends_with('}') || reference.text.find('}') != reference.text.size() - 1) {
      std::abort();
    }
  }
  return 0;
}
