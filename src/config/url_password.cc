#include "config/url_password.h"

#include <algorithm>

#include "config/secret.h"

namespace kc::config {

std::string without_url_passwords(std::string_view text) {
  std::string result;
  for (size_t at = text.find("://"); at != text.npos; at = text.find("://")) {
    const size_t begin = at + 3;
    // The last '@' before the path: a password may have one itself.
    const size_t end = std::min(text.find_first_of("/?# \t\r\n,\"", begin), text.size());
    const size_t sign = text.substr(begin, end - begin).rfind('@');
    const size_t colon = text.substr(begin, end - begin).find(':');
    const bool has_password = sign != text.npos && colon < sign;
    result.append(text.substr(0, begin + (has_password ? colon + 1 : 0)));
    if (has_password) result.append(Secret::hidden);
    text.remove_prefix(begin + (has_password ? sign : 0));
  }
  return result.append(text);
}

}  // namespace kc::config
