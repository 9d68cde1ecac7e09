// Passwords inside of values that are not secrets as a whole: scheme://user:password@host.
#pragma once

#include <string>
#include <string_view>

namespace kc::config {

// The text with `[hidden]` in place of the password of each URL in it.
std::string without_url_passwords(std::string_view text);

}  // namespace kc::config
