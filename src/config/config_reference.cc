#include "config/config_reference.h"

namespace kc::config {

std::vector<ConfigReference> find_references(std::string_view value) {
  std::vector<ConfigReference> references;
  size_t position = 0;
  for (;;) {
    const size_t start = value.find("${", position);
    if (start == std::string_view::npos) return references;
    const size_t end = value.find('}', start);
    if (end == std::string_view::npos) return references;
    position = end + 1;
    const std::string_view inside = value.substr(start + 2, end - start - 2);
    const size_t colon = inside.find(':');
    if (colon == std::string_view::npos) continue;
    ConfigReference reference{value.substr(start, end + 1 - start),
                              inside.substr(0, colon),
                              {},
                              inside.substr(colon + 1)};
    if (const size_t second = reference.key.find(':'); second != std::string_view::npos) {
      reference.path = reference.key.substr(0, second);
      reference.key.remove_prefix(second + 1);
    }
    references.push_back(reference);
  }
}

}  // namespace kc::config
